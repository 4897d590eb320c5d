// The audit log of a tenant: appended to through functions only, each row chained to the one before. `body` is the record, as text, so
// that what was hashed is what is kept; the columns to filter by are generated from it and cannot say anything else. An intent is
// written before the act and turns into a row with its outcome, so that a killed process leaves a trace too.
export const up = /* sql */ `
create table audit_entries (
  sequence bigint primary key check (sequence > 0),
  occurred_at timestamptz not null,
  body text not null,
  previous_hash text not null,
  hash text not null,
  action text not null generated always as (body::jsonb ->> 'action') stored,
  outcome text not null generated always as (body::jsonb ->> 'outcome') stored
    check (outcome in ('done', 'denied', 'refused', 'failed', 'unknown', 'replayed')),
  actor_id text generated always as (body::jsonb #>> '{actor,id}') stored,
  actor_agency_path text generated always as (body::jsonb #>> '{actor,agencyPath}') stored,
  acting_id text generated always as (body::jsonb #>> '{actingParty,id}') stored,
  subject_type text generated always as (body::jsonb #>> '{subject,type}') stored,
  subject_id text generated always as (body::jsonb #>> '{subject,id}') stored,
  request_id text generated always as (body::jsonb ->> 'requestId') stored,
  labels text generated always as (lower(coalesce(body::jsonb #>> '{subject,label}', '') || ' ' || coalesce(body::jsonb #>> '{actor,name}', '')
    || ' ' || coalesce(body::jsonb #>> '{actingParty,name}', ''))) stored
);
create index audit_entries_time on audit_entries (occurred_at);
create index audit_entries_actor on audit_entries (actor_id, sequence) where actor_id is not null;
create index audit_entries_subject on audit_entries (subject_id, sequence) where subject_id is not null;
create index audit_entries_request on audit_entries (request_id);

create table audit_chain (
  singleton boolean primary key default true check (singleton),
  sequence bigint not null,
  hash text not null
);
insert into audit_chain (sequence, hash) values (0, repeat('0', 64));

create table audit_intents (
  id uuid primary key,
  started_at timestamptz not null default clock_timestamp(),
  body text not null
);
create index audit_intents_started on audit_intents (started_at);

create trigger audit_entries_immutable before update or delete on audit_entries for each row execute function refuse_change();
create trigger audit_entries_kept before truncate on audit_entries for each statement execute function refuse_change();

create function append_audit(entry text) returns bigint language plpgsql security definer set search_path from current as $$
declare
  head audit_chain%rowtype;
  upcoming bigint;
  moment timestamptz;
  link text;
begin
  select * into strict head from audit_chain for update;
  upcoming := head.sequence + 1;
  -- The time is read under the lock: a later row never bears an earlier time, short of a clock set back.
  moment := clock_timestamp();
  link := encode(sha256(convert_to(
    head.hash || E'\\n' || upcoming || E'\\n' || to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || E'\\n' || entry, 'UTF8')), 'hex');
  insert into audit_entries (sequence, occurred_at, body, previous_hash, hash) values (upcoming, moment, entry, head.hash, link);
  update audit_chain set sequence = upcoming, hash = link;
  return upcoming;
end $$;

-- Both are messages of their own, and do not wait for the disk. WAL is written in order: once anything the act wrote is on disk, so is
-- its intent; and an outcome that a crash of the server takes with it leaves the intent, which becomes a row of its own.
create function begin_audit(attempt uuid, entry text) returns void language plpgsql security definer set search_path from current as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  insert into audit_intents (id, body) values (attempt, entry);
end $$;

create function complete_audit(attempt uuid, entry text) returns bigint language plpgsql security definer set search_path from current as $$
begin
  perform set_config('synchronous_commit', 'off', true);
  delete from audit_intents where id = attempt;
  return append_audit(entry);
end $$;

-- An intent says "unknown" until its outcome is written; one left over is appended as it stands, with the time it began.
create function sweep_audit(seconds int) returns int language plpgsql security definer set search_path from current as $$
declare
  stale audit_intents%rowtype;
  swept int := 0;
begin
  for stale in
    select * from audit_intents where started_at <= clock_timestamp() - make_interval(secs => seconds)
    order by started_at limit 500 for update skip locked
  loop
    delete from audit_intents where id = stale.id;
    perform append_audit((stale.body::jsonb || jsonb_build_object('startedAt',
      to_char(stale.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))::text);
    swept := swept + 1;
  end loop;
  return swept;
end $$;
`;
