import { abilityFor, authorize, narrow } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { NUMBER_CURSOR, UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import {
  STATEMENT_COLUMNS,
  dueReserves,
  findStatement,
  readStanding,
  selectLines,
  selectStatements,
  selectWaitingLines,
  sumWaiting,
  type LineRow,
  type StatementRow,
} from './repository.ts';
import type { StatementLineQuery, StatementQuery } from './schema.ts';
import { settle } from './statement.ts';
import { readTerms } from './terms.ts';

/** A page of statements the actor may see, newest first; open ones with their figures as of now. An agency sees its own only. */
export async function listStatements(
  sql: TenantSql,
  actor: Actor,
  query: StatementQuery,
): Promise<{ rows: readonly StatementRow[]; next: string | null }> {
  if (query.agencyId !== undefined) authorize(actor, 'read', 'Settlement', { agencyId: query.agencyId });
  const before = decodeCursor(query.cursor, UUID_CURSOR);
  const page = narrow(selectStatements(), abilityFor(actor), 'read', 'Settlement', STATEMENT_COLUMNS)
    .orderBy('s.id', 'desc')
    .limit(query.limit + 1);
  if (before !== undefined) void page.where('s.id', '<', before);
  if (query.agencyId !== undefined) void page.where('s.agency_id', query.agencyId);
  if (query.state !== undefined) void page.where('s.state', query.state);
  const { rows, next } = toPage(await sql.all<StatementRow>(page), query.limit, (row) => row.id);
  return { rows: await Promise.all(rows.map((row) => withFigures(sql, row))), next };
}

/** @throws NotFound for what the actor may not see */
export async function readStatement(sql: TenantSql, actor: Actor, id: string): Promise<StatementRow> {
  const row = await findStatement(sql, id);
  authorize(actor, 'read', 'Settlement', row && { agencyId: row.agency_id });
  return withFigures(sql, row as StatementRow);
}

const whose = (row: StatementRow) => ({ agencyId: row.agency_id, currency: row.currency, until: row.period_end });

/** An open statement holds no figures yet: they are reckoned as it would close now. */
async function withFigures(sql: TenantSql, row: StatementRow): Promise<StatementRow> {
  if (row.state !== 'open') return row;
  const [sums, reserveReleased, standing, { terms }] = await Promise.all([
    sumWaiting(sql, whose(row)),
    dueReserves(sql, whose(row)),
    readStanding(sql, row.agency_id, row.currency),
    readTerms(sql, row.agency_id),
  ]);
  const input = {
    released: sums?.released ?? 0,
    clawbacks: sums?.clawbacks ?? 0,
    memos: sums?.memos ?? 0,
    carriedIn: standing?.carried ?? 0,
    reserveReleased,
  };
  const outcome = settle(input, terms);
  return {
    ...row,
    released_minor: input.released,
    clawbacks_minor: input.clawbacks,
    memos_minor: input.memos,
    carried_in_minor: input.carriedIn,
    reserve_released_minor: reserveReleased,
    reserve_minor: outcome.reserve,
    payout_minor: outcome.payout,
    carried_out_minor: outcome.carriedOut,
  };
}

const linesOf = (statement: StatementRow) =>
  statement.state === 'open' ? selectWaitingLines(whose(statement)) : selectLines(statement.id);

/** A page of a statement's lines, in order. The caller has opened the statement. */
export async function listLines(
  sql: TenantSql,
  statement: StatementRow,
  query: StatementLineQuery,
): Promise<{ rows: readonly LineRow[]; next: string | null }> {
  const after = decodeCursor(query.cursor, NUMBER_CURSOR);
  const page = linesOf(statement).limit(query.limit + 1);
  if (after !== undefined) void page.where('l.position', '>', Number(after));
  return toPage(await sql.all<LineRow>(page), query.limit, (row) => row.position);
}

const BATCH = 500;

/** All lines, a batch at a time. */
export async function* allLines(sql: TenantSql, statement: StatementRow): AsyncGenerator<LineRow> {
  let after = 0;
  for (;;) {
    const rows = await sql.all<LineRow>(linesOf(statement).where('l.position', '>', after).limit(BATCH));
    yield* rows;
    if (rows.length < BATCH) return;
    after = rows.at(-1)?.position ?? after;
  }
}
