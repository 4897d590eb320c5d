// What an agency earns of a booking besides commission (its markup, where the reseller collected the card), each reversal by the refund
// that caused it, and corrections that people sign for. A reversal of what a statement had already taken is a clawback of the next one.
export const up = /* sql */ `
alter table commissions add column markup_minor bigint;
alter table commissions alter column markup_minor set default 0;
alter table commissions add column markup_reversed_minor bigint;
alter table commissions alter column markup_reversed_minor set default 0;
alter table commissions add column statement_id uuid;
comment on column commissions.markup_minor is 'markup of the agency on a card sale, which the reseller collected and owes it; minor units';
comment on column commissions.markup_reversed_minor is 'of the markup taken back by refunds; negative when a cancellation fee was more';

-- Card sales of before: their markup is what the sale posted to the agency beyond its commission, and what its refunds took back.
update commissions c set
  markup_minor = coalesce(p.sold, 0) - case when p.sold is null then 0 else c.amount_minor end,
  markup_reversed_minor = coalesce(p.returned, 0) - case when p.sold is null then 0 else c.reversed_minor end
from commissions own
left join lateral (
  select -sum(e.amount_minor) filter (where t.source = 'booking') as sold,
    coalesce(sum(e.amount_minor) filter (where t.source = 'refund'), 0) as returned
  from ledger_transactions t
  join ledger_entries e on e.transaction_id = t.id
  join ledger_accounts a on a.id = e.account_id
  where t.booking_id = own.booking_id and a.code = 'agency_payable:' || own.agency_id
) p on true
where c.id = own.id;
insert into commissions (id, booking_id, agency_id, rate_bp, commissionable_minor, amount_minor, currency, payable_at, markup_minor, markup_reversed_minor)
select gen_random_uuid(), t.booking_id, split_part(a.code, ':', 2)::uuid, 0, 0, 0, a.currency,
  (b.ends_on::timestamp + interval '3 days 23:59:59') at time zone 'UTC',
  -coalesce(sum(e.amount_minor) filter (where t.source = 'booking'), 0),
  coalesce(sum(e.amount_minor) filter (where t.source = 'refund'), 0)
from ledger_transactions t
join ledger_entries e on e.transaction_id = t.id
join ledger_accounts a on a.id = e.account_id
join bookings b on b.id = t.booking_id
where a.code like 'agency_payable:%' and t.source in ('booking', 'refund')
group by t.booking_id, a.code, a.currency, b.ends_on
on conflict (booking_id, agency_id) do nothing;

alter table commissions alter column markup_minor set not null;
alter table commissions alter column markup_reversed_minor set not null;
create index commissions_released on commissions (agency_id, payable_at) where state = 'payable' and statement_id is null;

create table commission_reversals (
  id uuid primary key,
  commission_id uuid not null references commissions,
  key text not null,
  commission_minor bigint not null check (commission_minor >= 0),
  markup_minor bigint not null,
  is_clawback boolean not null,
  statement_id uuid,
  created_at timestamptz not null,
  unique (commission_id, key)
);
comment on column commission_reversals.is_clawback is 'a statement had taken the commission before: this is a line of the next one';
create index commission_reversals_open on commission_reversals (commission_id) where is_clawback and statement_id is null;

create table commission_adjustments (
  id uuid primary key,
  agency_id uuid not null references agencies,
  booking_id uuid references bookings,
  amount_minor bigint not null check (amount_minor <> 0),
  currency char(3) not null,
  reason text not null,
  state text not null check (state in ('proposed', 'approved', 'rejected')),
  author_id uuid,
  decided_by uuid,
  decided_at timestamptz,
  statement_id uuid,
  created_at timestamptz not null default now(),
  check ((state = 'proposed') = (decided_at is null)),
  check (decided_by is null or author_id is null or decided_by <> author_id or state = 'rejected')
);
comment on column commission_adjustments.amount_minor is 'in the agency''s favour when positive; minor units';
comment on column commission_adjustments.decided_by is 'a second person; null where the amount was below the limit and no one had to decide';
create index commission_adjustments_agency on commission_adjustments (agency_id, id);
create index commission_adjustments_open on commission_adjustments (agency_id) where state = 'approved' and statement_id is null;
`;
