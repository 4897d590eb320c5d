import type { Knex } from 'knex';
import { abilityFor, authorize, narrow } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NUMBER_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { AccountKind, BookQuery, JournalQuery } from './schema.ts';

/** Which column tells whose book a row belongs to: an agency reads its own and no other, so never a figure of an ancestor. */
const BOOK_COLUMNS = { agencyId: 'b.agency_id' };

export interface AccountRow {
  id: string;
  agency_id: string | null;
  book_name: string | null;
  code: string;
  party_name: string | null;
  kind: AccountKind;
  currency: string;
  balance_minor: number;
}

export const selectAccounts = (): Knex.QueryBuilder =>
  q('ledger_accounts as a')
    .join('ledger_books as b', 'b.id', 'a.book_id')
    .leftJoin('agencies as g', 'g.id', 'b.agency_id')
    .leftJoin('agencies as p', q.raw("p.id::text = split_part(a.code, ':', 2)"))
    .leftJoin('ledger_balances as l', 'l.account_id', 'a.id')
    .select(
      'a.id',
      'b.agency_id',
      'g.name as book_name',
      'a.code',
      'p.name as party_name',
      'a.kind',
      'a.currency',
      q.raw('coalesce(l.balance_minor, 0)::bigint as balance_minor'),
    );

/** Accounts with their balances, by book; `book` narrows further what the actor may see. */
export async function listAccounts(sql: TenantSql, actor: Actor, query: BookQuery): Promise<AccountRow[]> {
  checkBook(actor, query.book);
  // By bytes: thousands of codes sorted by the rules of a language cost half of the whole answer.
  const accounts = selectAccounts().orderByRaw(
    `g.path collate "C" nulls first, a.currency collate "C", a.code collate "C"`,
  );
  return sql.all(ofBooks(accounts, actor, query.book));
}

export interface TransactionRow {
  id: string;
  sequence: number;
  source: string;
  key: string;
  description: string;
  booking_id: string | null;
  booking_reference: string | null;
  occurred_at: Date;
  hash: string;
}

export type EntryRow = Omit<AccountRow, 'id' | 'kind' | 'balance_minor'> & {
  transaction_id: string;
  amount_minor: number;
};

/** A page of the journal, newest first: transactions that touch a book the actor may see, and of each only the entries of such books. */
export async function listJournal(
  sql: TenantSql,
  actor: Actor,
  query: JournalQuery,
): Promise<{ transactions: readonly TransactionRow[]; entries: EntryRow[]; next: string | null }> {
  checkBook(actor, query.book);
  const before = decodeCursor(query.cursor, NUMBER_CURSOR);
  const touching = q('ledger_entries as e')
    .join('ledger_books as b', 'b.id', 'e.book_id')
    .whereRaw('e.transaction_id = t.id')
    .select(q.raw('1'));
  const found = q('ledger_transactions as t')
    .leftJoin('bookings as k', 'k.id', 't.booking_id')
    .whereExists(ofBooks(touching, actor, query.book))
    .select(
      't.id',
      't.sequence',
      't.source',
      't.key',
      't.description',
      't.booking_id',
      'k.reference as booking_reference',
      't.occurred_at',
      't.hash',
    )
    .orderBy('t.sequence', 'desc')
    .limit(query.limit + 1);
  if (before !== undefined) void found.where('t.sequence', '<', Number(before));
  if (query.bookingId) void found.where('t.booking_id', query.bookingId);
  const page = toPage(await sql.all<TransactionRow>(found), query.limit, (row) => row.sequence);
  const entries = await listEntries(
    sql,
    actor,
    query.book,
    page.rows.map((row) => row.id),
  );
  return { transactions: page.rows, entries, next: page.next };
}

/** Batches of the journal, oldest first, of a span of days (both included): for exports. */
export async function* readJournal(
  sql: TenantSql,
  actor: Actor,
  query: { book?: string | undefined; from?: string | undefined; to?: string | undefined },
): AsyncGenerator<{ transactions: TransactionRow[]; entries: EntryRow[] }> {
  checkBook(actor, query.book);
  let after = 0;
  for (;;) {
    const touching = q('ledger_entries as e')
      .join('ledger_books as b', 'b.id', 'e.book_id')
      .whereRaw('e.transaction_id = t.id')
      .select(q.raw('1'));
    const found = q('ledger_transactions as t')
      .leftJoin('bookings as k', 'k.id', 't.booking_id')
      .whereExists(ofBooks(touching, actor, query.book))
      .where('t.sequence', '>', after)
      .orderBy('t.sequence')
      .limit(EXPORT_BATCH)
      .select('t.*', 'k.reference as booking_reference');
    if (query.from !== undefined) void found.whereRaw(`t.occurred_at >= ?::timestamp at time zone 'UTC'`, [query.from]);
    if (query.to !== undefined)
      void found.whereRaw(`t.occurred_at < (?::date + 1)::timestamp at time zone 'UTC'`, [query.to]);
    const transactions = await sql.all<TransactionRow>(found);
    const ids = transactions.map((row) => row.id);
    if (ids.length > 0) yield { transactions, entries: await listEntries(sql, actor, query.book, ids) };
    if (transactions.length < EXPORT_BATCH) return;
    after = transactions.at(-1)?.sequence ?? after;
  }
}

const EXPORT_BATCH = 500;

async function listEntries(
  sql: TenantSql,
  actor: Actor,
  book: string | undefined,
  transactionIds: string[],
): Promise<EntryRow[]> {
  if (transactionIds.length === 0) return [];
  const entries = q('ledger_entries as e')
    .join('ledger_accounts as a', 'a.id', 'e.account_id')
    .join('ledger_books as b', 'b.id', 'e.book_id')
    .leftJoin('agencies as g', 'g.id', 'b.agency_id')
    .leftJoin('agencies as p', q.raw("p.id::text = split_part(a.code, ':', 2)"))
    .whereIn('e.transaction_id', transactionIds)
    .select(
      'e.transaction_id',
      'b.agency_id',
      'g.name as book_name',
      'a.code',
      'p.name as party_name',
      'e.currency',
      'e.amount_minor',
    )
    .orderByRaw('g.path nulls first, e.id');
  return sql.all(ofBooks(entries, actor, book));
}

function checkBook(actor: Actor, book: string | undefined): void {
  if (book !== undefined) authorize(actor, 'read', 'Ledger', { agencyId: book === 'reseller' ? null : book });
}

function ofBooks(query: Knex.QueryBuilder, actor: Actor, book: string | undefined): Knex.QueryBuilder {
  if (book === 'reseller') void query.whereNull('b.agency_id');
  else if (book !== undefined) void query.where('b.agency_id', book);
  return narrow(query, abilityFor(actor), 'read', 'Ledger', BOOK_COLUMNS);
}
