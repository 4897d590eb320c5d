// Bonus campaigns of commissions: what a reseller promises agencies for selling more, what each agency came to in each period, and the
// corrections of earnings that pay it. The amount of a period is posted by differences, each revision once, so that a repeat pays nothing.
export const up = /* sql */ `
create table bonus_campaigns (
  id uuid primary key,
  name text not null check (length(name) between 1 and 120),
  period text not null check (period in ('month', 'range')),
  starts_on date not null,
  ends_on date,
  audience jsonb not null,
  match jsonb not null default '{}',
  basis text not null check (basis in ('confirmed', 'travelled')),
  measure text not null check (measure in ('bookings', 'volume')),
  mode text not null check (mode in ('retroactive', 'marginal')),
  steps jsonb not null,
  cap_minor bigint check (cap_minor > 0),
  overlap text not null check (overlap in ('stack', 'best')),
  grace_days int not null check (grace_days between 0 and 60),
  currency char(3) not null,
  state text not null default 'active' check (state in ('active', 'withdrawn')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  check (ends_on is null or ends_on >= starts_on),
  check (period = 'month' or ends_on is not null)
);
comment on column bonus_campaigns.ends_on is 'last day, inclusive; null: until it is closed';
comment on column bonus_campaigns.overlap is 'stack: paid beside every other; best: of such campaigns whose periods overlap the best pays';

create table bonus_accruals (
  id uuid primary key,
  campaign_id uuid not null references bonus_campaigns,
  agency_id uuid not null references agencies,
  starts_on date not null,
  ends_before date not null,
  bookings int not null default 0,
  volume_minor bigint not null default 0,
  base_minor bigint not null default 0,
  earned_minor bigint not null default 0 check (earned_minor >= 0),
  amount_minor bigint not null default 0 check (amount_minor >= 0),
  revision int not null default 0,
  evaluated_at timestamptz,
  unique (campaign_id, starts_on, agency_id)
);
comment on column bonus_accruals.earned_minor is 'what the period comes to by itself';
comment on column bonus_accruals.amount_minor is 'what was posted of it so far: nothing while a better campaign pays';
create index bonus_accruals_agency on bonus_accruals (agency_id, starts_on);

alter table commission_adjustments add column bonus_accrual_id uuid references bonus_accruals;
alter table commission_adjustments add column bonus_revision int;
comment on column commission_adjustments.bonus_accrual_id is 'the bonus this pays, or takes back; null for what a person signed for';
create unique index commission_adjustments_bonus on commission_adjustments (bonus_accrual_id, bonus_revision) where bonus_accrual_id is not null;
create index bookings_confirmed on bookings (confirmed_at) where agency_id is not null;
`;
