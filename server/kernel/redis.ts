import { Redis } from 'ioredis';
import type { TenantRef } from './database/sql.ts';

export type { Redis };

/** Opens Redis. Commands fail fast while it is away (a cache that hangs is worse than none); queues pass `blocking`. */
export function createRedis(url: string, options: { blocking?: boolean; name: string }): Redis {
  const redis = new Redis(url, {
    connectionName: `portolan-${options.name}`,
    maxRetriesPerRequest: options.blocking ? null : 2,
    retryStrategy: (times) => Math.min(times * 100, 2000),
    lazyConnect: false,
  });
  // Without a listener a lost connection would end the process; ioredis reconnects by itself and commands report the fault.
  redis.on('error', () => undefined);
  return redis;
}

/** The one way to make a key of a tenant's: hash-tagged, so that all of a tenant's keys live on one node of a Redis Cluster. */
export const tenantKey = (tenant: Pick<TenantRef, 'id'>, ...parts: string[]): string =>
  `{${tenant.id}}:${parts.join(':')}`;

/** Keys that belong to no tenant (supplier caches shared by account, host look-ups). */
export const platformKey = (...parts: string[]): string => `{platform}:${parts.join(':')}`;
