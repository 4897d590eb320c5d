// Signing keys turn over: one stands by, one signs, those before stay until the last token they signed has ended. A retired key keeps its
// public half, so that a token of long ago can still be told from a forged one, and loses the private half.
export const up = /* sql */ `
alter table signing_keys drop constraint signing_keys_state_check;
alter table signing_keys add constraint signing_keys_state_check check (state in ('next', 'current', 'previous', 'retired'));
alter table signing_keys alter column private_jwk_encrypted drop not null;
alter table signing_keys add column changed_at timestamptz;
update signing_keys set changed_at = created_at;
alter table signing_keys alter column changed_at set default now();
alter table signing_keys alter column changed_at set not null;
alter table signing_keys add constraint signing_keys_private_until_retired check ((state = 'retired') = (private_jwk_encrypted is null));
create unique index signing_keys_one_of_each on signing_keys (state) where state in ('next', 'current');
`;
