import type Stripe from 'stripe';
import { must } from '../../kernel/must.ts';
import type { Payment } from '../payment.ts';

/** The platform's part of payments in connected accounts. It belongs to the platform: calls about it name no account. */
export function createApplicationFees(stripe: Stripe) {
  return {
    /** Gives part of it back, once per key, also after Stripe forgot its idempotency keys (a day); answers Stripe's id. */
    async giveBack(payment: Payment, { key, amountMinor }: { key: string; amountMinor: number }): Promise<string> {
      const stripeAccount = must(payment.stripeAccount, `the account of payment ${payment.id}`);
      const intentId = must(payment.intentId, `the card intent of payment ${payment.id}`);
      const intent = await stripe.paymentIntents.retrieve(intentId, { expand: ['latest_charge'] }, { stripeAccount });
      const charge = intent.latest_charge;
      const fee = charge !== null && typeof charge === 'object' ? charge.application_fee : null;
      const feeId = must(typeof fee === 'string' ? fee : fee?.id, `the application fee of payment ${payment.id}`);
      const before = await stripe.applicationFees.listRefunds(feeId, { limit: 100 });
      const known = before.data.find(({ metadata }) => metadata?.key === key);
      if (known) return known.id;
      const made = await stripe.applicationFees.createRefund(
        feeId,
        { amount: amountMinor, metadata: { key, payment_id: payment.id } },
        { idempotencyKey: `${payment.id}:fee:${key}` },
      );
      return made.id;
    },
  };
}
