import { LRUCache } from 'lru-cache';
import type { Redis } from '../redis.ts';
import { TooManyRequests, type RateLimit } from './rate-limit.ts';

const SYNC_EVERY_MS = 500;
const RETRY_AFTER_MS = 2000;
/** Below this share of its limit a counter is nobody's business but this process's. */
const QUIET_SHARE = 0.1;
const MAX_COUNTERS = 100_000;
const PIPELINE = 500;

interface Counter {
  redisKey: string;
  points: number;
  seconds: number;
  /** Number of the fixed window it counts. */
  window: number;
  /** What all processes together had counted when Redis was last asked. */
  known: number;
  /** Counted here since. */
  fresh: number;
}

/** Limits that each request is counted against: no round trip, no promise. */
export interface Allowances {
  /**
   * Takes a point of each key and answers the RateLimit header of the one that is closest to its end.
   * @throws TooManyRequests when one of them has none left; the others then lose nothing either
   */
  take(wanted: ReadonlyArray<{ key: string; limit: RateLimit }>): Record<string, string>;
  /** Forgets everything counted in this process. */
  forget(): void;
}

/**
 * Fixed-window counters in the process that share what they counted with the other processes by way of Redis, twice a second and only
 * for callers that use a tenth of their limit or more: a request costs two map look-ups. Several processes may therefore let pass, together, a
 * tenth of the limit each and half a second's worth more than the limit says. While Redis is away each process holds the limit alone.
 */
export function createAllowances(redis: Redis, now: () => number = Date.now): Allowances {
  const counters = new LRUCache<string, Counter>({ max: MAX_COUNTERS });
  const dirty = new Set<Counter>();
  let timer: NodeJS.Timeout | undefined;

  const counterOf = (key: string, { points, seconds }: RateLimit): Counter => {
    const window = Math.floor(now() / (seconds * 1000));
    const found = counters.get(key);
    if (found?.window === window) return found;
    const made = { redisKey: `${key}:${window}`, points, seconds, window, known: 0, fresh: 0 };
    counters.set(key, made);
    return made;
  };

  const schedule = (delay: number): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void share();
    }, delay).unref();
  };

  /** Adds what is fresh to Redis and learns what all have counted. */
  async function share(): Promise<void> {
    const batch = [...dirty].slice(0, PIPELINE);
    const sent = batch.map((counter) => counter.fresh);
    batch.forEach((counter) => dirty.delete(counter));
    const pipeline = redis.pipeline();
    batch.forEach((counter, at) =>
      pipeline.incrby(counter.redisKey, sent[at] ?? 0).expire(counter.redisKey, counter.seconds * 2),
    );
    const answers = await pipeline.exec().catch(() => null);
    batch.forEach((counter, at) => {
      const [error, total] = answers?.[at * 2] ?? [new Error('no answer'), 0];
      if (error) dirty.add(counter);
      else {
        counter.known = Number(total);
        counter.fresh -= sent[at] ?? 0;
      }
    });
    if (dirty.size > 0) schedule(answers ? 0 : RETRY_AFTER_MS);
  }

  return {
    take(wanted) {
      const taken = wanted.map(({ key, limit }) => counterOf(key, limit));
      const spent = taken.find((counter) => counter.known + counter.fresh >= counter.points);
      if (spent) throw TooManyRequests({ seconds: secondsLeft(spent, now()), limit: spent.points });
      let closest = taken[0];
      for (const counter of taken) {
        counter.fresh += 1;
        if (counter.known + counter.fresh > counter.points * QUIET_SHARE) {
          dirty.add(counter);
          schedule(SYNC_EVERY_MS);
        }
        if (closest && shareOf(counter) > shareOf(closest)) closest = counter;
      }
      return closest === undefined ? noHeaders : { ratelimit: headerOf(closest, now()) };
    },
    forget() {
      counters.clear();
      dirty.clear();
    },
  };
}

const noHeaders: Record<string, string> = {};

const shareOf = (counter: Counter): number => (counter.known + counter.fresh) / counter.points;

const secondsLeft = ({ window, seconds }: Counter, now: number): number =>
  Math.max(1, Math.ceil(((window + 1) * seconds * 1000 - now) / 1000));

const headerOf = (counter: Counter, now: number): string =>
  `limit=${counter.points}, remaining=${Math.max(0, counter.points - counter.known - counter.fresh)}, reset=${secondsLeft(counter, now)}`;
