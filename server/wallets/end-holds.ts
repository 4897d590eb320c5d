import type { TenantSql } from '../kernel/database/sql.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { HoldEnded, WalletMissing } from './errors.ts';
import { shouldMoveHold } from './hold.ts';
import type { HoldState } from './hold.ts';
import { endHolds, findEntry, findHolds, lockHeldWallets, lockWallets, writeMoves } from './repository.ts';
import { stateOf } from './wallet-row.ts';
import type { HoldRow, WalletMove } from './repository.ts';
import type { WalletRow } from './wallet-row.ts';
import { captureHold, releaseHold, topUp } from './wallet.ts';

/**
 * Debits every edge a booking holds, in the caller's transaction; a repeat does nothing. Post the sale to the ledger in the same one.
 * @throws `wallet.missing` when nothing was held, `wallet.hold_ended` when it was released
 */
export async function captureHolds(sql: TenantSql, bookingId: string): Promise<void> {
  const open = await openHolds(sql, bookingId, 'captured');
  if (open === undefined) throw WalletMissing();
  await move(
    sql,
    bookingId,
    'captured',
    open.map(({ wallet, hold }) => ({
      walletId: wallet.id,
      key: `capture:${bookingId}`,
      kind: 'capture',
      amount: -hold.amount_minor,
      after: captureHold(stateOf(wallet), hold.amount_minor),
      bookingId,
    })),
  );
  for (const { wallet } of open)
    await emitEvent(sql, {
      kind: 'wallet.debited@1',
      payload: { agencyId: wallet.agency_id, walletId: wallet.id, bookingId },
    });
}

/**
 * Gives back what a booking holds, without a debit; nothing held, or released before, does nothing.
 * @throws `wallet.hold_ended` when it was captured: that is undone by a refund
 */
export async function releaseHolds(sql: TenantSql, bookingId: string): Promise<void> {
  const open = (await openHolds(sql, bookingId, 'released')) ?? [];
  await move(
    sql,
    bookingId,
    'released',
    open.map(({ wallet, hold }) => ({
      walletId: wallet.id,
      key: `release:${bookingId}`,
      kind: 'release',
      amount: -hold.amount_minor,
      after: releaseHold(stateOf(wallet), hold.amount_minor),
      bookingId,
    })),
  );
}

export interface WalletRefund {
  bookingId: string;
  /** Names the refund: the same key is credited once. */
  key: string;
  /** What each edge gives back (minor units, zero allowed). */
  edges: readonly { agencyId: string; amountMinor: number }[];
}

/** Credits the edges of a wallet sale that is refunded, in the caller's transaction; post `buildRefund` in the same one. */
export async function refundToWallets(sql: TenantSql, refund: WalletRefund): Promise<void> {
  const key = `refund:${refund.key}`;
  const credited = refund.edges.filter((edge) => edge.amountMinor > 0);
  if (credited.length === 0) return;
  const wallets = await lockWallets(
    sql,
    credited.map((edge) => edge.agencyId),
  );
  const amounts = new Map(credited.map((edge) => [edge.agencyId, edge.amountMinor]));
  const [first] = wallets;
  if (!first || wallets.length !== credited.length) throw WalletMissing();
  if (await findEntry(sql, first.id, key)) return;
  await writeMoves(
    sql,
    wallets.map((wallet) => {
      const amount = amounts.get(wallet.agency_id) ?? 0;
      return {
        walletId: wallet.id,
        key,
        kind: 'refund',
        amount,
        after: topUp(stateOf(wallet), amount),
        bookingId: refund.bookingId,
      };
    }),
  );
}

/** The holds that still have to move, with their locked wallets; undefined when the booking has none at all. */
async function openHolds(
  sql: TenantSql,
  bookingId: string,
  to: 'captured' | 'released',
): Promise<{ wallet: WalletRow; hold: HoldRow }[] | undefined> {
  const wallets = await lockHeldWallets(sql, bookingId);
  if (wallets.length === 0) return undefined;
  const holds = new Map((await findHolds(sql, bookingId)).map((hold) => [hold.wallet_id, hold]));
  return wallets.flatMap((wallet) => {
    const hold = holds.get(wallet.id);
    return hold && mustMove(hold.state, to) ? [{ wallet, hold }] : [];
  });
}

function mustMove(from: HoldState, to: 'captured' | 'released'): boolean {
  if (from !== 'held' && from !== to) throw HoldEnded({ state: from, wanted: to });
  return shouldMoveHold(from, to);
}

async function move(
  sql: TenantSql,
  bookingId: string,
  to: 'captured' | 'released',
  moves: readonly WalletMove[],
): Promise<void> {
  if (moves.length === 0) return;
  await endHolds(
    sql,
    bookingId,
    moves.map((one) => one.walletId),
    to,
  );
  await writeMoves(sql, moves);
}
