// What is sold and at which price. Offers, quotes and build-ups are frozen as JSON: a quote keeps its price whatever is edited meanwhile.
export const up = /* sql */ `
create table tiers (
  tier text primary key check (tier in ('bronze', 'silver', 'gold', 'platinum')),
  commission_bp int not null check (commission_bp between 0 and 10000),
  discount_bp int not null default 0 check (discount_bp between 0 and 10000),
  version int not null default 1
);
insert into tiers (tier, commission_bp) values ('bronze', 500), ('silver', 700), ('gold', 1000), ('platinum', 1200);

create table markup_rules (
  id uuid primary key,
  owner_agency_id uuid references agencies,
  name text not null check (length(name) between 1 and 120),
  match jsonb not null default '{}',
  value jsonb not null,
  min_minor bigint check (min_minor >= 0),
  max_minor bigint check (max_minor >= 0),
  stack boolean not null default false,
  priority int not null default 0,
  valid_from timestamptz,
  valid_to timestamptz,
  state text not null default 'active' check (state in ('active', 'deleted')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1
);
create index markup_rules_owner on markup_rules (owner_agency_id) where state = 'active';

create table quotes (
  id uuid primary key,
  product text not null check (product in ('flight', 'stay')),
  supplier text not null,
  supplier_offer_id text not null,
  brand_id uuid not null references brands,
  agency_id uuid references agencies,
  offer jsonb not null,
  build_up jsonb not null,
  net_minor bigint not null check (net_minor >= 0),
  total_minor bigint not null check (total_minor >= 0),
  currency char(3) not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);
create index quotes_expiry on quotes (expires_at);

create table bookings (
  id uuid primary key,
  reference text not null unique,
  state text not null check (state in ('draft', 'pending', 'held', 'confirmed', 'ticketed', 'completed', 'payment_failed', 'expired',
    'failed', 'cancelling', 'cancelled', 'changing', 'needs_attention')),
  brand_id uuid not null references brands,
  agency_id uuid references agencies,
  agency_path text not null default '/',
  customer_id uuid references users,
  booked_by_id uuid references users,
  title text not null,
  lead_name text not null,
  lead_surname text not null,
  contact jsonb not null,
  contact_phone_encrypted text,
  locale text not null,
  currency char(3) not null,
  total_minor bigint not null check (total_minor >= 0),
  payment_method text not null check (payment_method in ('card', 'wallet', 'credit', 'hold')),
  guest_token_hash text,
  starts_on date not null,
  ends_on date not null,
  expires_at timestamptz,
  failure_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  confirmed_at timestamptz,
  cancelled_at timestamptz,
  version int not null default 1
);
create index bookings_agency on bookings (agency_path text_pattern_ops, created_at desc);
create index bookings_customer on bookings (customer_id, created_at desc);
create index bookings_created on bookings (created_at desc, id desc);

create table booking_items (
  id uuid primary key,
  booking_id uuid not null references bookings,
  position int not null,
  product text not null check (product in ('flight', 'stay')),
  state text not null default 'pending' check (state in ('pending', 'reserved', 'confirmed', 'cancelled', 'failed')),
  quote_id uuid not null references quotes,
  supplier text not null,
  supplier_offer_id text not null,
  supplier_order_id text,
  supplier_reference text,
  supplier_documents jsonb not null default '[]',
  offer jsonb not null,
  build_up jsonb not null,
  net_minor bigint not null,
  total_minor bigint not null,
  currency char(3) not null,
  unique (booking_id, position),
  unique (supplier, supplier_order_id)
);

create table travellers (
  id uuid primary key,
  booking_id uuid not null references bookings,
  position int not null,
  type text not null check (type in ('adult', 'child', 'infant_without_seat')),
  title text,
  gender text check (gender in ('m', 'f')),
  given_name text not null,
  family_name text not null,
  born_on_encrypted text,
  document_encrypted text,
  unique (booking_id, position)
);

create table booking_events (
  id uuid primary key,
  booking_id uuid not null references bookings,
  at timestamptz not null default now(),
  kind text not null,
  actor text not null,
  detail jsonb not null default '{}'
);
create index booking_events_booking on booking_events (booking_id, at);

create table cancellation_quotes (
  id uuid primary key,
  booking_id uuid not null references bookings,
  state text not null default 'open' check (state in ('open', 'confirmed', 'expired')),
  supplier_quotes jsonb not null,
  supplier_refund_minor bigint not null check (supplier_refund_minor >= 0),
  customer_refund_minor bigint not null check (customer_refund_minor >= 0),
  currency char(3) not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now()
);

create table sagas (
  id uuid primary key,
  booking_id uuid not null references bookings,
  kind text not null,
  state text not null default 'running' check (state in ('running', 'compensating', 'done', 'compensated', 'parked')),
  step text not null,
  context jsonb not null default '{}',
  last_error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index sagas_booking on sagas (booking_id);

create table saga_steps (
  saga_id uuid not null references sagas,
  step text not null,
  direction text not null check (direction in ('forward', 'compensate')),
  state text not null check (state in ('started', 'done', 'failed', 'waiting')),
  attempts int not null default 1,
  output jsonb,
  error text,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (saga_id, step, direction)
);
`;
