import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { WalletEntryKind } from '../schema.ts';
import type { WalletRow } from '../wallet-row.ts';

/** An entry that moved the balance. */
export interface StatementEntry {
  id: string;
  kind: WalletEntryKind;
  amount_minor: number;
  balance_after_minor: number;
  booking_reference: string | null;
  booking_title: string | null;
  reason: string | null;
  created_at: Date;
}

export interface WalletStatement {
  wallet: WalletRow;
  /** First and last day, UTC, both included. */
  from: string;
  to: string;
  /** Minor units. */
  opening: number;
  closing: number;
  entries: readonly StatementEntry[];
}

/** Holds and releases promise money and move none. */
const MOVES = ['top_up', 'adjustment', 'capture', 'refund', 'exchange'];

/**
 * What moved a wallet's balance on some days, oldest first, with the balance before and after: opening and the amounts add up to closing.
 * @param from first day, UTC @param to last day, UTC
 */
export async function readStatement(
  sql: TenantSql,
  wallet: WalletRow,
  { from, to }: { from: string; to: string },
): Promise<WalletStatement> {
  const start = new Date(`${from}T00:00:00.000Z`);
  const end = new Date(Date.parse(`${to}T00:00:00.000Z`) + 86_400_000);
  const entries = await sql.all<StatementEntry>(
    q('wallet_entries as e')
      .leftJoin('bookings as b', 'b.id', 'e.booking_id')
      .where('e.wallet_id', wallet.id)
      .whereIn('e.kind', MOVES)
      .where('e.created_at', '>=', start)
      .where('e.created_at', '<', end)
      .orderBy(['e.created_at', 'e.id'])
      .select('e.id', 'e.kind', 'e.amount_minor', 'e.balance_after_minor', 'e.reason', 'e.created_at')
      .select('b.reference as booking_reference', 'b.title as booking_title'),
  );
  const before = await sql.one<{ total: number }>(
    q('wallet_entries')
      .where({ wallet_id: wallet.id })
      .whereIn('kind', MOVES)
      .where('created_at', '<', start)
      .select(q.raw('coalesce(sum(amount_minor), 0)::bigint as total')),
  );
  const opening = before?.total ?? 0;
  const closing = entries.reduce((sum, entry) => sum + entry.amount_minor, opening);
  return { wallet, from, to, opening, closing, entries };
}
