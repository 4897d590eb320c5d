// What the payment service and the suppliers say of a day beside what the books say, and what does not match until somebody settles it.
// Lines are the payment service's own, kept by its id, so that a second look at a day finds nothing new.
export const up = /* sql */ `
create table reconciliation_lines (
  id text primary key,
  day date not null,
  type text not null,
  reference text not null,
  booking_id uuid references bookings,
  currency char(3) not null,
  amount_minor bigint not null,
  fee_minor bigint not null,
  happened_at timestamptz not null
);
comment on table reconciliation_lines is 'balance transactions at the payment service; reference: the charge, refund, dispute or transfer behind it';
create index reconciliation_lines_booking on reconciliation_lines (booking_id);
create index reconciliation_lines_day on reconciliation_lines (day);
create index reconciliation_lines_reference on reconciliation_lines (reference);

create table reconciliation_runs (
  counterparty text not null check (counterparty in ('stripe', 'suppliers')),
  day date not null,
  compared int not null,
  finished_at timestamptz not null,
  primary key (counterparty, day)
);

create table reconciliation_cases (
  id uuid primary key,
  counterparty text not null check (counterparty in ('stripe', 'suppliers')),
  key text not null,
  day date not null,
  kind text not null check (kind in ('missing_here', 'missing_there', 'amount_differs')),
  state text not null check (state in ('open', 'proposed', 'accepted', 'linked', 'healed')),
  booking_id uuid references bookings,
  reference text,
  currency char(3) not null,
  ours_minor bigint not null,
  theirs_minor bigint not null,
  reason text,
  author_id uuid references users,
  decided_by uuid references users,
  decided_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (counterparty, key)
);
comment on table reconciliation_cases is 'open: unmatched; proposed: waits for a second person; accepted: the difference is posted; linked: tied to a booking by hand; healed: matches by itself since';
create index reconciliation_cases_state on reconciliation_cases (state, day desc);
create index reconciliation_cases_day on reconciliation_cases (day desc, id desc);
`;
