import { systemClock } from '../kernel/clock.ts';
import type { Config } from '../kernel/config.ts';
import { createVault } from '../kernel/crypto/vault.ts';
import { createDatabase } from '../kernel/database/database.ts';
import { createLocks } from '../kernel/database/locks.ts';
import { createGuardedFetch } from '../kernel/egress/guarded-fetch.ts';
import { createNameResolver } from '../kernel/egress/resolver.ts';
import { createLogger, type LogDestination } from '../kernel/logging/logger.ts';
import { createMetrics } from '../kernel/metrics/metrics.ts';
import { createRedis } from '../kernel/redis.ts';

/** What every module stands on, opened once a process. */
export function createInfrastructure(config: Config, role: string, logTo?: LogDestination) {
  const log = createLogger({ level: config.LOG_LEVEL, role, ...(logTo ? { destination: logTo } : {}) });
  const metrics = createMetrics();
  const database = createDatabase(config, metrics);
  const redis = createRedis(config.REDIS_URL, { name: role });
  const subscriber = createRedis(config.REDIS_URL, { name: `${role}-subscriber` });
  const locks = createLocks(database);
  const resolver = createNameResolver(config.DNS_SERVERS);
  const guardedFetch = createGuardedFetch({ resolver, allowPrivate: config.EGRESS_ALLOW_PRIVATE });
  return {
    config,
    role,
    log,
    metrics,
    database,
    redis,
    subscriber,
    locks,
    /** Looks names up, for proofs of a domain. */
    resolver,
    /** The only way to call an address that a tenant chose. */
    guardedFetch,
    clock: systemClock,
    vault: createVault(config.MASTER_KEY, config.MASTER_KEY_PREVIOUS),
    async close(): Promise<void> {
      await locks.close();
      await guardedFetch.close();
      redis.disconnect();
      subscriber.disconnect();
      await database.close();
    },
  };
}

export type Infrastructure = ReturnType<typeof createInfrastructure>;
