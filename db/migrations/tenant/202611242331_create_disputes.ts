// Card payments a cardholder's bank has taken back, or asks about. Earnings of the sale rest while it is open: they are held by a mark of their
// own, so that the hourly release passes them by.
export const up = /* sql */ `
create table disputes (
  id uuid primary key,
  provider_id text not null unique,
  payment_id uuid not null references payments,
  booking_id uuid not null references bookings,
  state text not null check (state in ('warning_needs_response', 'warning_under_review', 'warning_closed', 'needs_response',
    'under_review', 'won', 'lost')),
  reason text not null,
  amount_minor bigint not null check (amount_minor > 0),
  withdrawn_minor bigint not null default 0 check (withdrawn_minor >= 0),
  returned_minor bigint not null default 0 check (returned_minor >= 0),
  clawed_back_minor bigint not null default 0 check (clawed_back_minor >= 0),
  currency char(3) not null,
  due_at timestamptz,
  submitted_at timestamptz,
  submitted_by uuid,
  opened_at timestamptz not null,
  closed_at timestamptz,
  updated_at timestamptz not null default now()
);
comment on column disputes.withdrawn_minor is 'taken from the balance at Stripe, with its fee; returned: what came back';
create index disputes_booking on disputes (booking_id);
create index disputes_opened on disputes (opened_at desc, id desc);

alter table commissions add column held_at timestamptz;
comment on column commissions.held_at is 'a dispute of the sale is open: not released until it is over';
`;
