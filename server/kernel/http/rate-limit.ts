import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { defineProblem } from '../errors.ts';
import type { Redis } from '../redis.ts';

/** At most `points` in a window of `seconds`. */
export interface RateLimit {
  readonly points: number;
  readonly seconds: number;
}

export const TooManyRequests = defineProblem({
  code: 'request.too_many',
  status: 429,
  title: 'Too many requests',
  detail: (x: { seconds: number; limit?: number }) => `Slow down: try again in ${x.seconds} s.`,
  headers: (x) => ({
    'retry-after': String(x.seconds),
    ...(x.limit === undefined ? {} : { ratelimit: `limit=${x.limit}, remaining=0, reset=${x.seconds}` }),
  }),
});

export interface RateLimiter {
  /** Takes one point of `key`; answers the RateLimit headers (draft-ietf-httpapi-ratelimit-headers). @throws TooManyRequests */
  take(key: string, limit: RateLimit): Promise<Record<string, string>>;
  /** Gives a point back that was taken: only what fails counts, and yet no more are under way at once than may fail. */
  giveBack(key: string, limit: RateLimit): Promise<void>;
}

/**
 * Exact fixed-window limits in Redis, for what must not be tried too often: signing in, searching, booking. While Redis is away a window
 * in the process takes over: a lost Redis must not open the doors.
 */
export function createRateLimiter(redis: Redis): RateLimiter {
  const limiters = new Map<string, RateLimiterRedis>();
  const limiterFor = ({ points, seconds }: RateLimit) => {
    const name = `${points}/${seconds}`;
    let limiter = limiters.get(name);
    if (!limiter) {
      const insuranceLimiter = new RateLimiterMemory({ points, duration: seconds });
      limiter = new RateLimiterRedis({
        storeClient: redis,
        keyPrefix: `rl:${name}`,
        points,
        duration: seconds,
        insuranceLimiter,
      });
      limiters.set(name, limiter);
    }
    return limiter;
  };
  return {
    async take(key, limit) {
      try {
        const left = await limiterFor(limit).consume(key);
        return {
          ratelimit: `limit=${limit.points}, remaining=${left.remainingPoints}, reset=${Math.ceil(left.msBeforeNext / 1000)}`,
        };
      } catch (refused) {
        if (refused instanceof RateLimiterRes)
          throw TooManyRequests({
            seconds: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)),
            limit: limit.points,
          });
        throw refused;
      }
    },
    async giveBack(key, limit) {
      await limiterFor(limit).reward(key);
    },
  };
}
