import { agencyBook, bookOf, buildPosting, credit, debit, partyOf } from './posting.ts';
import type { Posting } from './posting.ts';

export interface WalletMovement {
  readonly movementId: string;
  /** A top-up is money paid in; an adjustment is a correction somebody signed for. */
  readonly kind: 'top_up' | 'adjustment';
  /** null is the reseller. */
  readonly parentId: string | null;
  readonly childId: string;
  /** Positive raises what the child may spend. Minor units. */
  readonly amount: number;
  readonly currency: string;
  /** Where the parent's money came in; a bank account if left out. Only of a top-up. */
  readonly through?: 'bank_clearing' | 'psp_clearing';
}

/**
 * Money put into (or taken out of) the wallet a child keeps with its parent. The wallet is the parent's claim on the child, so a
 * top-up credits it; the child's payable to the parent falls by as much.
 */
export function buildWalletMovement(movement: WalletMovement): Posting {
  const { parentId, childId, amount, kind } = movement;
  const counterpart = kind === 'top_up' ? 'bank_clearing' : 'wallet_adjustments';
  const cameIn = kind === 'top_up' ? (movement.through ?? counterpart) : counterpart;
  return buildPosting({
    source: kind,
    key: movement.movementId,
    kind: `wallet_${kind}`,
    currency: movement.currency,
    entries: [
      debit(bookOf(parentId), cameIn, amount),
      credit(bookOf(parentId), `wallet:${childId}`, amount),
      debit(agencyBook(childId), `payable:${partyOf(parentId)}`, amount),
      credit(agencyBook(childId), counterpart, amount),
    ],
  });
}
