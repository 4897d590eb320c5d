import type { Server } from 'node:http';
import type { Infrastructure } from '../app/infrastructure.ts';
import { createAdminServer } from '../gateway/admin-server.ts';

/**
 * Opens the port of health and metrics of a role, on the address it listens on. Ready when PostgreSQL and Redis answer.
 * @param measure sets the role's own gauges before they are read
 */
export async function openAdminPort(infra: Infrastructure, measure?: () => Promise<void>): Promise<Server> {
  const { config, database, metrics, redis } = infra;
  const server = createAdminServer({
    registry: metrics.registry,
    checks: { postgresql: () => database.ping(), redis: () => redis.ping() },
    async beforeMetrics() {
      for (const { pool, ...states } of database.poolStates()) {
        for (const [state, count] of Object.entries(states)) metrics.dbPoolConnections.set({ pool, state }, count);
      }
      await measure?.();
    },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.ADMIN_PORT, config.HOST, resolve);
  });
  return server;
}
