import { systemClock } from '../kernel/clock.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { changeRoutes, readRoutes } from './routes.ts';

/** The wallets' routes. Holds, captures and adjustments of other modules are functions that take the caller's transaction. */
export function createWallets(deps: { database: Database; clock?: Clock }) {
  return { routes: [...readRoutes(), ...changeRoutes({ database: deps.database, clock: deps.clock ?? systemClock })] };
}

export type Wallets = ReturnType<typeof createWallets>;
