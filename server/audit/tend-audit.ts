import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantRef } from '../kernel/database/sql.ts';
import type { Logger } from '../kernel/logging/logger.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { lastAnchored, signAnchor, writeAnchor, type AnchorKeys } from './anchor.ts';
import { readHead, sweepIntents } from './repository.ts';

/** No request runs so long: its process is dead, or its record could not be written. */
export const STALE_SECONDS = 300;

interface Deps {
  database: Database;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
  keys: AnchorKeys;
}

/**
 * What every tenant's log needs each minute: intents left over become entries, and the end of the chain is anchored. Each anchor is also
 * a line of the log, so that whoever ships logs away keeps the ends where no administrator of the database reaches them.
 */
export async function tendAudit(deps: Deps, tenant: TenantRef, staleSeconds = STALE_SECONDS): Promise<void> {
  const { database, clock, log, metrics } = deps;
  const [key] = deps.keys;
  const sql = database.tenant(tenant);
  const swept = await sweepIntents(sql, staleSeconds);
  if (swept > 0) {
    metrics.auditEntries.inc({ outcome: 'unknown' }, swept);
    log.warn({ 'tenant.id': tenant.id, swept }, 'acts whose end nobody recorded are in the audit log as unknown');
  }
  const head = await readHead(sql);
  if (head.sequence <= (await lastAnchored(database.platform, tenant.id))) return;
  const now = clock.now();
  if ((await writeAnchor(database.platform, key, tenant.id, head, now)) === 0) return;
  const { sequence, hash } = head;
  const signature = signAnchor(key, tenant.id, { sequence, hash, anchored_at: now });
  log.info({ 'tenant.id': tenant.id, sequence, hash, signature }, 'audit anchor');
}
