import type { Knex } from 'knex';
import type { TenantSql } from '../kernel/database/sql.ts';
import { isUuid } from '../kernel/ids.ts';
import { ValidationFailed } from '../kernel/errors.ts';

/** One page, newest first: ids are time-ordered, so the last id of a page is where the next begins. */
export async function listPage<T extends { id: string }>(
  sql: TenantSql,
  query: Knex.QueryBuilder,
  page: { idColumn: string; limit: number; cursor?: string | undefined },
): Promise<{ rows: T[]; next: string | null }> {
  if (page.cursor !== undefined) {
    const after = Buffer.from(page.cursor, 'base64url').toString();
    if (!isUuid(after))
      throw ValidationFailed({
        errors: [
          { pointer: '?cursor', code: 'cursor', detail: 'cursor: send the `next` of the page before, or leave it out' },
        ],
      });
    query.where(page.idColumn, '<', after);
  }
  const rows = await sql.all<T>(query.orderBy(page.idColumn, 'desc').limit(page.limit + 1));
  const kept = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? kept.at(-1) : undefined;
  return { rows: kept, next: last ? Buffer.from(last.id).toString('base64url') : null };
}
