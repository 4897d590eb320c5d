// Balances in other currencies beside a wallet: prepaid, never below zero, exchanged into the wallet's own currency at the parent's rate.
// A quote of that rate is the row that the exchange then is: it stands a minute and is done once.
export const up = /* sql */ `
create table wallet_currencies (
  id uuid primary key,
  parent_id uuid references agencies,
  currency char(3) not null check (currency ~ '^[A-Z]{3}$'),
  spread_bp int not null check (spread_bp between 0 and 5000),
  is_open boolean not null,
  changed_by uuid,
  updated_at timestamptz not null default now(),
  unique nulls not distinct (parent_id, currency)
);
comment on column wallet_currencies.parent_id is 'who takes this currency from the agencies directly below; null is the reseller';
comment on column wallet_currencies.spread_bp is 'what the parent keeps of the middle rate, basis points';
comment on column wallet_currencies.is_open is 'false: nothing more is paid in, what is there is still exchanged';

create table wallet_foreign_balances (
  id uuid primary key,
  wallet_id uuid not null references wallets,
  currency char(3) not null,
  balance_minor bigint not null default 0 check (balance_minor >= 0),
  updated_at timestamptz not null default now(),
  unique (wallet_id, currency)
);

create table wallet_exchanges (
  id uuid primary key,
  number bigint generated always as identity unique,
  wallet_id uuid not null references wallets,
  given_currency char(3) not null,
  given_minor bigint not null check (given_minor > 0),
  got_currency char(3) not null,
  got_minor bigint not null check (got_minor > 0),
  at_mid_minor bigint not null check (at_mid_minor >= got_minor),
  mid text not null,
  spread_bp int not null,
  source text not null,
  quoted_at timestamptz not null,
  expires_at timestamptz not null,
  asked_by uuid,
  booking_id uuid references bookings,
  created_at timestamptz not null default now(),
  done_at timestamptz,
  check (given_currency <> got_currency)
);
comment on column wallet_exchanges.quoted_at is 'when the market stood at the middle rate';
comment on column wallet_exchanges.booking_id is 'the booking that was short by it: exchanged by itself';
create index wallet_exchanges_wallet on wallet_exchanges (wallet_id, number);

create table wallet_foreign_entries (
  id uuid primary key,
  balance_id uuid not null references wallet_foreign_balances,
  key text not null,
  kind text not null check (kind in ('top_up', 'adjustment', 'exchange')),
  amount_minor bigint not null check (amount_minor <> 0),
  balance_after_minor bigint not null check (balance_after_minor >= 0),
  booking_id uuid references bookings,
  reason text,
  actor_id uuid,
  created_at timestamptz not null default now(),
  unique (balance_id, key)
);
create index wallet_foreign_entries_balance on wallet_foreign_entries (balance_id, created_at desc);
create trigger wallet_foreign_entries_immutable before update or delete on wallet_foreign_entries
  for each row execute function refuse_change();

alter table wallets add column auto_exchange_since timestamptz;
comment on column wallets.auto_exchange_since is 'what a booking lacks is exchanged by itself since then; null: it is not';

alter table wallet_entries drop constraint wallet_entries_kind_check;
alter table wallet_entries add constraint wallet_entries_kind_check
  check (kind in ('top_up', 'adjustment', 'hold', 'release', 'capture', 'refund', 'exchange')) not valid;
`;
