import type Stripe from 'stripe';

/** A movement of the balance, with what its source says of us. Amounts in minor units; a refund is negative. */
export interface BalanceLine {
  id: string;
  type: string;
  reference: string;
  /** Our own id for what it is, where it is no booking's: a top-up, a payout. */
  ourId: string | null;
  currency: string;
  amountMinor: number;
  feeMinor: number;
  happenedAt: Date;
  tenantId: string | null;
  bookingId: string | null;
  intentId: string | null;
}

interface Source {
  id?: string;
  metadata?: Record<string, string> | null;
  payment_intent?: string | { id: string } | null;
}

/** A dispute's fee is held and lost with it, in the dispute's own posting: its lines count with it. */
const isDispute = (transaction: Stripe.BalanceTransaction): boolean =>
  transaction.reporting_category === 'dispute' || transaction.reporting_category === 'dispute_reversal';

/** Reads Stripe's balance transactions, for comparison with the books. @see https://docs.stripe.com/api/balance_transactions */
export function createBalanceLines(stripe: Stripe) {
  const toLine = (transaction: Stripe.BalanceTransaction, source: Source | null): BalanceLine => ({
    id: transaction.id,
    type: transaction.type,
    reference: source?.id ?? (typeof transaction.source === 'string' ? transaction.source : transaction.id),
    ourId: source?.metadata?.['top_up_id'] ?? source?.metadata?.['payout_id'] ?? null,
    currency: transaction.currency.toUpperCase(),
    amountMinor: isDispute(transaction) ? transaction.net : transaction.amount,
    // A connected account's transaction bears the platform's fee too: that one is in the books already.
    feeMinor: isDispute(transaction)
      ? 0
      : transaction.fee_details.reduce((sum, fee) => (fee.type === 'stripe_fee' ? sum + fee.amount : sum), 0),
    happenedAt: new Date(transaction.created * 1000),
    tenantId: source?.metadata?.['tenant_id'] ?? null,
    bookingId: source?.metadata?.['booking_id'] ?? null,
    intentId: typeof source?.payment_intent === 'string' ? source.payment_intent : (source?.payment_intent?.id ?? null),
  });
  const ofSource = (source: Source & { balance_transaction?: string | Stripe.BalanceTransaction | null }) =>
    source.balance_transaction && typeof source.balance_transaction === 'object'
      ? [toLine(source.balance_transaction, source)]
      : [];

  return {
    /** Those of one UTC day (`YYYY-MM-DD`): of every tenant in the platform's own account, or those of a connected one. */
    async ofDay(day: string, account?: string): Promise<BalanceLine[]> {
      const from = Date.parse(`${day}T00:00:00Z`) / 1000;
      const lines: BalanceLine[] = [];
      const pages = stripe.balanceTransactions.list(
        { created: { gte: from, lt: from + 86_400 }, limit: 100, expand: ['data.source'] },
        account ? { stripeAccount: account } : {},
      );
      for await (const transaction of pages)
        lines.push(
          toLine(transaction, transaction.source && typeof transaction.source === 'object' ? transaction.source : null),
        );
      return lines;
    },
    /** Those of one payment, in the account it was made in: its charges and refunds. */
    async ofIntent(intentId: string, account: string | null): Promise<BalanceLine[]> {
      const of = { payment_intent: intentId, limit: 100, expand: ['data.balance_transaction'] };
      const [charges, refunds] = await Promise.all([
        stripe.charges.list(of, account ? { stripeAccount: account } : {}),
        stripe.refunds.list(of, account ? { stripeAccount: account } : {}),
      ]);
      return [...charges.data, ...refunds.data].flatMap(ofSource);
    },
  };
}
