// A tier is earned by what travelled: thresholds the reseller sets, a review of every agency each month, one period of grace before a tier is
// lost, and an exception a person makes until a day. Each review of an agency and month stands once.
export const up = /* sql */ `
create table tier_thresholds (
  tier text primary key check (tier in ('silver', 'gold', 'platinum')),
  min_value_minor bigint check (min_value_minor > 0),
  min_bookings int check (min_bookings > 0)
);
comment on table tier_thresholds is 'either one that is given earns the tier; a tier with neither is not earned by itself';
insert into tier_thresholds (tier) values ('silver'), ('gold'), ('platinum');

create table tier_review_settings (
  id boolean primary key default true check (id),
  is_on boolean not null default false,
  version int not null default 1
);
insert into tier_review_settings default values;

create table tier_overrides (
  agency_id uuid primary key references agencies,
  tier text not null check (tier in ('bronze', 'silver', 'gold', 'platinum')),
  until date not null,
  reason text not null check (length(reason) between 3 and 300),
  set_by uuid,
  created_at timestamptz not null default now()
);

create table tier_reviews (
  agency_id uuid not null references agencies,
  month date not null check (extract(day from month) = 1),
  value_minor bigint not null,
  bookings int not null,
  tier_before text not null,
  tier_earned text not null,
  tier_after text not null,
  outcome text not null check (outcome in ('kept', 'up', 'grace', 'down', 'overridden')),
  created_at timestamptz not null default now(),
  primary key (agency_id, month)
);
create trigger tier_reviews_immutable before update or delete on tier_reviews for each row execute function refuse_change();
`;
