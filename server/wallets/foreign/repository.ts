import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { newId } from '../../kernel/ids.ts';

/** A currency that a parent takes from the agencies directly below it. */
export interface AcceptedRow {
  currency: string;
  spread_bp: number;
  /** False: nothing more is paid in; what is there is still exchanged. */
  is_open: boolean;
  updated_at: Date;
}

const ofParent = (parentId: string | null) =>
  parentId === null
    ? q('wallet_currencies').whereNull('parent_id')
    : q('wallet_currencies').where({ parent_id: parentId });

export const listAccepted = (sql: TenantSql, parentId: string | null): Promise<AcceptedRow[]> =>
  sql.all<AcceptedRow>(ofParent(parentId).orderBy('currency').select('currency', 'spread_bp', 'is_open', 'updated_at'));

export const findAccepted = (sql: TenantSql, parentId: string | null, currency: string) =>
  sql.one<AcceptedRow>(ofParent(parentId).where({ currency }).select('currency', 'spread_bp', 'is_open', 'updated_at'));

export async function putAccepted(
  sql: TenantSql,
  given: { parentId: string | null; currency: string; spreadBp: number; changedBy: string | null },
): Promise<void> {
  const change = { spread_bp: given.spreadBp, is_open: true, changed_by: given.changedBy };
  await sql.run(
    q('wallet_currencies')
      .insert({ id: newId(), parent_id: given.parentId, currency: given.currency, ...change })
      .onConflict(['parent_id', 'currency'])
      .merge({ ...change, updated_at: q.fn.now() }),
  );
}

export const closeAccepted = (sql: TenantSql, parentId: string | null, currency: string): Promise<number> =>
  sql.run(ofParent(parentId).where({ currency, is_open: true }).update({ is_open: false, updated_at: q.fn.now() }));

export interface BalanceRow {
  id: string;
  currency: string;
  balance_minor: number;
}

const selectBalances = (walletId: string) =>
  q('wallet_foreign_balances')
    .where({ wallet_id: walletId })
    .orderBy('currency')
    .select('id', 'currency', 'balance_minor');

/** A wallet's balances in other currencies, by currency; locked in that order if they are to be changed, after the wallet itself. */
export const listBalances = (sql: TenantSql, walletId: string, { lock = false } = {}): Promise<BalanceRow[]> =>
  sql.all<BalanceRow>(lock ? selectBalances(walletId).forUpdate() : selectBalances(walletId));

/** One of them, opened if it is the first of its currency, and locked. The wallet must be locked before. */
export async function lockBalance(sql: TenantSql, walletId: string, currency: string): Promise<BalanceRow> {
  await sql.run(
    q('wallet_foreign_balances')
      .insert({ id: newId(), wallet_id: walletId, currency })
      .onConflict(['wallet_id', 'currency'])
      .ignore(),
  );
  const row = await sql.one<BalanceRow>(selectBalances(walletId).where({ currency }).forUpdate());
  if (!row) throw new Error(`The balance in ${currency} of wallet ${walletId} was not made`);
  return row;
}

export type ForeignEntryKind = 'top_up' | 'adjustment' | 'exchange';

export interface ForeignEntryRow {
  id: string;
  kind: ForeignEntryKind;
  amount_minor: number;
  balance_after_minor: number;
  booking_id: string | null;
  booking_reference: string | null;
  reason: string | null;
  created_at: Date;
}

/** Entries of a balance; of none (null) there are none. */
export const selectForeignEntries = (balanceId: string | null) =>
  q('wallet_foreign_entries as e')
    .leftJoin('bookings as b', 'b.id', 'e.booking_id')
    .where('e.balance_id', balanceId)
    .select('e.id', 'e.kind', 'e.amount_minor', 'e.balance_after_minor', 'e.booking_id', 'e.reason', 'e.created_at')
    .select('b.reference as booking_reference');

export const findForeignEntry = (sql: TenantSql, balanceId: string, key: string) =>
  sql.one<ForeignEntryRow>(selectForeignEntries(balanceId).where('e.key', key));

export interface ForeignMove {
  balance: BalanceRow;
  /** Unique in its balance: the same key moves money once. */
  key: string;
  kind: ForeignEntryKind;
  amountMinor: number;
  bookingId?: string | null;
  reason: string | null;
  actorId: string | null;
}

/** Writes a balance's new sum and the entry for it. The balance must be locked; PostgreSQL refuses one below zero. */
export async function writeForeignMove(sql: TenantSql, move: ForeignMove): Promise<void> {
  const after = move.balance.balance_minor + move.amountMinor;
  await sql.run(
    q('wallet_foreign_balances')
      .where({ id: move.balance.id })
      .update({ balance_minor: after, updated_at: q.fn.now() }),
  );
  await sql.run(
    q('wallet_foreign_entries').insert({
      id: newId(),
      balance_id: move.balance.id,
      key: move.key,
      kind: move.kind,
      amount_minor: move.amountMinor,
      balance_after_minor: after,
      booking_id: move.bookingId ?? null,
      reason: move.reason,
      actor_id: move.actorId,
    }),
  );
}
