import type { Knex } from 'knex';
import { abilityFor, authorize, narrow } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { COMMISSION_COLUMNS, selectCommissions, selectTotals } from './repository.ts';
import type { CommissionRow, TotalRow } from './repository.ts';
import type { CommissionQuery } from './schema.ts';

/** A page of commissions the actor may see, newest first, with totals by state over all that match. An agency sees its own only. */
export async function listCommissions(
  sql: TenantSql,
  actor: Actor,
  query: CommissionQuery,
): Promise<{ rows: readonly CommissionRow[]; totals: TotalRow[]; next: string | null }> {
  if (query.agencyId !== undefined) authorize(actor, 'read', 'Commission', { agencyId: query.agencyId });
  const before = decodeCursor(query.cursor, UUID_CURSOR);
  const matching = (commissions: Knex.QueryBuilder): Knex.QueryBuilder => {
    if (query.agencyId) void commissions.where('c.agency_id', query.agencyId);
    if (query.bookingId) void commissions.where('c.booking_id', query.bookingId);
    if (query.state) void commissions.where('c.state', query.state);
    return narrow(commissions, abilityFor(actor), 'read', 'Commission', COMMISSION_COLUMNS);
  };
  const page = matching(selectCommissions())
    .orderBy('c.id', 'desc')
    .limit(query.limit + 1);
  if (before) void page.where('c.id', '<', before);
  const [rows, totals] = await Promise.all([sql.all<CommissionRow>(page), sql.all<TotalRow>(matching(selectTotals()))]);
  return { ...toPage(rows, query.limit, (row) => row.id), totals };
}
