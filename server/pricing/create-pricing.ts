import { systemClock, type Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Redis } from '../kernel/redis.ts';
import { exchangeRoutes } from './exchange/routes.ts';
import { createPricingFor } from './pricing-for.ts';
import { pricingRoutes } from './routes.ts';

/** Markup rules and tiers of a tenant, and what prices a request's offers. */
export function createPricing(deps: {
  database: Database;
  redis: Redis;
  clock?: Clock;
  /** Whether the operator named a source of exchange rates. */
  hasRateFeed?: boolean;
}) {
  const { database, redis, clock = systemClock, hasRateFeed = false } = deps;
  return {
    routes: [
      ...pricingRoutes({ database, clock }),
      ...exchangeRoutes({ database, redis, clock, hasFeed: hasRateFeed }),
    ],
    ...createPricingFor(),
  };
}

export type Pricing = ReturnType<typeof createPricing>;
