import { abilityFor, authorize, narrow, type Action } from '../../access/index.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { NUMBER_CURSOR, decodeCursor, toPage } from '../../kernel/http/cursor.ts';
import { TOP_UP_COLUMNS, findTopUp, selectTopUps, type TopUpRow } from './repository.ts';
import type { TopUpQuery } from './schema.ts';

/** Fields the access rules of a Wallet read. */
export const accessOf = (row: Pick<TopUpRow, 'agency_id' | 'agency_path' | 'parent_id'>) => ({
  agencyId: row.agency_id,
  agencyPath: row.agency_path,
  parentAgencyId: row.parent_id,
});

/** A top-up. @throws 404 when there is none, or the actor may not see its wallet; 403 when it may not do `action` with it */
export async function openTopUp(
  sql: TenantSql,
  actor: Actor,
  id: string,
  action: Action = 'read',
  options: { lock?: boolean } = {},
): Promise<TopUpRow> {
  const row = await findTopUp(sql, id, options);
  if (!row) throw NotFound({ what: 'This wallet' });
  authorize(actor, action, 'Wallet', accessOf(row));
  return row;
}

/** Top-ups of the wallets the actor may see, newest first. */
export async function listTopUps(
  sql: TenantSql,
  actor: Actor,
  query: TopUpQuery,
): Promise<{ rows: readonly TopUpRow[]; next: string | null }> {
  const before = decodeCursor(query.cursor, NUMBER_CURSOR);
  const rows = narrow(selectTopUps(), abilityFor(actor), 'read', 'Wallet', TOP_UP_COLUMNS)
    .orderBy('t.number', 'desc')
    .limit(query.limit + 1);
  if (before) void rows.where('t.number', '<', before);
  if (query.agencyId) void rows.where('w.agency_id', query.agencyId);
  if (query.state) void rows.where('t.state', query.state);
  return toPage(await sql.all<TopUpRow>(rows), query.limit, (row) => row.number);
}
