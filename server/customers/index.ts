import { applyErasures, type ErasureDeps } from './erase-customer.ts';
import type { CustomerDeps } from './edit-customer.ts';
import type { ActingDeps } from './acting-routes.ts';
import { customerRoutes } from './routes.ts';

export type { ErasureDeps } from './erase-customer.ts';
export { applyErasures } from './erase-customer.ts';

/** An agency's customers, what is stored of them, and its erasure. */
export function createCustomers(deps: CustomerDeps & ErasureDeps & ActingDeps) {
  return {
    routes: customerRoutes(deps),
    /** Erases again whoever is on the erasure list and is there. */
    applyErasures: (tenant: Parameters<typeof applyErasures>[1]) => applyErasures(deps, tenant),
  };
}

export type Customers = ReturnType<typeof createCustomers>;
