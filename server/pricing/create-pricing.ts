import { systemClock, type Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { createPricingFor } from './pricing-for.ts';
import { pricingRoutes } from './routes.ts';

/** Markup rules and tiers of a tenant, and what prices a request's offers. */
export function createPricing(deps: { database: Database; clock?: Clock }) {
  return {
    routes: pricingRoutes({ database: deps.database, clock: deps.clock ?? systemClock }),
    ...createPricingFor(),
  };
}

export type Pricing = ReturnType<typeof createPricing>;
