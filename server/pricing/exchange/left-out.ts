import type { TenantRef } from '../../kernel/database/sql.ts';
import { tenantKey, type Redis } from '../../kernel/redis.ts';

/** Two days are kept, and the last is shown: a count that helps, nothing of record. */
const KEPT_SECONDS = 2 * 24 * 3600;
const keyOf = (tenant: Pick<TenantRef, 'id'>, day: string) => tenantKey(tenant, 'fx-left-out', day);
const dayOf = (now: Date, back = 0) => new Date(now.getTime() - back * 86_400_000).toISOString().slice(0, 10);

/** Counts offers that a search did not show because their currency has no rate, so that the console can say it plainly. */
export async function countLeftOut(
  redis: Redis,
  tenant: Pick<TenantRef, 'id'>,
  offers: ReadonlyMap<string, number>,
  now: Date,
): Promise<void> {
  if (offers.size === 0) return;
  const key = keyOf(tenant, dayOf(now));
  const writes = redis.pipeline();
  for (const [currency, count] of offers) writes.hincrby(key, currency, count);
  await writes.expire(key, KEPT_SECONDS).exec();
}

/** Offers left out today and yesterday (UTC), by currency. */
export async function readLeftOut(
  redis: Redis,
  tenant: Pick<TenantRef, 'id'>,
  now: Date,
): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const back of [0, 1])
    for (const [currency, count] of Object.entries(await redis.hgetall(keyOf(tenant, dayOf(now, back)))))
      counts.set(currency, (counts.get(currency) ?? 0) + Number(count));
  return counts;
}
