// A tenant writes its events into the shared outbox only through this function. The tenant is taken from the role that was set for
// the transaction, never from an argument: one tenant cannot emit as another, and none can read the table.
export const up = /* sql */ `
create function emit_event(event_id uuid, event_kind text, event_payload jsonb, event_available_at timestamptz)
returns void language plpgsql security definer set search_path = platform, pg_temp as $$
declare
  emitting uuid;
begin
  select id into emitting from platform.tenants where schema = current_setting('role');
  if emitting is null then
    raise exception 'emit_event: the current role is no tenant' using errcode = '42501';
  end if;
  insert into platform.outbox (id, tenant_id, kind, payload, available_at)
  values (event_id, emitting, event_kind, event_payload, event_available_at)
  on conflict (id) do nothing;
  perform pg_notify('portolan_outbox', '');
end $$;
revoke all on function emit_event from public;
`;
