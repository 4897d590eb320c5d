import { RESELLER_BOOK, agencyBook, buildPosting, credit, debit } from './posting.ts';
import type { Entry, Posting } from './posting.ts';

/** How a dispute stands, in running totals of minor units that only grow. */
export interface DisputeStanding {
  readonly phase: 'open' | 'won' | 'lost';
  /** What the cardholder disputes; without the provider's fee. */
  readonly amount: number;
  /** Taken from the balance at Stripe: the disputed amount and Stripe's fee. */
  readonly withdrawn: number;
  /** What came back to it. */
  readonly returned: number;
}

/** What is on its way: until the bank decides all that was taken, after a win what Stripe has yet to give back. */
function undecidedOf({ phase, amount, withdrawn, returned }: DisputeStanding): number {
  if (phase === 'open') return withdrawn - returned;
  return phase === 'won' ? Math.max(0, Math.min(amount, withdrawn) - returned) : 0;
}

/**
 * What a dispute's new standing changes in the books: `psp_clearing` follows the balance at Stripe, `disputes` holds what is not decided or
 * not back yet, the rest is `dispute_losses`, less the commissions of the sale that are taken back (by agency) when it is lost. What an
 * agency bears beyond that is a debit memo. Keyed by the totals, so that each movement is posted once however often it is told.
 * @returns undefined when nothing moves
 */
export function buildDisputeChange(change: {
  /** Stripe's, by which the reconciliation finds the posting. */
  disputeId: string;
  currency: string;
  before: DisputeStanding | undefined;
  after: DisputeStanding;
  /** Taken back by this change. */
  clawedBack?: ReadonlyMap<string, number>;
}): Posting | undefined {
  const { disputeId, currency, after } = change;
  const before = change.before ?? { phase: 'open', amount: after.amount, withdrawn: 0, returned: 0 };
  const taken = [...(change.clawedBack ?? [])];
  const cleared = after.returned - before.returned - (after.withdrawn - before.withdrawn);
  const undecided = undecidedOf(after) - undecidedOf(before);
  const clawedBack = taken.reduce((sum, [, amount]) => sum + amount, 0);
  const entries: Entry[] = [
    debit(RESELLER_BOOK, 'psp_clearing', cleared),
    debit(RESELLER_BOOK, 'disputes', undecided),
    debit(RESELLER_BOOK, 'dispute_losses', -cleared - undecided - clawedBack),
    ...taken.map(([agencyId, amount]) => debit(RESELLER_BOOK, `agency_payable:${agencyId}`, amount)),
    ...taken.flatMap(([agencyId, amount]) => [
      debit(agencyBook(agencyId), 'commission_income', amount),
      credit(agencyBook(agencyId), 'receivable:reseller', amount),
    ]),
  ];
  if (entries.every((entry) => entry.amount === 0)) return undefined;
  return buildPosting({
    source: 'dispute',
    key: `${disputeId}/${after.phase}/${after.withdrawn}/${after.returned}`,
    kind: after.phase === 'open' ? 'dispute_hold' : `dispute_${after.phase}`,
    currency,
    entries,
  });
}
