import { createInfrastructure } from '../app/infrastructure.ts';
import { createModules } from '../app/modules.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Config } from '../kernel/config.ts';
import { q } from '../kernel/database/builder.ts';
import { createDelivery } from '../kernel/outbox/consumers.ts';
import { findTenantById } from '../tenancy/index.ts';
import { mortalDatabase } from './mortal-database.ts';

export interface WorkerOptions {
  clock?: Clock;
  /** When the process is killed; see `mortalDatabase`. */
  dies?: (statement: number) => boolean | Promise<boolean>;
}

const MOST_ROUNDS = 200;

/**
 * The worker role inside the test's process: own connections and lock session, the real modules and the real delivery. Events of other
 * test files' tenants are not its own, so it claims by tenant instead of through the shared queue.
 */
export function createTestWorker(config: Config, tenantIds: () => string[], options: WorkerOptions = {}) {
  const opened = createInfrastructure(config, 'worker');
  const database = options.dies ? mortalDatabase(opened.database, options.dies) : opened.database;
  const infra = { ...opened, database, ...(options.clock ? { clock: options.clock } : {}) };
  const { consumers } = createModules(infra);
  const { log, metrics } = infra;
  const handle = createDelivery({
    database,
    consumers,
    findTenant: (id) => findTenantById(database.platform, id),
    log,
    metrics,
  });
  const pending = () => q('platform.outbox').whereIn('tenant_id', tenantIds()).where({ state: 'pending' });

  return {
    consumers,
    /** Delivers what is due, and what that makes due, in order; answers how many deliveries that were. */
    async drain(): Promise<number> {
      let delivered = 0;
      for (let round = 0; round < MOST_ROUNDS; round += 1) {
        const due = pending()
          .whereRaw('available_at <= now()')
          .orderBy(['available_at', 'id'])
          .select('id', 'tenant_id');
        const rows = await opened.database.platform.all<{ id: string; tenant_id: string }>(due);
        if (rows.length === 0) return delivered;
        for (const row of rows) await handle({ tenantId: row.tenant_id, outboxId: row.id });
        delivered += rows.length;
      }
      throw new Error('The events never end');
    },
    /** Lets time pass for whatever waits: every pending event is due. */
    async makeDue(): Promise<void> {
      await opened.database.platform.run(pending().update({ available_at: q.raw(`now() - interval '1 second'`) }));
    },
    /** Faults that deliveries ended with and that are not mended yet. */
    faults: () =>
      opened.database.platform.all<{ kind: string; last_error: string }>(
        pending().whereNotNull('last_error').select('kind', 'last_error'),
      ),
    /** What PostgreSQL does when the process is gone: its locks are free, though a call of it may still be under way outside. */
    loseLocks: () => opened.locks.close(),
    close: () => opened.close(),
  };
}

export type TestWorker = ReturnType<typeof createTestWorker>;
