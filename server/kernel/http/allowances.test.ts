import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { createRedis } from '../redis.ts';
import { createAllowances } from './allowances.ts';

const redis = createRedis(process.env.REDIS_URL ?? '', { name: 'test-allowances' });
afterAll(() => redis.disconnect());

const limit = { points: 20, seconds: 60 };
/** Far enough from the end of a window that no test crosses it. */
const middle = () => 1_800_000_000_000 + 20_000;
const aKey = () => `{${randomUUID()}}:rl:address:10.0.0.1`;
const take = (allowances: ReturnType<typeof createAllowances>, key: string, times: number): number => {
  let passed = 0;
  for (let n = 0; n < times; n += 1) {
    try {
      allowances.take([{ key, limit }]);
      passed += 1;
    } catch (error) {
      expect(error).toMatchObject({ status: 429, headers: { 'retry-after': '40' } });
    }
  }
  return passed;
};
const until = async (holds: () => boolean | Promise<boolean>) => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
};

describe('an allowance', () => {
  it('is exact in one process, and begins anew with the window', () => {
    let now = middle();
    const allowances = createAllowances(redis, () => now);
    const key = aKey();
    expect(allowances.take([{ key, limit }])).toEqual({ ratelimit: 'limit=20, remaining=19, reset=40' });
    expect(take(allowances, key, 30)).toBe(19);
    now += 40_000;
    expect(allowances.take([{ key, limit }])).toEqual({ ratelimit: 'limit=20, remaining=19, reset=60' });
  });

  it('is one for all processes, a moment later', async () => {
    const [one, other] = [createAllowances(redis, middle), createAllowances(redis, middle)];
    const key = aKey();
    expect(take(one, key, 15)).toBe(15);
    await until(async () => (await redis.get(`${key}:30000000`)) === '15');
    expect(take(other, key, 4)).toBe(4);
    await until(async () => (await redis.get(`${key}:30000000`)) === '19');
    await until(() => {
      try {
        other.take([{ key, limit }]);
        return false;
      } catch {
        return true;
      }
    });
    expect(Number(await redis.get(`${key}:30000000`))).toBeLessThanOrEqual(20);
  });

  it('takes nothing of one key when another has none left, and names the closest to its end', () => {
    const allowances = createAllowances(redis, middle);
    const [address, tenant] = [aKey(), aKey()];
    const wide = { points: 1000, seconds: 60 };
    const both = [
      { key: address, limit },
      { key: tenant, limit: wide },
    ];
    expect(allowances.take(both)).toEqual({ ratelimit: 'limit=20, remaining=19, reset=40' });
    take(allowances, address, 19);
    expect(() => allowances.take(both)).toThrow(expect.objectContaining({ status: 429 }));
    expect(allowances.take([{ key: tenant, limit: wide }])).toEqual({
      ratelimit: 'limit=1000, remaining=998, reset=40',
    });
  });

  it('holds in the process while Redis is away', async () => {
    const away = createRedis('redis://127.0.0.1:1', { name: 'test-away' });
    const allowances = createAllowances(away, middle);
    const key = aKey();
    expect(take(allowances, key, 30)).toBe(20);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(take(allowances, key, 5)).toBe(0);
    away.disconnect();
  });
});
