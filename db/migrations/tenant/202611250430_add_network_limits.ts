// How far an agency may take in agencies of its own: what the reseller sets for all, and for single ones. The row for all is also what changes
// of the network's shape lock, so that two of them cannot both take the last place.
export const up = /* sql */ `
create table network_limits (
  agency_id uuid unique nulls not distinct references agencies,
  may_add boolean not null,
  max_direct int check (max_direct between 0 and 100000),
  max_total int check (max_total between 0 and 100000),
  max_levels int check (max_levels between 1 and 8),
  tiers text[] not null check (cardinality(tiers) between 1 and 4 and tiers <@ array['bronze', 'silver', 'gold', 'platinum']),
  max_credit_minor bigint check (max_credit_minor >= 0),
  needs_approval boolean not null,
  version int not null default 1,
  updated_at timestamptz not null default now()
);
comment on column network_limits.agency_id is 'null: of every agency without a row of its own';
comment on column network_limits.max_direct is 'agencies directly below it; null: any number, as for the other limits';
insert into network_limits (agency_id, may_add, tiers, needs_approval)
values (null, true, '{bronze,silver,gold,platinum}', false);
`;
