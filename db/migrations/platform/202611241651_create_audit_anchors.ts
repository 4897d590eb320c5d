// Ends of the tenants' audit chains, kept apart from them and signed with a key the database does not hold: a chain that was cut off or
// rewritten from its beginning no longer ends where its anchor says. One row a tenant and day; within its day it only moves forward.
export const up = /* sql */ `
create table audit_anchors (
  tenant_id uuid not null,
  day date not null,
  sequence bigint not null check (sequence > 0),
  hash text not null,
  anchored_at timestamptz not null,
  signature text not null,
  primary key (tenant_id, day)
);

create function keep_audit_anchor() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.tenant_id = old.tenant_id and new.day = old.day and new.sequence > old.sequence then return new; end if;
  end if;
  raise exception 'audit anchors only move forward' using errcode = '23514', constraint = 'audit_anchors_immutable';
end $$;
create trigger audit_anchors_immutable before update or delete on audit_anchors for each row execute function keep_audit_anchor();
create trigger audit_anchors_kept before truncate on audit_anchors for each statement execute function keep_audit_anchor();
`;
