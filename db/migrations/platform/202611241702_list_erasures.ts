// Whose data were erased, by id: kept apart from the tenant's own schema, so that the data of a restored backup are erased again.
export const up = /* sql */ `
create table erasures (
  tenant_id uuid not null references tenants,
  person_id uuid not null,
  requested_at timestamptz not null default now(),
  done_at timestamptz,
  primary key (tenant_id, person_id)
);
`;
