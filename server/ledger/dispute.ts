import { RESELLER_BOOK, agencyBook, buildPosting, credit, debit } from './posting.ts';
import type { Posting } from './posting.ts';

/** What a dispute moves, in minor units. */
export interface DisputeFigures {
  /** Stripe's, by which the reconciliation finds the posting. */
  readonly disputeId: string;
  readonly currency: string;
  /** Taken from the balance at Stripe: the disputed amount and Stripe's fee. */
  readonly withdrawn: number;
}

/** The bank took the money back: it stands on `disputes` until it decides. One posting per dispute. */
export function buildDisputeHold({ disputeId, currency, withdrawn }: DisputeFigures): Posting {
  return buildPosting({
    source: 'dispute',
    key: `${disputeId}/hold`,
    kind: 'dispute_hold',
    currency,
    entries: [debit(RESELLER_BOOK, 'disputes', withdrawn), credit(RESELLER_BOOK, 'psp_clearing', withdrawn)],
  });
}

/** Won: what Stripe gives back returns; what it keeps as its fee is an expense. */
export function buildDisputeWon({
  disputeId,
  currency,
  withdrawn,
  returned,
}: DisputeFigures & { returned: number }): Posting {
  return buildPosting({
    source: 'dispute',
    key: `${disputeId}/end`,
    kind: 'dispute_won',
    currency,
    entries: [
      debit(RESELLER_BOOK, 'psp_clearing', returned),
      debit(RESELLER_BOOK, 'dispute_losses', withdrawn - returned),
      credit(RESELLER_BOOK, 'disputes', withdrawn),
    ],
  });
}

/**
 * Lost: the reseller bears it, less the commissions of the sale that are taken back (by agency). `account`: where those stand in the
 * reseller's book. What an agency bears beyond that is a debit memo.
 */
export function buildDisputeLost({
  disputeId,
  currency,
  withdrawn,
  clawedBack,
}: DisputeFigures & { clawedBack: ReadonlyMap<string, number> }): Posting {
  const taken = [...clawedBack];
  const total = taken.reduce((sum, [, amount]) => sum + amount, 0);
  return buildPosting({
    source: 'dispute',
    key: `${disputeId}/end`,
    kind: 'dispute_lost',
    currency,
    entries: [
      debit(RESELLER_BOOK, 'dispute_losses', withdrawn - total),
      ...taken.map(([agencyId, amount]) => debit(RESELLER_BOOK, `agency_payable:${agencyId}`, amount)),
      credit(RESELLER_BOOK, 'disputes', withdrawn),
      ...taken.flatMap(([agencyId, amount]) => [
        debit(agencyBook(agencyId), 'commission_income', amount),
        credit(agencyBook(agencyId), 'receivable:reseller', amount),
      ]),
    ],
  });
}
