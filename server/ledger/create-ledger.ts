import { systemClock } from '../kernel/clock.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { ledgerRoutes, monthRoutes } from './routes.ts';

/** The ledger's routes; postings go through `postTransaction`, which takes the caller's transaction. */
export function createLedger({ database, clock = systemClock }: { database: Database; clock?: Clock }) {
  return { routes: [...ledgerRoutes({ clock }), ...monthRoutes({ clock, database })] };
}

export type Ledger = ReturnType<typeof createLedger>;
