// Statements of what agencies are paid, the payouts of them, on what terms and to which account. What a statement took up never changes
// and is taken up once; a statement has at most one payout that was not returned: PostgreSQL keeps both whatever our code does.
export const up = /* sql */ `
create table settlement_terms (
  agency_id uuid unique nulls not distinct references agencies,
  period text not null check (period in ('weekly', 'fortnightly', 'monthly')),
  reserve_bp int not null check (reserve_bp between 0 and 10000),
  reserve_days int not null check (reserve_days between 1 and 730),
  minimum_payout_minor bigint not null check (minimum_payout_minor >= 0),
  four_eyes_minor bigint check (four_eyes_minor >= 0),
  version int not null default 1,
  updated_at timestamptz not null default now()
);
comment on table settlement_terms is 'agency null: of every agency without terms of its own; the limit for corrections by one person stands there only';

create table payout_accounts (
  id uuid primary key,
  agency_id uuid unique nulls not distinct references agencies,
  holder_encrypted text not null,
  iban_encrypted text not null,
  iban_hint text not null,
  bic text,
  updated_by uuid,
  updated_at timestamptz not null default now(),
  version int not null default 1
);
comment on table payout_accounts is 'agency null: the account of the reseller that payouts leave';

create table settlement_statements (
  id uuid primary key,
  number int generated always as identity unique,
  agency_id uuid not null references agencies,
  currency char(3) not null,
  period text not null check (period in ('weekly', 'fortnightly', 'monthly')),
  period_start date not null,
  period_end date not null check (period_end > period_start),
  state text not null check (state in ('open', 'closed', 'approved', 'paid', 'returned', 'reopened')),
  released_minor bigint not null default 0,
  clawbacks_minor bigint not null default 0,
  memos_minor bigint not null default 0,
  carried_in_minor bigint not null default 0,
  reserve_released_minor bigint not null default 0,
  reserve_minor bigint not null default 0,
  payout_minor bigint not null default 0 check (payout_minor >= 0),
  carried_out_minor bigint not null default 0,
  reserve_until date,
  reserve_released_in uuid references settlement_statements,
  closed_at timestamptz,
  approved_at timestamptz,
  approved_by uuid,
  paid_at timestamptz,
  return_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (released_minor + clawbacks_minor + memos_minor + carried_in_minor + reserve_released_minor
    = reserve_minor + payout_minor + carried_out_minor),
  unique (agency_id, currency, period_start)
);
comment on column settlement_statements.period_end is 'the day after the last; clawbacks are negative, memos and carried in the agency''s favour when positive';
create unique index settlement_statements_open on settlement_statements (agency_id, currency) where state = 'open';
create index settlement_statements_agency on settlement_statements (agency_id, period_end);
create index settlement_statements_reserves on settlement_statements (agency_id, reserve_until) where reserve_minor > 0 and reserve_released_in is null;

create table settlement_lines (
  statement_id uuid not null references settlement_statements,
  position int not null,
  kind text not null check (kind in ('earning', 'clawback', 'memo')),
  source_id uuid not null,
  booking_id uuid references bookings,
  account text not null check (account in ('agency_payable', 'commission_payable')),
  amount_minor bigint not null,
  happened_at timestamptz not null,
  primary key (statement_id, position),
  unique (kind, source_id)
);
create trigger settlement_lines_immutable before update or delete on settlement_lines for each row execute function refuse_change();

create table payout_files (
  id uuid primary key,
  message_id text not null unique,
  execution_on date not null,
  payouts int not null check (payouts > 0),
  total_minor bigint not null check (total_minor > 0),
  currency char(3) not null,
  content_encrypted text not null,
  made_by uuid,
  created_at timestamptz not null default now()
);

create table payouts (
  id uuid primary key,
  key text not null unique,
  statement_id uuid not null references settlement_statements,
  file_id uuid references payout_files,
  method text not null check (method in ('sepa', 'manual')),
  state text not null check (state in ('sent', 'paid', 'returned')),
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  iban_hint text,
  reference text,
  return_reason text,
  sent_at timestamptz not null,
  paid_at timestamptz,
  returned_at timestamptz,
  created_at timestamptz not null default now()
);
comment on column payouts.key is 'the statement''s id: it is paid once; with the number of the attempt after the bank returned one';
create unique index payouts_live on payouts (statement_id) where state <> 'returned';
create index payouts_file on payouts (file_id);

alter table commissions add constraint commissions_statement foreign key (statement_id) references settlement_statements;
alter table commission_reversals add constraint commission_reversals_statement foreign key (statement_id) references settlement_statements;
alter table commission_adjustments add constraint commission_adjustments_statement foreign key (statement_id) references settlement_statements;
create index commissions_statement on commissions (statement_id);
`;
