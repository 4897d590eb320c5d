// Money on its way into a wallet: a card paid on the provider's page, or a bank transfer that the agency announced and its parent confirms.
// A top-up is credited by an entry of the wallet whose key is made of its id, so that it cannot be credited twice.
export const up = /* sql */ `
create table wallet_top_ups (
  id uuid primary key,
  number bigint generated always as identity unique,
  wallet_id uuid not null references wallets,
  method text not null check (method in ('card', 'transfer', 'saved_card')),
  state text not null check (state in ('pending', 'credited', 'refused', 'withdrawn', 'expired', 'failed')),
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  paid_on date,
  asked_by uuid,
  decided_by uuid,
  decided_at timestamptz,
  refusal text,
  checkout_session_id text unique,
  intent_id text unique,
  action_url text,
  failure_code text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((method = 'transfer') = (paid_on is not null)),
  check ((state = 'refused') = (refusal is not null)),
  check ((state = 'pending') = (decided_at is null))
);
comment on column wallet_top_ups.asked_by is 'account or API client that announced or pays it; null: by itself, with the saved card';
create index wallet_top_ups_wallet on wallet_top_ups (wallet_id, number);
create index wallet_top_ups_pending on wallet_top_ups (number) where state = 'pending';

create table wallet_top_up_proofs (
  top_up_id uuid primary key references wallet_top_ups,
  content_type text not null check (content_type in ('application/pdf', 'image/png')),
  content_encrypted text not null,
  bytes int not null check (bytes between 1 and 8388608),
  digest text not null,
  created_at timestamptz not null default now()
);
alter table wallet_top_up_proofs alter column content_encrypted set storage external;
`;
