import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { bonusRoutes } from './routes.ts';

export { reckonBonuses } from './reckon-bonuses.ts';
export type { BonusRun } from './reckon-bonuses.ts';

/** Bonus campaigns: their routes. Reckoning is a function for the scheduler. */
export const createBonuses = (deps: { database: Database; clock: Clock }) => ({ routes: bonusRoutes(deps) });
