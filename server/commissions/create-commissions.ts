import { commissionRoutes } from './routes.ts';

/** The commissions' routes; recording and reversing are functions that take the caller's transaction. */
export function createCommissions() {
  return { routes: commissionRoutes() };
}

export type Commissions = ReturnType<typeof createCommissions>;
