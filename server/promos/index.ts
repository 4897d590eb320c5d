import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { createRateLimiter } from '../kernel/http/rate-limit.ts';
import type { Redis } from '../kernel/redis.ts';
import { promoRoutes, type PromoRouteDeps } from './routes.ts';
import { releaseUses, reserveUses, useCodes, type PromoSale, type UsedCodes } from './use-codes.ts';

export { PromoCodeRefused } from './errors.ts';
export { TypedCodes } from './schema.ts';
export type { PromoSale, UsedCodes } from './use-codes.ts';

/** Codes for a discount: a level's own, used on a quote, reserved by a booking and given back when it fails. */
export function createPromos(deps: {
  database: Database;
  redis: Redis;
  clock: Clock;
  saleOf: PromoRouteDeps['saleOf'];
}) {
  const limiter = createRateLimiter(deps.redis);
  const use = (ctx: RequestContext, typed: readonly string[], sale: PromoSale): Promise<UsedCodes> =>
    useCodes({ limiter }, ctx, typed, sale);
  return {
    routes: promoRoutes({ database: deps.database, clock: deps.clock, saleOf: deps.saleOf, use }),
    use,
    reserve: reserveUses,
    release: releaseUses,
  };
}
