import { decodeCursor, toPage } from '../kernel/http/cursor.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Case } from './reconciliation.ts';
import { entriesFor, linesFor, listDays, pageOfCases } from './repository.ts';

const AFTER = /^\d{4}-\d\d-\d\d\|[0-9a-f-]{36}$/;

/** The last days that were compared, newest first. */
export const readDays = (sql: TenantSql, limit: number) => listDays(sql, limit);

/** A page of cases, newest day first: those to settle, or all. */
export async function listCases(
  sql: TenantSql,
  query: { show: 'unsettled' | 'all'; day?: string | undefined; limit: number; cursor?: string | undefined },
): Promise<{ rows: readonly Case[]; next: string | null }> {
  const rows = await pageOfCases(sql, {
    states: query.show === 'unsettled' ? ['open', 'proposed'] : undefined,
    day: query.day,
    limit: query.limit,
    after: decodeCursor(query.cursor, AFTER)?.split('|'),
  });
  return toPage(rows, query.limit, (row) => `${row.day}|${row.id}`);
}

/** What stands on either side of a case: entries of the books, and movements at the payment service. */
export async function readSides(sql: TenantSql, one: Case) {
  const isService = one.counterparty === 'stripe';
  const entries = await entriesFor(sql, isService ? 'psp_clearing' : 'supplier_payable', one);
  return { entries, lines: isService ? await linesFor(sql, one) : [] };
}
