import { RESELLER_BOOK, agencyBook, buildPosting, credit, debit } from './posting.ts';
import type { Posting } from './posting.ts';

/** A correction of what the reseller owes an agency: positive in the agency's favour. Minor units. */
export function buildCommissionAdjustment(adjustment: {
  adjustmentId: string;
  agencyId: string;
  amount: number;
  currency: string;
}): Posting {
  const { agencyId, amount } = adjustment;
  const book = agencyBook(agencyId);
  return buildPosting({
    source: 'adjustment',
    key: `commission/${adjustment.adjustmentId}`,
    kind: 'commission_adjustment',
    currency: adjustment.currency,
    entries: [
      debit(RESELLER_BOOK, 'commission_adjustments', amount),
      credit(RESELLER_BOOK, `agency_payable:${agencyId}`, amount),
      debit(book, 'receivable:reseller', amount),
      credit(book, 'commission_income', amount),
    ],
  });
}

/** What a statement takes over, in minor units. */
export interface StatementFigures {
  readonly statementId: string;
  readonly agencyId: string;
  readonly currency: string;
  /** Earnings less clawbacks and memos, by the account of the reseller's book they stand on. */
  readonly fromCard: number;
  readonly fromWallet: number;
  /** Held back by this statement, and given back of what earlier ones held. */
  readonly reserve: number;
  readonly reserveReleased: number;
}

/**
 * A statement closes: what was owed by booking becomes one sum that is due, less the reserve. A negative sum stays there as the agency's
 * debt and is carried to its next statement. One posting per statement.
 */
export function buildStatementClose(figures: StatementFigures): Posting {
  const { agencyId, fromCard, fromWallet, reserve, reserveReleased } = figures;
  const book = agencyBook(agencyId);
  const total = fromCard + fromWallet;
  const held = reserve - reserveReleased;
  return buildPosting({
    source: 'settlement',
    key: `${figures.statementId}/close`,
    kind: 'statement_close',
    currency: figures.currency,
    entries: [
      debit(RESELLER_BOOK, `agency_payable:${agencyId}`, fromCard),
      debit(RESELLER_BOOK, `commission_payable:${agencyId}`, fromWallet),
      credit(RESELLER_BOOK, `settlement_payable:${agencyId}`, total - held),
      credit(RESELLER_BOOK, `settlement_reserve:${agencyId}`, held),
      debit(book, 'settlement_receivable:reseller', total - held),
      debit(book, 'reserve_receivable:reseller', held),
      credit(book, 'receivable:reseller', total),
    ],
  });
}

/** A payout has left the reseller's bank or its balance at Stripe; `returned`: it came back. One posting per payout and direction. */
export function buildPayout(payout: {
  payoutId: string;
  agencyId: string;
  amount: number;
  currency: string;
  direction: 'paid' | 'returned';
  /** What it leaves: the bank, or the balance at Stripe. */
  from?: 'bank_clearing' | 'psp_clearing';
}): Posting {
  const { agencyId, direction, from = 'bank_clearing' } = payout;
  const amount = direction === 'paid' ? payout.amount : -payout.amount;
  const book = agencyBook(agencyId);
  return buildPosting({
    source: 'settlement',
    key: `${payout.payoutId}/${direction}`,
    kind: `payout_${direction}`,
    currency: payout.currency,
    entries: [
      debit(RESELLER_BOOK, `settlement_payable:${agencyId}`, amount),
      credit(RESELLER_BOOK, from, amount),
      debit(book, 'bank_clearing', amount),
      credit(book, 'settlement_receivable:reseller', amount),
    ],
  });
}

/**
 * The platform's fee was taken with a card payment in the reseller's own account: it is paid at once, not owed. `returned`: what the
 * platform waived came back. One posting per payment, and per refund.
 */
export function buildApplicationFee(fee: {
  key: string;
  amount: number;
  currency: string;
  direction: 'taken' | 'returned';
}): Posting {
  const amount = fee.direction === 'taken' ? fee.amount : -fee.amount;
  return buildPosting({
    source: 'settlement',
    key: `${fee.key}/application_fee`,
    kind: `application_fee_${fee.direction}`,
    currency: fee.currency,
    entries: [debit(RESELLER_BOOK, 'platform_payable', amount), credit(RESELLER_BOOK, 'psp_clearing', amount)],
  });
}
