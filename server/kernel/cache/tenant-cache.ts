import { LRUCache } from 'lru-cache';
import type { Metrics } from '../metrics/metrics.ts';
import type { Redis } from '../redis.ts';

/**
 * In-process LRU → Redis → loader, with single flight: concurrent misses of one key call the loader once. Values are JSON.
 * Keys must come from `tenantKey` or `platformKey`. A Redis that is away only costs speed.
 */
export function createCache<T extends object>(deps: {
  name: string;
  redis: Redis;
  metrics?: Metrics;
  /** Entries kept in the process. */
  max: number;
  localTtlMs: number;
  redisTtlSeconds: number;
}) {
  const local = new LRUCache<string, T>({ max: deps.max, ttl: deps.localTtlMs });
  const flights = new Map<string, Promise<T>>();
  const count = (result: string) => deps.metrics?.cacheRequests.inc({ cache: deps.name, result });

  async function readRedis(key: string): Promise<T | undefined> {
    const text = await deps.redis.get(key).catch(() => null);
    return text === null ? undefined : (JSON.parse(text) as T);
  }

  async function fill(key: string, load: () => Promise<T>): Promise<T> {
    const shared = await readRedis(key);
    count(shared ? 'hit_redis' : 'miss');
    if (shared) return shared;
    const value = await load();
    await deps.redis.set(key, JSON.stringify(value), 'EX', deps.redisTtlSeconds).catch(() => undefined);
    return value;
  }

  return {
    async get(key: string, load: () => Promise<T>): Promise<T> {
      const hit = local.get(key);
      if (hit) {
        count('hit_local');
        return hit;
      }
      let flight = flights.get(key);
      if (!flight) {
        flight = fill(key, load).finally(() => flights.delete(key));
        flights.set(key, flight);
      }
      const value = await flight;
      local.set(key, value);
      return value;
    },
    /** Reads without loading. */
    async peek(key: string): Promise<T | undefined> {
      return local.get(key) ?? (await readRedis(key));
    },
    async put(key: string, value: T): Promise<void> {
      local.set(key, value);
      await deps.redis.set(key, JSON.stringify(value), 'EX', deps.redisTtlSeconds);
    },
    async drop(key: string): Promise<void> {
      local.delete(key);
      await deps.redis.del(key).catch(() => undefined);
    },
    dropLocal: (key: string) => local.delete(key),
  };
}
