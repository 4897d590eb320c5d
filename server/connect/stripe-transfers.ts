import Stripe from 'stripe';
import { overTheWire } from './stripe-accounts.ts';

export interface TransferOrder {
  /** Unique for good: what was sent under it is never sent again. */
  key: string;
  tenantId: string;
  statementId: string;
  payoutId: string;
  accountId: string;
  amountMinor: number;
  currency: string;
  description: string;
}
/** What became of an order. `refused`: Stripe will not send it, in Stripe's words; nothing has left. */
export type TransferAnswer = { kind: 'sent'; transferId: string } | { kind: 'refused'; reason: string };

/** Transfers from the platform's balance to connected accounts (separate charges and transfers). */
export function createStripeTransfers(stripe: Stripe) {
  return {
    /**
     * Sends money once per key. Stripe forgets idempotency keys after a day: an order that was lost for longer is found again by its group.
     * @throws StripeAway when it is not known what happened: ask again with the same order
     */
    async send(order: TransferOrder): Promise<TransferAnswer> {
      const group = `payout:${order.key}`;
      const before = await overTheWire(() => stripe.transfers.list({ transfer_group: group, limit: 1 }));
      const known = before.data[0];
      if (known) return { kind: 'sent', transferId: known.id };
      try {
        const made = await overTheWire(() =>
          stripe.transfers.create(
            {
              amount: order.amountMinor,
              currency: order.currency.toLowerCase(),
              destination: order.accountId,
              description: order.description,
              transfer_group: group,
              metadata: { tenant_id: order.tenantId, statement_id: order.statementId, payout_id: order.payoutId },
            },
            { idempotencyKey: order.key },
          ),
        );
        return { kind: 'sent', transferId: made.id };
      } catch (error) {
        if (error instanceof Stripe.errors.StripeInvalidRequestError)
          return { kind: 'refused', reason: error.code ?? error.message };
        throw error;
      }
    },
    /** Whether a transfer was taken back, and the whole of it. */
    async read(transferId: string): Promise<{ isReversed: boolean }> {
      const transfer = await overTheWire(() => stripe.transfers.retrieve(transferId));
      return { isReversed: transfer.reversed };
    },
  };
}

export type StripeTransfers = ReturnType<typeof createStripeTransfers>;
