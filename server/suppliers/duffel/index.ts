import { createHash } from 'node:crypto';
import { systemClock, type Clock } from '../../kernel/clock.ts';
import type { Metrics } from '../../kernel/metrics/metrics.ts';
import type { Redis } from '../../kernel/redis.ts';
import type { FlightSupplier, StaySupplier } from '../ports.ts';
import { createSearchClaims } from '../search-claims.ts';
import { createDuffelClient } from './client.ts';
import { createDuffelFlights } from './flights.ts';
import { createDuffelStays } from './stays.ts';

export interface DuffelSuppliersOptions {
  /** DUFFEL_TOKEN. */
  token: string;
  /** DUFFEL_API_BASE; ends in a slash. */
  basePath: string;
  redis: Redis;
  metrics?: Metrics | undefined;
  clock?: Clock | undefined;
  /** Our own limits, for the client has none: 25 s for searches and reads, 130 s for orders unless said otherwise. */
  timeouts?: { searchMs?: number; orderMs?: number; readMs?: number } | undefined;
}

/** Flights and stays over one Duffel account. */
export function createDuffelSuppliers(options: DuffelSuppliersOptions): {
  flights: FlightSupplier;
  stays: StaySupplier;
} {
  const account = `duffel-${createHash('sha256').update(`${options.basePath} ${options.token}`).digest('hex').slice(0, 16)}`;
  const client = createDuffelClient({ ...options, clock: options.clock ?? systemClock });
  const claims = createSearchClaims(options.redis, account);
  return { flights: createDuffelFlights({ client, account, claims }), stays: createDuffelStays({ client, account }) };
}
