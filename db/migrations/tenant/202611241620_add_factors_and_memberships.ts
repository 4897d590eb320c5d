// What a person proves itself with beside the password, the browsers it is known by, and the further agencies it works for.
export const up = /* sql */ `
create table user_totp (
  user_id uuid primary key references users on delete cascade,
  secret_encrypted text not null,
  -- Time step of the last code that was used: a code works once (RFC 6238, section 5.2).
  last_step bigint not null,
  created_at timestamptz not null default now()
);

create table user_recovery_codes (
  user_id uuid not null references users on delete cascade,
  code_hash text not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);

create table user_passkeys (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  -- Host the key was made at: it works there only.
  rp_id text not null,
  credential_id text not null unique,
  public_key text not null,
  counter bigint not null,
  transports text[] not null default '{}',
  backed_up boolean not null,
  name text not null check (length(name) between 1 and 60),
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index user_passkeys_user on user_passkeys (user_id);

create table user_devices (
  user_id uuid not null references users on delete cascade,
  device_hash text not null,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (user_id, device_hash)
);

create table memberships (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  agency_id uuid references agencies,
  role text not null check (role in ('reseller_admin', 'reseller_staff', 'agency_admin', 'agent')),
  created_at timestamptz not null default now(),
  unique nulls not distinct (user_id, agency_id),
  check ((role in ('reseller_admin', 'reseller_staff')) = (agency_id is null))
);

create table sign_in_policy (
  singleton boolean primary key default true check (singleton),
  -- Roles whose people must prove themselves by a second factor.
  second_factor_roles text[] not null default '{}',
  updated_by uuid,
  updated_at timestamptz not null default now()
);
`;
