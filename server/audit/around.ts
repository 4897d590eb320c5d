import type { Database } from '../kernel/database/database.ts';
import type { TenantRef } from '../kernel/database/sql.ts';
import { AppError } from '../kernel/errors.ts';
import { AuditUnavailable } from '../kernel/http/audit.ts';
import { newId } from '../kernel/ids.ts';
import type { Logger } from '../kernel/logging/logger.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { bodyOf, recordOf, type Act } from './entry.ts';
import { beginIntent, completeIntent } from './repository.ts';

interface Deps {
  database: Database;
  log: Logger;
  metrics: Metrics;
}

/** Does something between its intent and its record. */
export type Around = <T>(
  tenant: TenantRef,
  act: Omit<Act, 'outcome'>,
  work: () => Promise<T>,
  endOf?: (result: T) => Partial<Act>,
) => Promise<T>;

/**
 * For acts that no route of the API makes and no single transaction holds: a process that dies between the act and its record leaves the
 * intent, which becomes an `unknown` entry. `endOf` says what only the result tells. @throws AuditUnavailable before anything is done
 */
export function createAround({ database, log, metrics }: Deps): Around {
  return async (tenant, act, work, endOf) => {
    const sql = database.tenant(tenant);
    const intent = newId();
    await beginIntent(sql, intent, bodyOf(recordOf({ ...act, outcome: 'unknown' }))).catch((error: unknown) => {
      metrics.auditUnavailable.inc();
      log.error({ err: error }, 'the audit log cannot be written: refused');
      throw AuditUnavailable();
    });
    // The intent stands: a record that cannot be written now is made of it later.
    const complete = (ending: Act) =>
      completeIntent(sql, intent, bodyOf(recordOf(ending))).then(
        () => metrics.auditEntries.inc({ outcome: ending.outcome }),
        (error: unknown) => log.error({ err: error }, 'an audit record could not be completed'),
      );
    let result;
    try {
      result = await work();
    } catch (error) {
      const known = error instanceof AppError && error.status < 500 ? error : undefined;
      await complete({ ...act, outcome: known ? 'refused' : 'failed', problem: known?.code ?? 'service.internal' });
      throw error;
    }
    await complete({ ...act, outcome: 'done', ...endOf?.(result) });
    return result;
  };
}
