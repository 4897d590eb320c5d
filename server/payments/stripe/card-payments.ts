import Stripe from 'stripe';
import { must } from '../../kernel/must.ts';
import type { Payment, PaymentState } from '../payment.ts';

export interface CardCharge {
  paymentId: string;
  bookingId: string;
  tenantId: string;
  amountMinor: number;
  currency: string;
  description: string;
  email: string;
  locale: string;
  /** Pages of the brand the person comes back to. */
  successUrl: string;
  cancelUrl: string;
  /** Connected account it is made in, and the platform's part of it; null and 0 with the platform's own key. */
  stripeAccount: string | null;
  applicationFeeMinor: number;
  /** When the payment was made: the page's life counts from it, so that a repeat asks Stripe for the very same page. */
  startedAt: Date;
}

/** What Stripe says of a payment now. */
export interface CardStatus {
  state: PaymentState;
  intentId: string | null;
  checkoutSessionId?: string | null;
  actionUrl: string | null;
  failureCode: string | null;
  failureMessage: string | null;
  capturedMinor: number;
}

/** Shortest life Stripe gives a hosted page is 30 minutes; a minute more guards against clock differences. */
const PAGE_LIFE_SECONDS = 31 * 60;

/**
 * Card payments over Stripe PaymentIntents: authorise first, capture after the supplier confirmed. Each call carries an idempotency key
 * made of our payment id, so that a repeat after a crash finds the first.
 */
export function createCardPayments(stripe: Stripe) {
  const metadataOf = (charge: CardCharge) => ({
    tenant_id: charge.tenantId,
    booking_id: charge.bookingId,
    payment_id: charge.paymentId,
  });

  /**
   * Hosted payment page: card data never reaches us (PCI DSS SAQ A), Stripe runs 3-D Secure and lets the person try another card. For a
   * customer it shows the cards kept, and asks by a box that is not ticked whether to keep this one.
   */
  async function openPage(charge: CardCharge, customerId: string | null): Promise<CardStatus> {
    const metadata = metadataOf(charge);
    const session = await stripe.checkout.sessions.create(
      {
        mode: 'payment',
        line_items: [
          {
            quantity: 1,
            price_data: {
              currency: charge.currency.toLowerCase(),
              unit_amount: charge.amountMinor,
              product_data: { name: charge.description },
            },
          },
        ],
        payment_intent_data: {
          capture_method: 'manual',
          metadata,
          description: charge.description,
          ...feeOf(charge),
        },
        ...(customerId === null
          ? { customer_email: charge.email }
          : { customer: customerId, saved_payment_method_options: { payment_method_save: 'enabled' } }),
        client_reference_id: charge.bookingId,
        success_url: charge.successUrl,
        cancel_url: charge.cancelUrl,
        expires_at: Math.floor(charge.startedAt.getTime() / 1000) + PAGE_LIFE_SECONDS,
        locale: charge.locale,
        metadata,
      },
      // A page for a customer Stripe had lost was never opened: the one without is another.
      { idempotencyKey: `${charge.paymentId}:page${customerId === null ? '' : ':customer'}`, ...accountOf(charge) },
    );
    return {
      state: 'requires_action',
      intentId: idOf(session.payment_intent),
      checkoutSessionId: session.id,
      actionUrl: session.url,
      failureCode: null,
      failureMessage: null,
      capturedMinor: 0,
    };
  }

  /** Confirms a payment method the caller made with Stripe. A decline is an answer, not an exception. */
  async function confirm(charge: CardCharge, paymentMethodId: string): Promise<CardStatus> {
    try {
      const intent = await stripe.paymentIntents.create(
        {
          amount: charge.amountMinor,
          currency: charge.currency.toLowerCase(),
          payment_method: paymentMethodId,
          allowed_payment_method_types: ['card'],
          capture_method: 'manual',
          confirm: true,
          return_url: charge.successUrl,
          description: charge.description,
          receipt_email: charge.email,
          metadata: metadataOf(charge),
          ...feeOf(charge),
        },
        { idempotencyKey: `${charge.paymentId}:confirm`, ...accountOf(charge) },
      );
      return statusOf(intent);
    } catch (error) {
      if (isUnusable(error)) return { ...noStatus('failed'), failureCode: 'payment_method_unusable' };
      if (!(error instanceof Stripe.errors.StripeCardError)) throw error;
      return {
        state: 'failed',
        intentId: error.payment_intent?.id ?? null,
        actionUrl: null,
        failureCode: error.decline_code ?? error.code ?? 'card_declined',
        failureMessage: error.message,
        capturedMinor: 0,
      };
    }
  }

  return {
    openPage,
    confirm,
    /** Stripe's truth, whatever webhooks arrived in which order. */
    async read(payment: Payment): Promise<CardStatus | undefined> {
      if (payment.checkoutSessionId && !payment.intentId) return readSession(payment.checkoutSessionId, payment);
      if (!payment.intentId) return undefined;
      const status = statusOf(await stripe.paymentIntents.retrieve(payment.intentId, {}, accountOf(payment)));
      // On the hosted page a declined card may be followed by another: the payment is over only when the page is.
      if (status.state !== 'failed' || !payment.checkoutSessionId) return status;
      return {
        ...(await readSession(payment.checkoutSessionId, payment)),
        failureCode: status.failureCode,
        failureMessage: status.failureMessage,
      };
    },
    async capture(payment: Payment): Promise<CardStatus> {
      return statusOf(
        await stripe.paymentIntents.capture(
          intentOf(payment),
          {},
          { idempotencyKey: `${payment.id}:capture`, ...accountOf(payment) },
        ),
      );
    },
    /** Frees an authorisation, or closes an unpaid page. Safe to repeat. */
    async cancel(payment: Payment): Promise<void> {
      if (payment.checkoutSessionId)
        await stripe.checkout.sessions.expire(payment.checkoutSessionId, {}, accountOf(payment)).catch(ignoreInvalid);
      if (payment.intentId)
        await stripe.paymentIntents
          .cancel(payment.intentId, {}, { idempotencyKey: `${payment.id}:cancel`, ...accountOf(payment) })
          .catch(ignoreInvalid);
    },
    async refund(payment: Payment, refund: { key: string; amountMinor: number; tenantId: string }): Promise<string> {
      const made = await stripe.refunds.create(
        {
          payment_intent: intentOf(payment),
          amount: refund.amountMinor,
          metadata: { tenant_id: refund.tenantId, payment_id: payment.id, booking_id: payment.bookingId },
        },
        { idempotencyKey: `${payment.id}:refund:${refund.key}`, ...accountOf(payment) },
      );
      return made.id;
    },
  };

  async function readSession(sessionId: string, payment: Payment): Promise<CardStatus> {
    const expand = { expand: ['payment_intent'] };
    const session = await stripe.checkout.sessions.retrieve(sessionId, expand, accountOf(payment));
    const intent = session.payment_intent;
    const page = { intentId: idOf(intent), checkoutSessionId: session.id };
    if (session.status === 'expired') return { ...noStatus('cancelled'), ...page };
    if (session.status === 'open') return { ...noStatus('requires_action'), ...page, actionUrl: session.url };
    if (intent && typeof intent === 'object') return { ...statusOf(intent), ...page };
    return { ...noStatus('processing'), ...page };
  }
}

