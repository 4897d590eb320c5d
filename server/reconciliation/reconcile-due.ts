import type { Tenant } from '../kernel/http/context.ts';
import type { ProviderLine } from './ports.ts';
import { reconcileDay, type ReconciliationDeps, type RunReport } from './reconcile-day.ts';
import { dayBefore } from './reconciliation.ts';
import { countUnsettled, daysWithoutRun } from './repository.ts';

/** Days back that a run still makes good; what is older is compared by hand. */
const MOST_DAYS = 14;

/** What becomes of one tenant's day. */
export interface DueWatch {
  onReport(tenant: Tenant, report: RunReport): void;
  onFault(error: unknown, what: { tenant?: Tenant; day?: string }): void;
}

/**
 * Compares every day that is over and that a tenant has no run of, from its first on and 14 days back at most: a night that was missed, or
 * that failed for one of them, is made good by the next. Oldest day first; a day's lines are read once for all tenants, who share the
 * service's account, and let go with it. One tenant's failure, or one day's, does not stop the others.
 * @returns cases of all tenants that nobody has settled
 */
export async function reconcileDue(
  deps: ReconciliationDeps,
  tenants: readonly Tenant[],
  { onReport, onFault }: DueWatch,
): Promise<number> {
  const due = new Map<string, Tenant[]>();
  for (const tenant of tenants)
    try {
      const days = await daysWithoutRun(deps.database.tenant(tenant), dayBefore(deps.clock.now()), MOST_DAYS);
      for (const day of days) due.set(day, [...(due.get(day) ?? []), tenant]);
    } catch (error) {
      onFault(error, { tenant });
    }
  for (const day of [...due.keys()].toSorted()) {
    let lines: readonly ProviderLine[];
    try {
      lines = await deps.ports.linesOfDay(day);
    } catch (error) {
      onFault(error, { day });
      continue;
    }
    for (const tenant of due.get(day) ?? [])
      try {
        onReport(tenant, await reconcileDay(deps, tenant, day, lines));
      } catch (error) {
        onFault(error, { tenant, day });
      }
  }
  let unsettled = 0;
  for (const tenant of tenants)
    try {
      unsettled += await countUnsettled(deps.database.tenant(tenant));
    } catch (error) {
      onFault(error, { tenant });
    }
  return unsettled;
}
