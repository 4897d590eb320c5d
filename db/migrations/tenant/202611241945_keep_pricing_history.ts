// A quote names the version of each rule that made its price, so every version is kept, by PostgreSQL itself: whoever writes a rule (a
// person, an import, a seed) leaves one. Beside it what the reseller decides about its margin; until now it was fixed in the code.
export const up = /* sql */ `
alter table markup_rules add column changed_by uuid;

create table markup_rule_versions (
  rule_id uuid not null references markup_rules,
  version int not null,
  state text not null check (state in ('active', 'deleted')),
  name text not null,
  match jsonb not null,
  value jsonb not null,
  min_minor bigint,
  max_minor bigint,
  stack boolean not null,
  priority int not null,
  valid_from timestamptz,
  valid_to timestamptz,
  changed_by uuid,
  changed_at timestamptz not null,
  primary key (rule_id, version)
);

create function keep_markup_rule_version() returns trigger language plpgsql as $$
begin
  insert into markup_rule_versions (rule_id, version, state, name, match, value, min_minor, max_minor, stack, priority, valid_from, valid_to,
    changed_by, changed_at)
  values (new.id, new.version, new.state, new.name, new.match, new.value, new.min_minor, new.max_minor, new.stack, new.priority,
    new.valid_from, new.valid_to, new.changed_by, new.updated_at);
  return null;
end $$;

insert into markup_rule_versions (rule_id, version, state, name, match, value, min_minor, max_minor, stack, priority, valid_from, valid_to,
  changed_at)
select id, version, state, name, match, value, min_minor, max_minor, stack, priority, valid_from, valid_to, updated_at from markup_rules;

create trigger markup_rules_versions after insert or update on markup_rules for each row execute function keep_markup_rule_version();
create trigger markup_rule_versions_immutable before update or delete on markup_rule_versions
  for each row execute function refuse_change();

create table pricing_settings (
  id boolean primary key default true check (id),
  guard_mode text not null default 'capped' check (guard_mode in ('capped', 'blocked', 'allowed')),
  floor_minor bigint not null default 0 check (floor_minor >= 0),
  min_margin_minor bigint not null default 0 check (min_margin_minor >= 0),
  version int not null default 1
);
insert into pricing_settings default values;
`;
