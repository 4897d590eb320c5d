import { q } from '../database/builder.ts';
import type { Sql } from '../database/sql.ts';
import { maskAddresses } from '../logging/mask-addresses.ts';

export interface OutboxRow {
  id: string;
  tenant_id: string;
  kind: string;
  payload: Record<string, unknown>;
  state: 'pending' | 'done' | 'dead';
  attempts: number;
  last_error: string | null;
  created_at: Date;
}

/** After this many failed deliveries an event is set aside for a person (`portolan jobs dead`). */
export const MAX_ATTEMPTS = 20;
/** A dispatched event that nobody finished within this time is sent again: its worker is taken for dead. */
const REDISPATCH_AFTER_SECONDS = 20;

/** Claims due events, oldest first; each is dispatched again only after `REDISPATCH_AFTER_SECONDS`. Several relays may run. */
export function claimDue(sql: Sql, limit: number): Promise<Array<{ id: string; tenant_id: string }>> {
  return sql.all(
    q.raw(
      `update platform.outbox set dispatched_at = now() where id in (
         select id from platform.outbox
         where state = 'pending' and available_at <= now()
           and (dispatched_at is null or dispatched_at < now() - make_interval(secs => ?))
         order by available_at limit ? for update skip locked)
       returning id, tenant_id`,
      [REDISPATCH_AFTER_SECONDS, limit],
    ),
  );
}

export function findEvent(sql: Sql, id: string): Promise<OutboxRow | undefined> {
  return sql.one<OutboxRow>(q('platform.outbox').where({ id }));
}

export function markDone(sql: Sql, id: string): Promise<number> {
  return sql.run(
    q('platform.outbox')
      .where({ id })
      .update({ state: 'done', done_at: q.fn.now(), last_error: null, payload: q.raw(`payload - 'sealed'`) }),
  );
}

/** Puts an event off: after a fault (counts an attempt, the twentieth sets it aside) or because it must wait (counts none). */
export function putOff(sql: Sql, id: string, options: { seconds: number; error?: string }): Promise<number> {
  const failed = options.error !== undefined;
  return sql.run(
    q.raw(
      `update platform.outbox set
         attempts = attempts + ?::int,
         state = case when ?::int = 1 and attempts + 1 >= ? then 'dead' else state end,
         last_error = coalesce(?, last_error),
         available_at = now() + make_interval(secs => ?), dispatched_at = null
       where id = ? and state = 'pending'`,
      [
        failed ? 1 : 0,
        failed ? 1 : 0,
        MAX_ATTEMPTS,
        options.error === undefined ? null : maskAddresses(options.error).slice(0, 2000),
        options.seconds,
        id,
      ],
    ),
  );
}

/** Events that are due and not done, and the age in seconds of the oldest. */
export async function outboxBacklog(sql: Sql): Promise<{ lagSeconds: number; due: number }> {
  const row = await sql.one<{ lag: string | null; due: number }>(
    q.raw(
      `select extract(epoch from now() - min(available_at)) as lag, count(*)::int as due
       from platform.outbox where state = 'pending' and available_at <= now()`,
    ),
  );
  return { lagSeconds: Math.max(0, Number(row?.lag ?? 0)), due: row?.due ?? 0 };
}

/** Removes events done longer ago than the retention. */
export function purgeDone(sql: Sql, days: number): Promise<number> {
  return sql.run(
    q.raw(`delete from platform.outbox where state = 'done' and done_at < now() - make_interval(days => ?)`, [days]),
  );
}
