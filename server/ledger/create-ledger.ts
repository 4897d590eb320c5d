import { systemClock } from '../kernel/clock.ts';
import type { Clock } from '../kernel/clock.ts';
import { ledgerRoutes } from './routes.ts';

/** The ledger's routes; postings go through `postTransaction`, which takes the caller's transaction. */
export function createLedger(deps: { clock?: Clock } = {}) {
  return { routes: ledgerRoutes({ clock: deps.clock ?? systemClock }) };
}

export type Ledger = ReturnType<typeof createLedger>;
