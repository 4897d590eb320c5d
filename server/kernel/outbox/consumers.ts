import { q } from '../database/builder.ts';
import type { Database } from '../database/database.ts';
import type { TenantSql } from '../database/sql.ts';
import type { Tenant } from '../http/context.ts';
import { isUuid } from '../ids.ts';
import type { Logger } from '../logging/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { openPayload } from './emit.ts';
import type { JobPayload } from './relay.ts';
import { findEvent, markDone, putOff, type OutboxRow } from './store.ts';

/** How long the events of a suspended tenant rest before they are looked at again. */
const PARKED_SECONDS = 60;

/** Thrown by a handler that must wait for something: the event comes again after `seconds`, no attempt is counted. */
export class RetryLater extends Error {
  readonly seconds: number;
  constructor(seconds: number, why: string) {
    super(why);
    this.seconds = seconds;
  }
}

export interface DeliveredEvent {
  id: string;
  kind: string;
  payload: Record<string, unknown>;
  createdAt: Date;
  attempts: number;
}

/** Handles one kind of event; must be idempotent: it runs again if the process dies before the inbox row is written. */
export interface Consumer {
  /** Unique name, written to the tenant's inbox. */
  name: string;
  /** Event kinds it wants, e.g. `booking.requested@1`. */
  kinds: readonly string[];
  handle(event: DeliveredEvent, tenant: Tenant): Promise<void>;
}

/**
 * Delivers one outbox event to its consumers, each at most once to the end (inbox), all at least once.
 * @param findTenant opens a tenant by id; undefined when it is gone
 */
export function createDelivery(deps: {
  database: Database;
  consumers: readonly Consumer[];
  findTenant: (id: string) => Promise<Tenant | undefined>;
  log: Logger;
  metrics: Metrics;
}) {
  const { database, consumers, findTenant, log, metrics } = deps;
  const names = new Set(consumers.map((consumer) => consumer.name));
  if (names.size !== consumers.length) throw new Error('Two consumers share a name');

  async function deliver(row: OutboxRow, tenant: Tenant): Promise<void> {
    const event = {
      id: row.id,
      kind: row.kind,
      payload: openPayload(database.tenant(tenant).vault, row),
      createdAt: row.created_at,
      attempts: row.attempts,
    };
    const wanted = consumers.filter((consumer) => consumer.kinds.includes(row.kind));
    const sql = database.tenant(tenant);
    const done = await doneConsumers(sql, row.id);
    for (const consumer of wanted.filter(({ name }) => !done.has(name))) {
      await consumer.handle(event, tenant);
      await sql.run(
        q('inbox').insert({ event_id: row.id, consumer: consumer.name }).onConflict(['event_id', 'consumer']).ignore(),
      );
    }
  }

  return async function handleJob(job: JobPayload): Promise<void> {
    const row = isUuid(job.outboxId) ? await findEvent(database.platform, job.outboxId) : undefined;
    // Redis is not trusted to say whose an event is: a job that names no tenant, or another than the row's, was not written by the relay.
    // The row stays pending, and the relay sends it again as it should be.
    if (!isUuid(job.tenantId) || (row && row.tenant_id !== job.tenantId)) {
      log.error(
        { event: row?.id, kind: row?.kind, tenant: row?.tenant_id },
        'job refused: it names another tenant, or none',
      );
      metrics.queueJobs.inc({ queue: 'events', result: 'refused' });
      return;
    }
    if (!row || row.state !== 'pending') return;
    const end = metrics.queueJobDuration.startTimer({ queue: 'events' });
    const tenant = await findTenant(row.tenant_id);
    try {
      if (!tenant) throw new Error('The tenant of this event no longer exists');
      if (tenant.state === 'suspended') throw new RetryLater(PARKED_SECONDS, 'The tenant is suspended');
      await deliver(row, tenant);
      await markDone(database.platform, row.id);
      metrics.queueJobs.inc({ queue: 'events', result: 'done' });
    } catch (error) {
      if (error instanceof RetryLater) {
        await putOff(database.platform, row.id, { seconds: error.seconds });
        metrics.queueJobs.inc({ queue: 'events', result: 'waiting' });
        return;
      }
      const seconds = Math.min(600, 2 ** row.attempts);
      log.error(
        { err: error, event: row.id, kind: row.kind, tenant: row.tenant_id, attempts: row.attempts + 1 },
        'event was not handled',
      );
      await putOff(database.platform, row.id, { seconds, error: (error as Error).message });
      metrics.queueJobs.inc({ queue: 'events', result: 'failed' });
    } finally {
      end();
    }
  };
}

async function doneConsumers(sql: TenantSql, eventId: string): Promise<Set<string>> {
  const rows = await sql.all<{ consumer: string }>(q('inbox').where({ event_id: eventId }).select('consumer'));
  return new Set(rows.map((row) => row.consumer));
}
