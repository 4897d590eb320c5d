import { TooManyRequests, type RateLimiter } from '../kernel/http/rate-limit.ts';

export interface Limit {
  points: number;
  seconds: number;
}

/** Takes one attempt of `key`; false when there are none left. */
export async function mayTry(rateLimiter: RateLimiter, key: string, limit: Limit): Promise<boolean> {
  try {
    await rateLimiter.take(key, limit);
    return true;
  } catch (error) {
    if (TooManyRequests.is(error)) return false;
    throw error;
  }
}
