import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../kernel/clock.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { platformKey } from '../kernel/redis.ts';
import type { Redis } from '../kernel/redis.ts';

/** A cached answer is offered to new searches for at most this long… */
const FRESH_SECONDS = 600;
/** …and not when its offers have less than this left: people need time to choose and pay. */
const LEAST_LEFT_SECONDS = 600;
const LOCK_MS = 30_000;
const POLL_MS = 40;

/** An answer with the id under which it stays readable until its offers expire. */
export interface Cached<T> {
  id: string;
  value: T;
}

interface Pointer {
  id: string;
  freshUntil: number;
}

/**
 * Answers of suppliers before pricing, shared by all tenants of one supplier account. Equal searches at one time make one call: within
 * a process by its promise, between processes by a lock in Redis. A Redis that is away costs calls, never answers.
 */
export function createSupplierCache<T extends { expiresAt: string }>(deps: {
  name: string;
  redis: Redis;
  clock: Clock;
  metrics?: Metrics | undefined;
}) {
  const { name, redis, clock } = deps;
  const answers = new LRUCache<string, T>({ max: 60 });
  const flights = new Map<string, Promise<Cached<T>>>();
  const answerKey = (id: string) => platformKey(name, 'answer', id);
  const count = (result: string) => deps.metrics?.cacheRequests.inc({ cache: name, result });

  async function readAnswer(id: string): Promise<T | undefined> {
    const local = answers.get(id);
    if (local) return local;
    const text = await redis.get(answerKey(id)).catch(() => null);
    if (text === null) return undefined;
    const value = JSON.parse(text) as T;
    answers.set(id, value);
    return value;
  }

  async function readFresh(key: string): Promise<Cached<T> | undefined> {
    const text = await redis.get(key).catch(() => null);
    if (text === null) return undefined;
    const pointer = JSON.parse(text) as Pointer;
    if (pointer.freshUntil <= clock.now().getTime()) return undefined;
    const value = await readAnswer(pointer.id);
    return value && { id: pointer.id, value };
  }

  async function keep(key: string | null, id: string, value: T): Promise<void> {
    const left = Math.floor((Date.parse(value.expiresAt) - clock.now().getTime()) / 1000);
    if (left <= 0) return;
    answers.set(id, value);
    await redis.set(answerKey(id), JSON.stringify(value), 'EX', left).catch(() => undefined);
    const fresh = Math.min(FRESH_SECONDS, left - LEAST_LEFT_SECONDS);
    if (key === null || fresh <= 0) return;
    const pointer: Pointer = { id, freshUntil: clock.now().getTime() + fresh * 1000 };
    await redis.set(key, JSON.stringify(pointer), 'EX', fresh).catch(() => undefined);
  }

  /** Waits while another process asks the supplier; undefined when it gave up. */
  async function awaitOther(key: string, lock: string): Promise<Cached<T> | undefined> {
    for (let waited = 0; waited < LOCK_MS; waited += POLL_MS) {
      await wait(POLL_MS);
      const held = await redis.exists(lock).catch(() => 0);
      const found = await readFresh(key);
      if (found || !held) return found;
    }
    return undefined;
  }

  async function fill(key: string, load: () => Promise<Cached<T>>): Promise<Cached<T>> {
    const hit = await readFresh(key);
    count(hit ? 'hit_redis' : 'miss');
    if (hit) return hit;
    const lock = `${key}:lock`;
    const mine = (await redis.set(lock, '1', 'PX', LOCK_MS, 'NX').catch(() => 'OK')) === 'OK';
    const other = mine ? undefined : await awaitOther(key, lock);
    if (other) return other;
    try {
      const loaded = await load();
      await keep(key, loaded.id, loaded.value);
      return loaded;
    } finally {
      if (mine) await redis.del(lock).catch(() => undefined);
    }
  }

  return {
    /** The answer to a search, from the cache while it is fresh. What `load` throws is not cached. */
    async find(account: string, criteria: unknown, load: () => Promise<Cached<T>>): Promise<Cached<T>> {
      const key = platformKey(name, account, createHash('sha256').update(JSON.stringify(criteria)).digest('base64url'));
      let flight = flights.get(key);
      if (!flight) flights.set(key, (flight = fill(key, load).finally(() => flights.delete(key))));
      return flight;
    },
    /** An answer by its id, until its offers expire. */
    read: readAnswer,
  };
}

export type SupplierCache<T extends { expiresAt: string }> = ReturnType<typeof createSupplierCache<T>>;
