import type { TenantSql } from '../kernel/database/sql.ts';
import {
  CurrencyMismatch,
  HoldEnded,
  InsufficientFunds,
  ProviderMustAct,
  WalletMissing,
  WalletOverdue,
  withShortfalls,
} from './errors.ts';
import { exchangeForHold, type AutomaticExchange } from './foreign/exchange-for-hold.ts';
import { must } from '../kernel/must.ts';
import { planHolds } from './plan-holds.ts';
import type { HoldShortfall } from './plan-holds.ts';
import { findBlocked } from './read-ageing.ts';
import { findHolds, insertHolds, lockWallets, writeMoves } from './repository.ts';
import { edgeOf } from './wallet-row.ts';
import type { HoldRow } from './repository.ts';
import type { WalletRow } from './wallet-row.ts';

export interface HoldRequest {
  bookingId: string;
  currency: string;
  /** Every edge from the reseller's direct agency down to the seller, with what each owes its parent (minor units). */
  edges: readonly { agencyId: string; amountMinor: number }[];
  /** What is overdue now blocks; the system's time if left out. */
  now?: Date;
}

/**
 * Holds a booking's price on every edge of the chain, all or none, in the caller's transaction. Rows are locked root → leaf. Repeating
 * it for the same booking changes nothing. What the seller's own wallet lacks is exchanged from its other currencies first, if it wants that.
 * @returns what was exchanged so
 * @throws `wallet.overdue` when the seller owes what should have been paid; `wallet.insufficient_funds` when the seller's own wallet is short; `wallet.provider_must_act` when one above it is (no figures;
 * `shortfallsOf(error)` has them for the ancestors); `wallet.missing`, `wallet.currency_mismatch`, `wallet.hold_ended`
 */
export async function holdForBooking(sql: TenantSql, request: HoldRequest): Promise<readonly AutomaticExchange[]> {
  const { bookingId, currency, edges, now = new Date() } = request;
  const wallets = await lockWallets(
    sql,
    edges.map((edge) => edge.agencyId),
  );
  if (wallets.length === 0 || wallets.length !== edges.length) throw WalletMissing();
  const other = wallets.find((wallet) => wallet.currency !== currency);
  if (other) throw CurrencyMismatch({ wallet: other.currency, given: currency });
  if (isHeldAlready(await findHolds(sql, bookingId), wallets)) return [];

  await refuseOverdue(sql, wallets, now);

  const amounts = wallets.map((wallet) => edges.find((edge) => edge.agencyId === wallet.agency_id)?.amountMinor ?? 0);
  const seller = must(wallets.at(-1), 'the wallet of the seller');
  const ask = { bookingId, amountMinor: amounts.at(-1) ?? 0, now };
  const { wallet, exchanged } = await exchangeForHold(sql, seller, ask);
  const plan = planHolds([...wallets.slice(0, -1), wallet].map(edgeOf), amounts, currency);
  if (!plan.ok) throw refusal(plan.shortfalls, currency);
  await insertHolds(sql, bookingId, plan.holds);
  await writeMoves(
    sql,
    plan.holds.map((hold) => ({ ...hold, key: `hold:${bookingId}`, kind: 'hold', bookingId })),
  );
  return exchanged;
}

/** What an edge owes beyond its days of grace blocks the chain; of one above the seller the seller hears nothing but that. */
async function refuseOverdue(sql: TenantSql, wallets: readonly WalletRow[], now: Date): Promise<void> {
  const blocked = await findBlocked(sql, wallets, now);
  if (!blocked) return;
  const { wallet, overdue } = blocked;
  if (wallet === wallets.at(-1)) throw WalletOverdue({ overdue: { amount: overdue, currency: wallet.currency } });
  const short = { walletId: wallet.id, parentId: wallet.parent_id, childId: wallet.agency_id, isSeller: false };
  // What is lacking is the payment of what is overdue, whatever the booking costs.
  throw withShortfalls(ProviderMustAct(), [{ ...short, available: -overdue, shortfall: overdue }]);
}

function isHeldAlready(holds: readonly HoldRow[], wallets: readonly WalletRow[]): boolean {
  const ended = holds.find((hold) => hold.state === 'released');
  if (ended) throw HoldEnded({ state: ended.state, wanted: 'held again' });
  return holds.length > 0 && wallets.every((wallet) => holds.some((hold) => hold.wallet_id === wallet.id));
}

function refusal(shortfalls: readonly HoldShortfall[], currency: string): Error {
  const own = shortfalls.find((shortfall) => shortfall.isSeller);
  const error = own
    ? InsufficientFunds({
        available: { amount: own.available, currency },
        shortfall: { amount: own.shortfall, currency },
      })
    : ProviderMustAct();
  return withShortfalls(
    error,
    shortfalls.filter((shortfall) => !shortfall.isSeller),
  );
}
