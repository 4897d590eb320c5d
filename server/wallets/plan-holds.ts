import { WalletError, holdAmount } from './wallet.ts';
import type { WalletState } from './wallet.ts';

/** A wallet between a parent and its child; the first edge's parent is the reseller (null). */
export interface WalletEdge {
  readonly walletId: string;
  readonly parentId: string | null;
  readonly childId: string;
  readonly currency: string;
  readonly wallet: WalletState;
}

export interface PlannedHold {
  readonly walletId: string;
  readonly amount: number;
  readonly after: WalletState;
}

export interface HoldShortfall {
  readonly walletId: string;
  readonly parentId: string | null;
  readonly childId: string;
  readonly available: number;
  readonly shortfall: number;
  /** True for the seller's own wallet; otherwise the seller is told that its provider must act, and no figure. */
  readonly isSeller: boolean;
}

export type HoldPlan =
  | { readonly ok: true; readonly holds: readonly PlannedHold[] }
  | { readonly ok: false; readonly shortfalls: readonly HoldShortfall[] };

function assertChain(edges: readonly WalletEdge[], currency: string): void {
  if (edges.length === 0 || edges[0]?.parentId !== null) {
    throw new WalletError(
      'chain_shape',
      'Wallet edges run from the reseller (parent null) down to the seller, root first.',
    );
  }
  edges.forEach((edge, i) => {
    if (i > 0 && edge.parentId !== edges[i - 1]?.childId) {
      throw new WalletError('chain_shape', `Wallet ${edge.walletId} does not hang under the edge before it.`);
    }
    if (edge.currency !== currency) {
      throw new WalletError(
        'currency_mismatch',
        `Wallet ${edge.walletId} is in ${edge.currency}, the sale in ${currency}.`,
      );
    }
  });
}

/**
 * Plans the holds of a wallet sale on every edge, root → leaf (the order in which the rows must be locked): all or none. When any
 * edge is short, no hold is planned and every short edge is reported. `amounts` are the buy prices, in the order of the edges.
 */
export function planHolds(edges: readonly WalletEdge[], amounts: readonly number[], currency: string): HoldPlan {
  assertChain(edges, currency);
  if (amounts.length !== edges.length) {
    throw new WalletError(
      'amounts_mismatch',
      `There are ${edges.length} wallets but ${amounts.length} amounts; give one each.`,
    );
  }
  const holds: PlannedHold[] = [];
  const shortfalls: HoldShortfall[] = [];
  edges.forEach(({ walletId, parentId, childId, wallet }, i) => {
    const amount = amounts[i] ?? 0;
    const result = holdAmount(wallet, amount);
    if (result.ok) holds.push({ walletId, amount, after: result.wallet });
    else {
      const { available, shortfall } = result;
      shortfalls.push({ walletId, parentId, childId, available, shortfall, isSeller: i === edges.length - 1 });
    }
  });
  return shortfalls.length > 0 ? { ok: false, shortfalls } : { ok: true, holds };
}
