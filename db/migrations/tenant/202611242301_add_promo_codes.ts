// Codes a customer types for a discount, each of the reseller or of one agency. A use is reserved in the transaction that writes the booking
// and given back when the booking fails; the count stands on the code's own row, so that its lock decides who gets the last one.
export const up = /* sql */ `
create table promo_codes (
  id uuid primary key,
  owner_agency_id uuid references agencies,
  code text not null check (length(code) between 3 and 40),
  code_key text not null check (code_key = upper(code_key)),
  name text not null check (length(name) between 1 and 120),
  value jsonb not null,
  currency char(3) not null,
  match jsonb not null default '{}',
  sale_from timestamptz,
  sale_to timestamptz,
  min_total_minor bigint not null default 0 check (min_total_minor >= 0),
  max_uses int check (max_uses > 0),
  max_per_customer int check (max_per_customer > 0),
  uses int not null default 0 check (uses >= 0),
  reseller_bp int not null check (reseller_bp between 0 and 10000),
  stacks_with_rules boolean not null default true,
  combinable boolean not null default false,
  state text not null default 'active' check (state in ('active', 'paused', 'deleted')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  check (max_uses is null or uses <= max_uses)
);
comment on column promo_codes.code_key is 'the code in upper case: how a customer wrote it does not matter';
comment on column promo_codes.reseller_bp is 'share of the discount the reseller bears, the selling agency the rest';
comment on column promo_codes.stacks_with_rules is 'false: not on a price that a stacking markup rule made';
create unique index promo_codes_key on promo_codes (owner_agency_id, code_key) nulls not distinct where state <> 'deleted';

create table promo_redemptions (
  code_id uuid not null references promo_codes,
  booking_id uuid not null references bookings,
  state text not null default 'reserved' check (state in ('reserved', 'released')),
  discount_minor bigint not null check (discount_minor > 0),
  currency char(3) not null,
  created_at timestamptz not null default now(),
  primary key (code_id, booking_id)
);
create index promo_redemptions_booking on promo_redemptions (booking_id);
`;
