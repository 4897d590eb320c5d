// Employers' sign-in: a reseller connects the identity provider of its staff. People are recognised by provider and subject, never by address.
export const up = /* sql */ `
create table identity_providers (
  id uuid primary key,
  name text not null check (length(name) between 2 and 60),
  kind text not null check (kind in ('entra', 'google', 'okta', 'oidc')),
  issuer text not null check (length(issuer) <= 300),
  client_id text not null check (length(client_id) between 1 and 200),
  secret_encrypted text not null,
  -- Entra: directories (tid) whose people may come. Google: Workspace domains (hd).
  allowed_tenants text[] not null default '{}',
  allowed_hosted_domains text[] not null default '{}',
  -- Whether the sign-in page shows a button.
  show_button boolean not null default true,
  -- Whether a person without an account gets one.
  provisioning boolean not null default false,
  default_role text check (default_role in ('reseller_admin', 'reseller_staff', 'agency_admin', 'agent')),
  default_agency_id uuid references agencies,
  group_claim text check (length(group_claim) between 1 and 100),
  -- Whether staff of the proven domains must come this way; one administrator keeps the password for the day it fails.
  enforced boolean not null default false,
  emergency_user_id uuid references users,
  state text not null default 'active' check (state in ('active', 'disabled')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version int not null default 1,
  check (not enforced or emergency_user_id is not null),
  check (default_role is null or (default_role in ('reseller_admin', 'reseller_staff')) = (default_agency_id is null))
);

create table identity_provider_domains (
  domain text primary key check (domain = lower(domain)),
  provider_id uuid not null references identity_providers on delete cascade,
  token text not null,
  verified_at timestamptz,
  created_at timestamptz not null default now()
);
create index identity_provider_domains_provider on identity_provider_domains (provider_id);

create table identity_provider_mappings (
  provider_id uuid not null references identity_providers on delete cascade,
  -- The first group of a person in this order decides.
  position int not null,
  group_value text not null check (length(group_value) between 1 and 200),
  role text not null check (role in ('reseller_admin', 'reseller_staff', 'agency_admin', 'agent')),
  agency_id uuid references agencies,
  primary key (provider_id, position),
  unique (provider_id, group_value),
  check ((role in ('reseller_admin', 'reseller_staff')) = (agency_id is null))
);

create table federated_identities (
  provider_id uuid not null references identity_providers on delete cascade,
  subject text not null check (length(subject) <= 255),
  user_id uuid not null references users on delete cascade,
  created_at timestamptz not null default now(),
  last_sign_in_at timestamptz not null default now(),
  primary key (provider_id, subject),
  unique (provider_id, user_id)
);
create index federated_identities_user on federated_identities (user_id);
`;
