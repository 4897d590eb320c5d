import { RESELLER_BOOK, buildPosting, credit, debit } from './posting.ts';
import type { Posting } from './posting.ts';

/**
 * The payment service's fees of a day: taken out of what it holds. `amount` is what the books lack of the day's `total` (minor units): one
 * posting per day, currency and total, so that a fee told late is posted too.
 */
export const buildServiceFees = (fees: { day: string; amount: number; total: number; currency: string }): Posting =>
  buildPosting({
    source: 'reconciliation',
    key: `fees/${fees.day}/${fees.currency}/${fees.total}`,
    kind: 'service_fees',
    currency: fees.currency,
    entries: [debit(RESELLER_BOOK, 'psp_fees', fees.amount), credit(RESELLER_BOOK, 'psp_clearing', fees.amount)],
  });

/**
 * An accepted difference: afterwards the account holds what the other side says. `gap` is what the account lacks, debit positive, in minor
 * units; the other leg is a named account of its own. One posting per decision, which the key names.
 */
export const buildAcceptedDifference = (difference: {
  account: 'psp_clearing' | 'supplier_payable';
  key: string;
  gap: number;
  currency: string;
}): Posting =>
  buildPosting({
    source: 'reconciliation',
    key: `accept/${difference.key}`,
    kind: 'accepted_difference',
    currency: difference.currency,
    entries: [
      debit(RESELLER_BOOK, difference.account, difference.gap),
      credit(RESELLER_BOOK, 'reconciliation_differences', difference.gap),
    ],
  });
