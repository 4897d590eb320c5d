import { adjustmentRoutes, type AdjustmentDeps } from './adjustment-routes.ts';
import { commissionRoutes } from './routes.ts';

/** The commissions' routes; recording and reversing are functions that take the caller's transaction. */
export function createCommissions(deps: AdjustmentDeps) {
  return { routes: [...commissionRoutes(), ...adjustmentRoutes(deps)] };
}

export type Commissions = ReturnType<typeof createCommissions>;
