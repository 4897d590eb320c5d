import type { Clock } from '../kernel/clock.ts';
import type { Vault } from '../kernel/crypto/vault.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantRef, TenantSql } from '../kernel/database/sql.ts';
import type { Logger } from '../kernel/logging/logger.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { createAround } from './around.ts';
import { bodyOf, recordOf, type Act } from './entry.ts';
import { appendEntry, type ChainHead } from './repository.ts';
import { resignAnchors } from './resign-anchors.ts';
import { auditRoutes } from './routes.ts';
import { tendAudit } from './tend-audit.ts';
import { createTrail } from './trail.ts';
import { verifyAudit } from './verify-audit.ts';

export interface AuditDeps {
  database: Database;
  vault: Pick<Vault, 'deriveAll'>;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}

/** Who did what, as whom, from where, and how it ended: one log a tenant that nobody can change unseen. */
export function createAudit(deps: AuditDeps) {
  const { database, metrics } = deps;
  const keys = deps.vault.deriveAll('audit-anchor');

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
    around: createAround(deps),
    verify: (tenant: TenantRef, expected?: ChainHead) =>
      verifyAudit({ platform: database.platform, keys }, database.tenant(tenant), expected),
    tend: (tenant: TenantRef, staleSeconds?: number) => tendAudit({ ...deps, keys }, tenant, staleSeconds),
    /** After a change of the master key: anchors that the one before signed are signed with it. Others stay, and verify tells of them. */
    resignAnchors: () => resignAnchors(database.platform, keys),
  };
}

export type Audit = ReturnType<typeof createAudit>;
