// The control plane: which tenants exist, where they live, which hosts name them, and the one outbox all of them share
// (a relay that had to scan thousands of schemas could not keep up).
export const up = /* sql */ `
create table clusters (
  id text primary key,
  dsn_reference text not null,
  state text not null default 'active' check (state in ('active', 'draining')),
  created_at timestamptz not null default now()
);
insert into clusters (id, dsn_reference) values ('default', 'env:DATABASE_URL');

create table cells (
  role text primary key,
  cluster_id text not null references clusters,
  number int not null unique,
  tenant_count int not null default 0
);

create table plans (
  code text primary key,
  name text not null,
  fee_percent_bp int not null default 0 check (fee_percent_bp between 0 and 10000),
  fee_fixed_minor bigint not null default 0 check (fee_fixed_minor >= 0)
);
insert into plans (code, name, fee_percent_bp) values ('standard', 'Standard: 1 % of net', 100);

create table tenants (
  id uuid primary key,
  slug text not null unique check (slug ~ '^[a-z][a-z0-9-]{1,29}$'),
  name text not null check (length(name) between 2 and 80),
  schema text not null unique check (schema ~ '^t_[a-z2-7]{16}$'),
  cell text not null references cells (role),
  cluster_id text not null references clusters,
  plan text not null references plans,
  state text not null default 'provisioning'
    check (state in ('provisioning', 'active', 'suspended', 'deleting', 'deleted', 'moving')),
  theme text not null,
  currency char(3) not null,
  locale text not null,
  wrapped_data_key text not null,
  admin_email text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table provisioning_steps (
  tenant_id uuid not null references tenants,
  step text not null,
  done_at timestamptz not null default now(),
  primary key (tenant_id, step)
);

create table domains (
  hostname text primary key check (hostname = lower(hostname) and hostname !~ '[:/@ ]' and hostname !~ '\\.$'),
  tenant_id uuid not null references tenants,
  brand_id uuid not null,
  state text not null default 'pending' check (state in ('pending', 'verified', 'active', 'failed')),
  created_at timestamptz not null default now()
);
create index domains_tenant on domains (tenant_id);

create table tenant_migrations (
  tenant_id uuid not null references tenants,
  version text not null,
  applied_at timestamptz not null default now(),
  primary key (tenant_id, version)
);

create table outbox (
  id uuid primary key,
  tenant_id uuid not null references tenants,
  kind text not null,
  payload jsonb not null,
  state text not null default 'pending' check (state in ('pending', 'done', 'dead')),
  attempts int not null default 0,
  available_at timestamptz not null default now(),
  dispatched_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  done_at timestamptz
);
create index outbox_due on outbox (available_at) where state = 'pending';
create index outbox_done on outbox (done_at) where state = 'done';

create table job_runs (
  name text not null,
  scheduled_for timestamptz not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  error text,
  primary key (name, scheduled_for)
);
`;
