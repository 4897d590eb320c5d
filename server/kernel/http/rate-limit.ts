import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { defineProblem } from '../errors.ts';
import type { Redis } from '../redis.ts';

export const TooManyRequests = defineProblem({
  code: 'request.too_many',
  status: 429,
  title: 'Too many requests',
  detail: (x: { seconds: number }) => `Slow down: try again in ${x.seconds} s.`,
  headers: (x) => ({ 'retry-after': String(x.seconds) }),
});

/** Takes one point of `key`; answers the RateLimit headers (draft-ietf-httpapi-ratelimit-headers). */
export interface RateLimiter {
  take(key: string, limit: { points: number; seconds: number }): Promise<Record<string, string>>;
}

/** Fixed-window limits in Redis, with an in-process window while Redis is away: a lost Redis must not open the doors. */
export function createRateLimiter(redis: Redis): RateLimiter {
  const limiters = new Map<string, RateLimiterRedis>();
  const limiterFor = ({ points, seconds }: { points: number; seconds: number }) => {
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
          throw TooManyRequests({ seconds: Math.max(1, Math.ceil(refused.msBeforeNext / 1000)) });
        throw refused;
      }
    },
  };
}
