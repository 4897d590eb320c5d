import { authorize } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { decodeCursor, encodeCursor } from '../kernel/http/cursor.ts';
import { selectAccounts, type AccountRow } from './read-ledger.ts';
import type { AccountEntryQuery } from './schema.ts';

export interface AccountEntryRow {
  id: string;
  transaction_id: string;
  source: string;
  description: string;
  booking_id: string | null;
  booking_reference: string | null;
  occurred_at: Date;
  amount_minor: number;
  /** The account's balance after this entry. */
  balance_minor: number;
}

/** The balance before the next entry of a page, and the entry the page ended with. */
const CURSOR = /^-?\d{1,16}_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * An account newest first with its running balance. The balance of the newest entry is the account's, and each one before is reckoned back
 * from it, so that a page costs as much as it shows, however long the account is.
 * @throws NotFound for an account of a book the actor may not see
 */
export async function readAccountStatement(
  sql: TenantSql,
  actor: Actor,
  { id, query }: { id: string; query: AccountEntryQuery },
): Promise<{ account: AccountRow; rows: AccountEntryRow[]; next: string | null }> {
  const account = await sql.one<AccountRow>(selectAccounts().where('a.id', id));
  authorize(actor, 'read', 'Ledger', account && { agencyId: account.agency_id });
  const found = account as AccountRow;
  const cursor = decodeCursor(query.cursor, CURSOR);
  const [balance, before] = cursor === undefined ? [undefined, undefined] : cursor.split('_');
  const page = q('ledger_entries as e')
    .join('ledger_transactions as t', 't.id', 'e.transaction_id')
    .leftJoin('bookings as k', 'k.id', 't.booking_id')
    .where('e.account_id', id)
    .orderBy('e.id', 'desc')
    .limit(query.limit + 1)
    .select(
      'e.id',
      'e.transaction_id',
      't.source',
      't.description',
      't.booking_id',
      'k.reference as booking_reference',
      't.occurred_at',
      'e.amount_minor',
    );
  if (before !== undefined) void page.where('e.id', '<', before);
  const entries = await sql.all<Omit<AccountEntryRow, 'balance_minor'>>(page);
  let running = balance === undefined ? found.balance_minor : Number(balance);
  const rows = entries.slice(0, query.limit).map((entry) => {
    const row = { ...entry, balance_minor: running };
    running -= entry.amount_minor;
    return row;
  });
  const last = rows.at(-1);
  const next = entries.length > query.limit && last ? encodeCursor(`${running}_${last.id}`) : null;
  return { account: found, rows, next };
}
