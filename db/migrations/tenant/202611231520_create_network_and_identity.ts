// Who is in a reseller's network: agencies as a tree (materialised path), brands, people, and what the issuer keeps.
export const up = /* sql */ `
create table agencies (
  id uuid primary key,
  parent_id uuid references agencies,
  path text not null unique,
  depth int not null check (depth >= 1),
  name text not null check (length(name) between 2 and 120),
  legal_name text,
  tax_id text,
  email text,
  state text not null default 'approved' check (state in ('applied', 'under_review', 'approved', 'rejected', 'suspended')),
  tier text not null default 'bronze' check (tier in ('bronze', 'silver', 'gold', 'platinum')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1
);
create index agencies_parent on agencies (parent_id);
create index agencies_path on agencies (path text_pattern_ops);

create table brands (
  id uuid primary key,
  agency_id uuid unique nulls not distinct references agencies,
  name text not null check (length(name) between 2 and 80),
  theme text not null,
  hostname text not null unique,
  settings jsonb not null default '{}',
  legal jsonb not null default '{}',
  sender_name text not null,
  sender_email text not null,
  locales text[] not null default '{en,es}',
  default_locale text not null default 'en',
  currency char(3) not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1
);

create table users (
  id uuid primary key,
  email text not null unique check (email = lower(email)),
  password_hash text,
  given_name text not null default '',
  family_name text not null default '',
  role text not null check (role in ('reseller_admin', 'reseller_staff', 'agency_admin', 'agent', 'customer')),
  agency_id uuid references agencies,
  state text not null default 'active' check (state in ('active', 'suspended')),
  locale text not null default 'en',
  email_verified_at timestamptz,
  failed_sign_ins int not null default 0,
  locked_until timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  check ((role in ('reseller_admin', 'reseller_staff')) = (agency_id is null) or role = 'customer')
);
create index users_agency on users (agency_id);

create table invitations (
  id uuid primary key,
  email text not null check (email = lower(email)),
  role text not null check (role in ('reseller_admin', 'reseller_staff', 'agency_admin', 'agent')),
  agency_id uuid references agencies,
  brand_id uuid not null references brands,
  token_hash text not null unique,
  invited_by uuid,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  created_at timestamptz not null default now()
);
create unique index invitations_open on invitations (email) where accepted_at is null;

create table user_tokens (
  id uuid primary key,
  user_id uuid not null references users,
  purpose text not null check (purpose in ('verify_email', 'reset_password')),
  token_hash text not null unique,
  expires_at timestamptz not null,
  used_at timestamptz,
  created_at timestamptz not null default now()
);

create table signing_keys (
  kid text primary key,
  algorithm text not null,
  public_jwk jsonb not null,
  private_jwk_encrypted text not null,
  state text not null check (state in ('next', 'current', 'previous')),
  created_at timestamptz not null default now()
);

create table oidc_artifacts (
  issuer text not null,
  model text not null,
  id text not null,
  payload jsonb not null,
  grant_id text,
  expires_at timestamptz,
  consumed_at timestamptz,
  primary key (issuer, model, id)
);
create index oidc_artifacts_grant on oidc_artifacts (grant_id) where grant_id is not null;

create table api_clients (
  id uuid primary key,
  client_id text not null unique,
  secret_encrypted text not null,
  name text not null,
  agency_id uuid references agencies,
  role text not null check (role in ('reseller_admin', 'agency_admin', 'agent')),
  state text not null default 'active' check (state in ('active', 'revoked')),
  created_by uuid,
  created_at timestamptz not null default now()
);

create table idempotency_keys (
  actor text not null,
  route text not null,
  key text not null,
  request_hash text not null,
  state text not null check (state in ('in_progress', 'done')),
  status int,
  headers jsonb,
  body jsonb,
  locked_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  primary key (actor, route, key)
);

create table inbox (
  event_id uuid not null,
  consumer text not null,
  done_at timestamptz not null default now(),
  primary key (event_id, consumer)
);
`;
