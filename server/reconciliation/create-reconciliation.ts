import type { Tenant } from '../kernel/http/context.ts';
import type { ProviderLine } from './ports.ts';
import { reconcileDay, type ReconciliationDeps } from './reconcile-day.ts';
import { dayBefore } from './reconciliation.ts';
import { countUnsettled } from './repository.ts';
import { reconciliationRoutes } from './routes.ts';

/** Daily comparison of a tenant's books with the payment service and the suppliers, and the cases it leaves. */
export function createReconciliation(deps: ReconciliationDeps) {
  return {
    routes: reconciliationRoutes(deps),
    /** The newest day that is over (UTC, `YYYY-MM-DD`). */
    lastDay: () => dayBefore(deps.clock.now()),
    linesOfDay: (day: string) => deps.ports.linesOfDay(day),
    reconcileDay: (tenant: Tenant, day: string, known?: readonly ProviderLine[]) =>
      reconcileDay(deps, tenant, day, known),
    countUnsettled: (tenant: Tenant) => countUnsettled(deps.database.tenant(tenant)),
  };
}

export type Reconciliation = ReturnType<typeof createReconciliation>;
