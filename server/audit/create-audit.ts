import type { Clock } from '../kernel/clock.ts';
import type { Vault } from '../kernel/crypto/vault.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantRef, TenantSql } from '../kernel/database/sql.ts';
import type { Logger } from '../kernel/logging/logger.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { bodyOf, recordOf, type Act } from './entry.ts';
import { appendEntry, type ChainHead } from './repository.ts';
import { auditRoutes } from './routes.ts';
import { tendAudit } from './tend-audit.ts';
import { createTrail } from './trail.ts';
import { verifyAudit } from './verify-audit.ts';

export interface AuditDeps {
  database: Database;
  vault: Pick<Vault, 'derive'>;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** Who did what, as whom, from where, and how it ended: one log a tenant that nobody can change unseen. */
export function createAudit(deps: AuditDeps) {
  const { database, metrics } = deps;
  const key = deps.vault.derive('audit-anchor');

  /**
   * Records an act that is no request of the API. With a handle from `withTenant` it exists if and only if the transaction does; it then
   * belongs at the transaction's end, as other writers of the log wait for it.
   */
  async function record(sql: TenantSql, act: Act): Promise<void> {
    await appendEntry(sql, bodyOf(recordOf(act)));
    metrics.auditEntries.inc({ outcome: act.outcome });
  }

  return {
    routes: auditRoutes(),
    trail: createTrail({ database, metrics }),
    record,
    verify: (tenant: TenantRef, expected?: ChainHead) =>
      verifyAudit({ platform: database.platform, key }, database.tenant(tenant), expected),
    tend: (tenant: TenantRef, staleSeconds?: number) => tendAudit({ ...deps, key }, tenant, staleSeconds),
  };
}

export type Audit = ReturnType<typeof createAudit>;
