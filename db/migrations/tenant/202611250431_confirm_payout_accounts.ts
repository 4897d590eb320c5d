// The account a company told in its application becomes the agency's account for payouts, and is paid to once somebody confirms it.
export const up = /* sql */ `
alter table payout_accounts add column unconfirmed_since timestamptz;
comment on column payout_accounts.unconfirmed_since is 'set while it was carried over from an application and nobody confirmed it; nothing is paid to it';
`;
