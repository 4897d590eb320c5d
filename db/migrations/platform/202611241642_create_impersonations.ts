// When an operator of the platform acted as somebody, why and how long: kept beside the tenant's own audit log, which its people read.
export const up = /* sql */ `
create table impersonations (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  brand_id uuid not null,
  user_id uuid not null,
  token_hash text not null unique,
  operator text not null check (length(operator) between 1 and 80),
  reason text not null check (length(reason) between 5 and 200),
  minutes int not null check (minutes between 1 and 30),
  created_at timestamptz not null,
  link_expires_at timestamptz not null,
  redeemed_at timestamptz,
  redeemed_from text,
  ends_at timestamptz check (ends_at <= redeemed_at + interval '30 minutes'),
  ended_at timestamptz,
  check ((redeemed_at is null) = (ends_at is null))
);
create index impersonations_tenant on impersonations (tenant_id, created_at desc);
`;
