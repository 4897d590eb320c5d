import type Stripe from 'stripe';
import { askStripe } from '../payments/index.ts';
import { DISPUTE_STATES, type DisputeFacts } from './dispute.ts';
import { DisputeProviderAway, DisputeRefused } from './errors.ts';

/** What is sent to the bank. */
export interface Evidence {
  customerName?: string | undefined;
  customerEmail?: string | undefined;
  productDescription?: string | undefined;
  serviceDate?: string | undefined;
  text: string;
}
type In = { stripeAccount: string | null };

const optionsOf = ({ stripeAccount }: In): Stripe.RequestOptions => (stripeAccount === null ? {} : { stripeAccount });

function factsOf(dispute: Stripe.Dispute): DisputeFacts {
  const nets = dispute.balance_transactions.map(({ net }) => net);
  const sum = (wanted: (net: number) => boolean) => nets.filter(wanted).reduce((total, net) => total + net, 0);
  const intent = dispute.payment_intent;
  return {
    intentId: typeof intent === 'string' ? intent : (intent?.id ?? null),
    // A state Stripe adds later asks for a look, not for a decision.
    state: DISPUTE_STATES.find((state) => state === dispute.status) ?? 'under_review',
    reason: dispute.reason,
    amountMinor: dispute.amount,
    withdrawnMinor: Math.abs(sum((net) => net < 0)),
    returnedMinor: sum((net) => net > 0),
    currency: dispute.currency.toUpperCase(),
    dueAt: dispute.evidence_details.due_by === null ? null : new Date(dispute.evidence_details.due_by * 1000),
    openedAt: new Date(dispute.created * 1000),
  };
}

const answered = <T>(work: () => Promise<T>): Promise<T> =>
  askStripe(work, {
    away: () => DisputeProviderAway(),
    refused: (reason) => DisputeRefused({ reason }),
    // Somebody sends the same at this moment.
    repeated: () => DisputeProviderAway(),
  });

/** Calls about disputes, each in the account its payment was made in. */
export function createStripeDisputes(stripe: Stripe) {
  return {
    async read(disputeId: string, where: In): Promise<DisputeFacts> {
      return factsOf(await answered(() => stripe.disputes.retrieve(disputeId, {}, optionsOf(where))));
    },
    /** Sends the evidence to the bank. It can be sent once. @throws DisputeRefused, DisputeProviderAway */
    async submit(disputeId: string, evidence: Evidence, where: In & { key: string }): Promise<void> {
      const { customerName, customerEmail, productDescription, serviceDate, text } = evidence;
      await answered(() =>
        stripe.disputes.update(
          disputeId,
          {
            evidence: {
              ...(customerName ? { customer_name: customerName } : {}),
              ...(customerEmail ? { customer_email_address: customerEmail } : {}),
              ...(productDescription ? { product_description: productDescription } : {}),
              ...(serviceDate ? { service_date: serviceDate } : {}),
              uncategorized_text: text,
            },
            submit: true,
          },
          { ...optionsOf(where), idempotencyKey: where.key },
        ),
      );
    },
    /** Gives in: the dispute is lost. */
    async accept(disputeId: string, where: In & { key: string }): Promise<void> {
      await answered(() => stripe.disputes.close(disputeId, {}, { ...optionsOf(where), idempotencyKey: where.key }));
    },
  };
}

export type StripeDisputes = ReturnType<typeof createStripeDisputes>;
