// Payments, wallets, ledger, commissions, invoices. The rules that must hold whatever our code does are PostgreSQL's to keep:
// a ledger transaction sums to zero per book and currency, and what is posted or issued never changes.
export const up = /* sql */ `
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% rows never change: correct by a new row', tg_table_name using errcode = '23514', constraint = tg_table_name || '_immutable';
end $$;

create table payments (
  id uuid primary key,
  booking_id uuid not null references bookings,
  method text not null check (method in ('card', 'wallet', 'credit')),
  state text not null check (state in ('created', 'requires_action', 'authorised', 'processing', 'succeeded', 'failed', 'cancelled',
    'refunded', 'partially_refunded', 'disputed')),
  amount_minor bigint not null check (amount_minor > 0),
  captured_minor bigint not null default 0 check (captured_minor between 0 and amount_minor),
  refunded_minor bigint not null default 0 check (refunded_minor between 0 and captured_minor),
  currency char(3) not null,
  intent_id text unique,
  checkout_session_id text unique,
  action_url text,
  failure_code text,
  failure_message text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index payments_booking on payments (booking_id);
create unique index payments_live on payments (booking_id) where state not in ('failed', 'cancelled');

create table refunds (
  id uuid primary key,
  payment_id uuid not null references payments,
  key text not null unique,
  amount_minor bigint not null check (amount_minor > 0),
  provider_refund_id text unique,
  state text not null check (state in ('pending', 'succeeded', 'failed')),
  reason text not null,
  created_at timestamptz not null default now()
);

create table webhook_receipts (
  provider text not null,
  event_id text not null,
  type text not null,
  received_at timestamptz not null default now(),
  primary key (provider, event_id)
);

create table wallets (
  id uuid primary key,
  agency_id uuid not null unique references agencies,
  currency char(3) not null,
  balance_minor bigint not null default 0,
  credit_limit_minor bigint not null default 0 check (credit_limit_minor >= 0),
  held_minor bigint not null default 0 check (held_minor >= 0),
  version int not null default 1,
  updated_at timestamptz not null default now()
);

create table wallet_entries (
  id uuid primary key,
  wallet_id uuid not null references wallets,
  key text not null,
  kind text not null check (kind in ('top_up', 'adjustment', 'hold', 'release', 'capture', 'refund')),
  amount_minor bigint not null,
  balance_after_minor bigint not null,
  held_after_minor bigint not null,
  booking_id uuid references bookings,
  reason text,
  actor_id uuid,
  created_at timestamptz not null default now(),
  unique (wallet_id, key)
);
create index wallet_entries_wallet on wallet_entries (wallet_id, created_at desc);
create trigger wallet_entries_immutable before update or delete on wallet_entries for each row execute function refuse_change();

create table wallet_holds (
  wallet_id uuid not null references wallets,
  booking_id uuid not null references bookings,
  amount_minor bigint not null check (amount_minor > 0),
  state text not null default 'held' check (state in ('held', 'captured', 'released')),
  created_at timestamptz not null default now(),
  primary key (wallet_id, booking_id)
);

create table ledger_books (
  id uuid primary key,
  agency_id uuid unique nulls not distinct references agencies,
  created_at timestamptz not null default now()
);

create table ledger_accounts (
  id uuid primary key,
  book_id uuid not null references ledger_books,
  code text not null,
  kind text not null check (kind in ('asset', 'liability', 'income', 'expense', 'equity')),
  currency char(3) not null,
  unique (book_id, code, currency)
);

create table ledger_balances (
  account_id uuid primary key references ledger_accounts,
  balance_minor bigint not null
);

create table ledger_chain (
  singleton boolean primary key default true check (singleton),
  sequence bigint not null,
  hash text not null
);
insert into ledger_chain (sequence, hash) values (0, repeat('0', 64));

create table ledger_transactions (
  id uuid primary key,
  sequence bigint not null unique,
  source text not null,
  key text not null,
  description text not null,
  booking_id uuid references bookings,
  occurred_at timestamptz not null,
  previous_hash text not null,
  hash text not null unique,
  unique (source, key)
);

create table ledger_entries (
  id uuid primary key,
  transaction_id uuid not null references ledger_transactions,
  book_id uuid not null references ledger_books,
  account_id uuid not null references ledger_accounts,
  amount_minor bigint not null check (amount_minor <> 0),
  currency char(3) not null
);
comment on column ledger_entries.amount_minor is 'debit positive, credit negative, minor units';
create index ledger_entries_transaction on ledger_entries (transaction_id);
create index ledger_entries_account on ledger_entries (account_id);

create function check_ledger_balance() returns trigger language plpgsql as $$
begin
  if exists (
    select 1 from ledger_entries where transaction_id = new.transaction_id group by book_id, currency having sum(amount_minor) <> 0
  ) then
    raise exception 'ledger transaction % does not sum to zero in every book and currency', new.transaction_id
      using errcode = '23514', constraint = 'ledger_entries_balanced';
  end if;
  return null;
end $$;
create constraint trigger ledger_entries_balanced after insert on ledger_entries
  deferrable initially deferred for each row execute function check_ledger_balance();

create function add_to_ledger_balance() returns trigger language plpgsql as $$
begin
  insert into ledger_balances as b (account_id, balance_minor) values (new.account_id, new.amount_minor)
  on conflict (account_id) do update set balance_minor = b.balance_minor + excluded.balance_minor;
  return null;
end $$;
create trigger ledger_entries_running_balance after insert on ledger_entries for each row execute function add_to_ledger_balance();
create trigger ledger_transactions_immutable before update or delete on ledger_transactions for each row execute function refuse_change();
create trigger ledger_entries_immutable before update or delete on ledger_entries for each row execute function refuse_change();

create table commissions (
  id uuid primary key,
  booking_id uuid not null references bookings,
  agency_id uuid not null references agencies,
  state text not null default 'pending' check (state in ('pending', 'payable', 'paid', 'reversed')),
  rate_bp int not null,
  commissionable_minor bigint not null,
  amount_minor bigint not null,
  currency char(3) not null,
  payable_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (booking_id, agency_id)
);
create index commissions_agency on commissions (agency_id, created_at desc);

create table invoice_series (
  code text not null,
  year int not null,
  next_number int not null default 1,
  primary key (code, year)
);

create table invoices (
  id uuid primary key,
  series text not null,
  year int not null,
  number int not null,
  full_number text not null unique,
  kind text not null check (kind in ('invoice', 'simplified_invoice', 'credit_note')),
  key text not null unique,
  booking_id uuid references bookings,
  brand_id uuid not null references brands,
  seller_agency_id uuid references agencies,
  corrects_id uuid references invoices,
  issuer jsonb not null,
  customer jsonb not null,
  lines jsonb not null,
  notes jsonb not null default '[]',
  total_minor bigint not null,
  currency char(3) not null,
  locale text not null,
  issued_at timestamptz not null,
  unique (series, year, number)
);
create index invoices_booking on invoices (booking_id);
create trigger invoices_immutable before update or delete on invoices for each row execute function refuse_change();

create table notifications (
  id uuid primary key,
  event_id uuid not null,
  template text not null,
  channel text not null check (channel in ('email')),
  recipient text not null,
  brand_id uuid not null references brands,
  locale text not null,
  booking_id uuid references bookings,
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'sent', 'failed')),
  attempts int not null default 0,
  last_error text,
  sent_at timestamptz,
  created_at timestamptz not null default now(),
  unique (event_id, template, channel, recipient)
);
`;
