import { agencyBook, bookOf, buildPosting, credit, debit, partyOf } from './posting.ts';
import type { Posting } from './posting.ts';

export interface WalletExchange {
  readonly exchangeId: string;
  /** null is the reseller. */
  readonly parentId: string | null;
  readonly childId: string;
  /** What leaves the child's balance in another currency. Minor units. */
  readonly given: { readonly amount: number; readonly currency: string };
  /** What its wallet gets for it. Minor units. */
  readonly got: { readonly amount: number; readonly currency: string };
  /** What was given is worth so much in the middle of the market, in the currency got: the rest is the parent's earning. */
  readonly atMid: number;
}

/**
 * An exchange between a child's two prepaid balances with its parent: one posting for each currency, joined by the exchange's id in their
 * keys. What the parent owes its child falls in one currency and rises in the other; between them stands `fx_clearing`, at the middle rate
 * in both books. In the parent's book its two sides are the position: the other currency that it now holds for itself (in credit, against
 * the bank account where it lies) and what it gave for it.
 */
export function buildWalletExchange(exchange: WalletExchange): readonly [given: Posting, got: Posting] {
  const { exchangeId, parentId, childId, given, got, atMid } = exchange;
  const [parent, child] = [bookOf(parentId), agencyBook(childId)];
  const [wallet, payable] = [`wallet:${childId}`, `payable:${partyOf(parentId)}`];
  const about = { source: 'exchange', kind: 'wallet_exchange' } as const;
  return [
    buildPosting({
      ...about,
      key: `${exchangeId}/${given.currency}`,
      currency: given.currency,
      entries: [
        debit(parent, wallet, given.amount),
        credit(parent, 'fx_clearing', given.amount),
        debit(child, 'fx_clearing', given.amount),
        credit(child, payable, given.amount),
      ],
    }),
    buildPosting({
      ...about,
      key: `${exchangeId}/${got.currency}`,
      currency: got.currency,
      entries: [
        debit(parent, 'fx_clearing', atMid),
        credit(parent, wallet, got.amount),
        credit(parent, 'fx_earnings', atMid - got.amount),
        debit(child, payable, got.amount),
        debit(child, 'fx_costs', atMid - got.amount),
        credit(child, 'fx_clearing', atMid),
      ],
    }),
  ];
}
