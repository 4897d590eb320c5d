import { abilityFor, narrow } from '../../access/index.ts';
import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { NUMBER_CURSOR, UUID_CURSOR, decodeCursor, toPage } from '../../kernel/http/cursor.ts';
import type { WalletStatement, StatementEntry } from '../statement/read-statement.ts';
import type { WalletRow } from '../wallet-row.ts';
import { EXCHANGE_COLUMNS, selectExchanges, type ExchangeRow } from './exchange-repository.ts';
import { selectForeignEntries, type ForeignEntryRow } from './repository.ts';
import type { ExchangeQuery, ForeignEntryQuery } from './schema.ts';

/** What happened in a balance, newest first. */
export async function listForeignEntries(
  sql: TenantSql,
  balanceId: string | null,
  query: ForeignEntryQuery,
): Promise<{ rows: readonly ForeignEntryRow[]; next: string | null }> {
  const before = decodeCursor(query.cursor, UUID_CURSOR);
  const entries = selectForeignEntries(balanceId)
    .orderBy('e.id', 'desc')
    .limit(query.limit + 1);
  if (before) void entries.where('e.id', '<', before);
  return toPage(await sql.all<ForeignEntryRow>(entries), query.limit, (row) => row.id);
}

/** Exchanges of the wallets the actor may see, and quotes that still stand or were not taken, newest first. */
export async function listExchanges(
  sql: TenantSql,
  actor: Actor,
  query: ExchangeQuery,
): Promise<{ rows: readonly ExchangeRow[]; next: string | null }> {
  const before = decodeCursor(query.cursor, NUMBER_CURSOR);
  const rows = narrow(selectExchanges(), abilityFor(actor), 'read', 'Wallet', EXCHANGE_COLUMNS)
    .orderBy('x.number', 'desc')
    .limit(query.limit + 1);
  if (before) void rows.where('x.number', '<', before);
  if (query.agencyId) void rows.where('w.agency_id', query.agencyId);
  if (query.done) void rows.whereNotNull('x.done_at');
  return toPage(await sql.all<ExchangeRow>(rows), query.limit, (row) => row.number);
}

/** What moved a balance on some days, as a wallet's statement is: opening and the amounts add up to closing. Days are UTC, both included. */
export async function readForeignStatement(
  sql: TenantSql,
  wallet: WalletRow,
  { balanceId, currency, from, to }: { balanceId: string | null; currency: string; from: string; to: string },
): Promise<WalletStatement> {
  const start = new Date(`${from}T00:00:00.000Z`);
  const end = new Date(Date.parse(`${to}T00:00:00.000Z`) + 86_400_000);
  const entries = await sql.all<StatementEntry>(
    selectForeignEntries(balanceId)
      .where('e.created_at', '>=', start)
      .where('e.created_at', '<', end)
      .orderBy(['e.created_at', 'e.id'])
      .select('b.title as booking_title'),
  );
  const before = await sql.one<{ total: number }>(
    q('wallet_foreign_entries')
      .where({ balance_id: balanceId })
      .where('created_at', '<', start)
      .select(q.raw('coalesce(sum(amount_minor), 0)::bigint as total')),
  );
  const opening = before?.total ?? 0;
  const closing = entries.reduce((sum, entry) => sum + entry.amount_minor, opening);
  return { wallet: { ...wallet, currency }, from, to, opening, closing, entries };
}
