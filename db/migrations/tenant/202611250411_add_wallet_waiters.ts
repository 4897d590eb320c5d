// Who was kept from booking by a wallet above their own, and for what: told once when there are funds again, then forgotten.
export const up = /* sql */ `
create table wallet_waiters (
  wallet_id uuid not null references wallets,
  user_id uuid not null,
  quote_id uuid not null,
  seller_agency_id uuid not null references agencies,
  brand_id uuid not null,
  required_minor bigint not null check (required_minor >= 0),
  title text not null,
  search_url text not null,
  created_at timestamptz not null,
  primary key (wallet_id, user_id, quote_id)
);
create index wallet_waiters_quote on wallet_waiters (quote_id, user_id);
comment on column wallet_waiters.required_minor is 'what must be left to spend in the wallet for the booking to fit';
comment on column wallet_waiters.search_url is 'where to search for the trip again: a quote does not live as long';
`;
