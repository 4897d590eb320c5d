import type Stripe from 'stripe';
import { unexpectedState } from './errors.ts';

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';
type Act = 'confirm' | 'capture' | 'cancel' | 'update amount of';

/** docs.stripe.com/payments/paymentintents/lifecycle: from which states each act is possible. */
const ALLOWED: Record<Act, readonly IntentStatus[]> = {
  confirm: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  capture: ['requires_capture'],
  cancel: ['requires_payment_method', 'requires_confirmation', 'requires_action', 'processing', 'requires_capture'],
  'update amount of': ['requires_payment_method', 'requires_confirmation', 'requires_action'],
};

const REFUSED: Record<Act, (intent: Stripe.PaymentIntent, allowed: string) => string> = {
  confirm: (intent) =>
    intent.status === 'succeeded'
      ? 'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.'
      : `You cannot confirm this PaymentIntent because it has a status of ${intent.status}.`,
  capture: (intent, allowed) =>
    intent.status === 'succeeded'
      ? `This PaymentIntent could not be captured because it has already been captured.`
      : `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: ${allowed}.`,
  cancel: (intent, allowed) =>
    `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${allowed}.`,
  'update amount of': (intent, allowed) =>
    `This PaymentIntent's amount could not be updated because it has a status of ${intent.status}. You may only update the amount of a PaymentIntent with one of the following statuses: ${allowed}.`,
};

/** Throws `payment_intent_unexpected_state` when the act is not possible in the intent's state. */
export function assertAllowed(intent: Stripe.PaymentIntent, act: Act): void {
  const allowed = ALLOWED[act];
  if (!allowed.some((status) => status === intent.status))
    throw unexpectedState(REFUSED[act](intent, allowed.join(', ')), intent);
}

export interface NewIntent {
  id: string;
  secret: string;
  created: number;
  amount: number;
  currency: string;
  captureMethod: Stripe.PaymentIntent.CaptureMethod;
  metadata: Record<string, string>;
  fields: Partial<
    Pick<
      Stripe.PaymentIntent,
      | 'application_fee_amount'
      | 'automatic_payment_methods'
      | 'confirmation_method'
      | 'customer'
      | 'description'
      | 'on_behalf_of'
      | 'payment_method'
      | 'payment_method_options'
      | 'payment_method_types'
      | 'receipt_email'
      | 'setup_future_usage'
      | 'shipping'
      | 'statement_descriptor'
      | 'statement_descriptor_suffix'
      | 'transfer_data'
      | 'transfer_group'
    >
  >;
}

/** A complete new intent, before any confirmation. */
export function buildPaymentIntent(input: NewIntent): Stripe.PaymentIntent {
  return {
    id: input.id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: input.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: input.captureMethod,
    client_secret: `${input.id}_secret_${input.secret}`,
    confirmation_method: 'automatic',
    created: input.created,
    currency: input.currency,
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: input.metadata,
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: input.fields.payment_method ? 'requires_confirmation' : 'requires_payment_method',
    transfer_group: null,
    ...input.fields,
  };
}
