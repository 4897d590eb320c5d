import type { Clock } from '../kernel/clock.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import type { Redis } from '../kernel/redis.ts';
import type { FlightSupplier, StaySupplier } from '../suppliers/index.ts';
import type { PricingFor } from './seller-pricing.ts';

export interface SearchDeps {
  flights: FlightSupplier;
  stays: StaySupplier;
  pricingFor: PricingFor;
  redis: Redis;
  clock: Clock;
  metrics?: Metrics | undefined;
}

/** How long an empty answer stands when no supplier could be reached. */
export const RETRY_AFTER_MS = 60_000;
