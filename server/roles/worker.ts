import { createInfrastructure } from '../app/infrastructure.ts';
import { createModules } from '../app/modules.ts';
import type { Config } from '../kernel/config.ts';
import { createDelivery } from '../kernel/outbox/consumers.ts';
import { createRelay, type JobPayload } from '../kernel/outbox/relay.ts';
import { outboxBacklog } from '../kernel/outbox/store.ts';
import { createSafeQueue } from '../kernel/queue/safe-queue.ts';
import { findTenantById } from '../tenancy/index.ts';
import { openAdminPort } from './admin-port.ts';
import { stopOnSignal } from './process.ts';

const CONCURRENCY = 8;
const DRAIN_MS = 20_000;
const STALL_CHECK_MS = 15_000;

/** `worker`: moves outbox rows to the queue and works them off. Run as many as needed. */
export async function runWorker(config: Config): Promise<void> {
  const infra = createInfrastructure(config, 'worker');
  const { database, log, metrics } = infra;
  const { consumers } = createModules(infra);
  const handle = createDelivery({
    database,
    consumers,
    findTenant: (id) => findTenantById(database.platform, id),
    log,
    metrics,
  });
  const queue = createSafeQueue<JobPayload>('events', config.REDIS_URL, { worker: true });
  await queue.ready();
  queue.process(CONCURRENCY, (job) => handle(job.data));
  const stalls = setInterval(() => void queue.checkStalledJobs().catch(() => undefined), STALL_CHECK_MS);
  const relay = createRelay({
    database,
    log,
    enqueue: async (job) => void (await queue.createJob(job).save()),
  });
  relay.start();
  const admin = await openAdminPort(infra, async () => {
    const { lagSeconds, due } = await outboxBacklog(database.platform);
    metrics.outboxLag.set(lagSeconds);
    metrics.queueDepth.set({ queue: 'events' }, due);
  });
  log.info({ consumers: consumers.map((consumer) => consumer.name) }, 'worker works');
  stopOnSignal(log, async () => {
    clearInterval(stalls);
    await relay.stop();
    await queue.close(DRAIN_MS).catch(() => undefined);
    admin.close();
    await infra.close();
  });
}
