import type { Tenant } from '../kernel/http/context.ts';
import type { ProviderLine } from './ports.ts';
import { reconcileDay, type ReconciliationDeps } from './reconcile-day.ts';
import { reconcileDue, type DueWatch } from './reconcile-due.ts';
import { dayBefore } from './reconciliation.ts';
import { reconciliationRoutes } from './routes.ts';

/** Daily comparison of a tenant's books with the payment service and the suppliers, and the cases it leaves. */
export function createReconciliation(deps: ReconciliationDeps) {
  return {
    routes: reconciliationRoutes(deps),
    /** The newest day that is over (UTC, `YYYY-MM-DD`). */
    lastDay: () => dayBefore(deps.clock.now()),
    /** Compares the days that tenants have no run of yet; answers how many cases nobody has settled. */
    reconcileDue: (tenants: readonly Tenant[], watch: DueWatch) => reconcileDue(deps, tenants, watch),
    reconcileDay: (tenant: Tenant, day: string, known?: readonly ProviderLine[]) =>
      reconcileDay(deps, tenant, day, known),
  };
}

export type Reconciliation = ReturnType<typeof createReconciliation>;
