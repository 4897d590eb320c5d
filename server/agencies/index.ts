import type { TenantSql } from '../kernel/database/sql.ts';
import type { Agency } from './agency.ts';
import { applicationRoutes, type CarryAccount } from './applications/index.ts';
import { createAgency, type AgencyInput } from './create-agency.ts';
import { limitRoutes } from './limits/routes.ts';
import { findAgency, findChain, findNames, type ChainAgency } from './repository.ts';
import { agencyRoutes, type AgencyDeps } from './routes.ts';
import { tierReviewRoutes } from './tier-reviews/routes.ts';
import type { ReadTravelled } from './tier-reviews/review-tiers.ts';

export {
  APPLICATION_EVENTS,
  purgeApplications,
  sealedApplications,
  type ApplicationStep,
} from './applications/index.ts';
export type { Agency } from './agency.ts';
export { findAgency } from './repository.ts';
export type { AgencyInput, NewAgency, OnAgencyCreated } from './create-agency.ts';
export { creditCapFor } from './limits/check-limits.ts';
export type { Inviter } from './invite-to-agency.ts';
export type { ChainAgency } from './repository.ts';
export type { AgencyDeps } from './routes.ts';
export { reviewTiers, type ReadTravelled } from './tier-reviews/review-tiers.ts';

/** The reseller's network: agencies as a tree below it. */
export function createAgencies(deps: AgencyDeps & { readTravelled: ReadTravelled; carryAccount: CarryAccount }) {
  return {
    routes: [...agencyRoutes(deps), ...applicationRoutes(deps), ...tierReviewRoutes(deps), ...limitRoutes(deps)],
    /** Names by id; unknown ids are left out. */
    namesOf: (sql: TenantSql, ids: readonly string[]): Promise<Map<string, string>> => findNames(sql, ids),
    /** Materialised path; `/` for the reseller (null), undefined for an unknown agency. */
    pathOf: async (sql: TenantSql, id: string | null): Promise<string | undefined> =>
      id === null ? '/' : (await findAgency(sql, id))?.path,
    /** From the topmost agency down to this one; empty for the reseller (null) and for an unknown agency. */
    chainOf: (sql: TenantSql, agencyId: string | null): Promise<ChainAgency[]> =>
      agencyId === null ? Promise.resolve([]) : findChain(sql, agencyId),
    /** Makes an approved agency with wallet and book in the caller's transaction (`withTenant`); the caller has checked who may. */
    createAgency: (sql: TenantSql, input: AgencyInput): Promise<Agency> => createAgency(deps, sql, input),
  };
}

export type Agencies = ReturnType<typeof createAgencies>;
