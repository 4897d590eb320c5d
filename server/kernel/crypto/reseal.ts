import type { Knex } from 'knex';
import { q } from '../database/builder.ts';
import type { Database } from '../database/database.ts';
import type { TenantRef, TenantSql } from '../database/sql.ts';
import type { SealedColumn, SealedTable } from './sealed-table.ts';
import { SealBroken, type TenantVault } from './vault.ts';

const BATCH = 200;

export interface ResealResult {
  sealed: number;
  /** Rows with a value that no key opens, as `table/key`; left as they are. */
  broken: string[];
}

type Row = Record<string, string | null>;

/**
 * Seals anew what is not sealed with the current key: clear text of before a column was sealed, and values of older keys. Works in batches of
 * a short transaction each, beside running processes; a row somebody changes meanwhile is left to its writer. It keeps no state: after a kill
 * the same call goes on with what is left. @param onRows called with the rows of each batch, for progress
 */
export async function resealTables(
  database: Database,
  tenant: TenantRef,
  tables: readonly SealedTable[],
  onRows?: (rows: number) => void,
): Promise<ResealResult> {
  const result: ResealResult = { sealed: 0, broken: [] };
  for (const table of tables) {
    let after: string | undefined;
    for (;;) {
      const batch = await database.withTenant(tenant, (sql) => resealBatch(sql, table, after, result));
      if (batch.rows > 0) onRows?.(batch.rows);
      if (batch.rows < BATCH) break;
      after = batch.last;
    }
  }
  return result;
}

/** How many rows are not sealed with the current key. */
export async function countStale(sql: TenantSql, tables: readonly SealedTable[]): Promise<number> {
  let count = 0;
  for (const table of tables) {
    const row = await sql.one<{ count: number }>(
      stale(sql.vault, table).clearSelect().select(q.raw('count(*)::int as count')),
    );
    count += row?.count ?? 0;
  }
  return count;
}

function stale(vault: TenantVault, { table, key, columns }: SealedTable): Knex.QueryBuilder {
  return q(table)
    .select(q.raw('??::text as ??', [key, key]))
    .select(columns.map(({ column }) => q.raw('??::text as ??', [column, column])))
    .where((any) => {
      for (const { column, bound, json } of columns) {
        const prefix = `${json ? '"' : ''}v2.${vault.version}${bound ? 'r' : ''}.`;
        void any.orWhereRaw('not starts_with(??::text, ?)', [column, prefix]);
      }
    });
}

async function resealBatch(
  sql: TenantSql,
  table: SealedTable,
  after: string | undefined,
  result: ResealResult,
): Promise<{ rows: number; last: string | undefined }> {
  const query = stale(sql.vault, table).orderBy(table.key).limit(BATCH);
  if (after !== undefined) void query.where(table.key, '>', after);
  const rows = await sql.all<Row>(query);
  for (const row of rows) {
    try {
      result.sealed += await resealRow(sql, table, row);
    } catch (error) {
      if (!(error instanceof SealBroken)) throw error;
      result.broken.push(`${table.table}/${row[table.key]}`);
    }
  }
  return { rows: rows.length, last: rows.at(-1)?.[table.key] ?? undefined };
}

async function resealRow(sql: TenantSql, table: SealedTable, row: Row): Promise<number> {
  const id = row[table.key] ?? '';
  const clear: Row = {};
  const change: Record<string, unknown> = {};
  for (const column of table.columns) {
    const stored = row[column.column] ?? null;
    clear[column.column] = stored === null ? null : openStored(sql.vault, column, stored, id);
    if (stored !== null) change[column.column] = sealAgain(sql.vault, column, clear[column.column] ?? '', id);
  }
  const update = q(table.table)
    .where(table.key, id)
    .update({ ...change, ...table.indexes?.(sql.vault, clear) });
  // Only what is still as it was read: a writer that came between has sealed it with the current key.
  for (const { column } of table.columns)
    void update.whereRaw('??::text is not distinct from ?', [column, row[column] ?? null]);
  return sql.run(update);
}

/** The clear text of a stored value; of a JSON column the JSON text. */
export function openStored(
  vault: TenantVault,
  { name, bound, json }: SealedColumn,
  stored: string,
  id: string,
): string {
  const value: unknown = json ? JSON.parse(stored) : stored;
  if (typeof value !== 'string') return stored;
  return bound ? vault.reveal(name, value, id) : vault.open(name, value);
}

function sealAgain(vault: TenantVault, { name, bound, json }: SealedColumn, clear: string, id: string): string {
  const sealed = vault.seal(name, clear, bound ? id : undefined);
  return json ? JSON.stringify(sealed) : sealed;
}
