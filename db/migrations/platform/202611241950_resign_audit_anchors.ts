// Anchors are signed with a key that derives from the master key: while that rotates, each is signed anew. What an anchor says (whose it is,
// its day, entry, hash and time) still never goes back; a signature that is not ours is found by `portolan audit verify`.
export const up = /* sql */ `
create or replace function keep_audit_anchor() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' then
    if new.tenant_id = old.tenant_id and new.day = old.day and new.sequence > old.sequence then return new; end if;
    if (new.tenant_id, new.day, new.sequence, new.hash, new.anchored_at)
      = (old.tenant_id, old.day, old.sequence, old.hash, old.anchored_at)
      and new.signature <> old.signature then return new; end if;
  end if;
  raise exception 'audit anchors only move forward' using errcode = '23514', constraint = 'audit_anchors_immutable';
end $$;
`;