export type CardPayments = ReturnType<typeof createCardPayments>;

/** A payment lives in one account of Stripe: every call about it names that one. */
const accountOf = ({ stripeAccount }: Pick<Payment, 'stripeAccount'>): Stripe.RequestOptions =>
  stripeAccount === null ? {} : { stripeAccount };

const feeOf = ({ stripeAccount, applicationFeeMinor }: CardCharge): { application_fee_amount?: number } =>
  stripeAccount === null || applicationFeeMinor === 0 ? {} : { application_fee_amount: applicationFeeMinor };

const noStatus = (state: PaymentState): CardStatus => ({
  state,
  intentId: null,
  actionUrl: null,
  failureCode: null,
  failureMessage: null,
  capturedMinor: 0,
});

const idOf = (reference: string | { id: string } | null): string | null =>
  typeof reference === 'string' ? reference : (reference?.id ?? null);

function statusOf(intent: Stripe.PaymentIntent): CardStatus {
  const states: Record<string, PaymentState> = {
    requires_payment_method: intent.last_payment_error ? 'failed' : 'created',
    requires_confirmation: 'created',
    requires_action: 'requires_action',
    processing: 'processing',
    requires_capture: 'authorised',
    succeeded: 'succeeded',
    canceled: 'cancelled',
  };
  return {
    state: states[intent.status] ?? 'processing',
    intentId: intent.id,
    actionUrl: intent.next_action?.redirect_to_url?.url ?? null,
    failureCode: intent.last_payment_error?.decline_code ?? intent.last_payment_error?.code ?? null,
    failureMessage: intent.last_payment_error?.message ?? null,
    capturedMinor: intent.status === 'succeeded' ? intent.amount_received : 0,
  };
}

/** A payment method that is not there, or is kept for somebody else. */
const isUnusable = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeInvalidRequestError && error.param === 'payment_method';

/** Money moves only on an authorised payment, and the authorisation came with the intent. */
const intentOf = (payment: Payment): string => must(payment.intentId, `the card intent of payment ${payment.id}`);

/** Already captured, cancelled or expired: then there is nothing left to cancel. */
function ignoreInvalid(error: unknown): void {
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) throw error;
}
