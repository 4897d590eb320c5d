import type Stripe from 'stripe';
import { assertDirectCharge } from './accounts.ts';
import { formatAmount, readAmount, readCurrency } from './amounts.ts';
import { captureCharge, releaseCharge } from './charges.ts';
import { confirmIntent, readConfirmation } from './confirm-payment-intent.ts';
import type { Context } from './context.ts';
import { emit, idOf, load, newId, nowSeconds, ownedBy, save } from './context.ts';
import { disputeByCard } from './disputes.ts';
import { StripeError, invalidParam } from './errors.ts';
import type { Params } from './params.ts';
import {
  allowOnly,
  readBoolean,
  readChild,
  readInteger,
  readMetadata,
  readOneOf,
  readString,
  readStrings,
} from './params.ts';
import { assertAllowed, buildPaymentIntent } from './payment-intent.ts';
import { readPaymentMethod, resolvePaymentMethod } from './payment-methods.ts';

const CREATE = [
  'amount',
  'currency',
  'allowed_payment_method_types',
  'amount_details',
  'application_fee_amount',
  'automatic_payment_methods',
  'capture_method',
  'confirm',
  'confirmation_method',
  'confirmation_token',
  'customer',
  'customer_account',
  'description',
  'error_on_requires_action',
  'excluded_payment_method_types',
  'hooks',
  'mandate',
  'mandate_data',
  'metadata',
  'off_session',
  'on_behalf_of',
  'payment_details',
  'payment_method',
  'payment_method_configuration',
  'payment_method_data',
  'payment_method_options',
  'radar_options',
  'receipt_email',
  'return_url',
  'setup_future_usage',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_data',
  'transfer_group',
  'use_stripe_sdk',
] as const satisfies readonly (keyof Stripe.PaymentIntentCreateParams)[];
const UPDATE = [
  'amount',
  'amount_details',
  'application_fee_amount',
  'capture_method',
  'currency',
  'customer',
  'description',
  'metadata',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_data',
  'transfer_group',
] as const satisfies readonly (keyof Stripe.PaymentIntentUpdateParams)[];
const CAPTURE = [
  'amount_details',
  'amount_to_capture',
  'application_fee_amount',
  'final_capture',
  'hooks',
  'metadata',
  'payment_details',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_data',
] as const satisfies readonly (keyof Stripe.PaymentIntentCaptureParams)[];
const REASONS = ['abandoned', 'duplicate', 'fraudulent', 'requested_by_customer'] as const;

function readDescriptor(params: Params, key: 'statement_descriptor' | 'statement_descriptor_suffix'): string | null {
  const text = readString(params, key);
  if (text === undefined) return null;
  if (text.length > 22)
    throw invalidParam(key, `The statement descriptor must be at most 22 characters. The length was ${text.length}.`);
  if (/[<>\\'"*]/.test(text))
    throw invalidParam(
      key,
      'The statement descriptor must not contain any of the following characters: <, >, \\, \', ", *',
    );
  return text;
}

function readShipping(params: Params): Stripe.PaymentIntent.Shipping | null {
  const shipping = readChild(params, 'shipping');
  const address = shipping && readChild(shipping, 'address');
  if (!shipping || !address) return null;
  const part = (key: string): string | null => readString(address, key) ?? null;
  return {
    address: {
      city: part('city'),
      country: part('country'),
      line1: part('line1'),
      line2: part('line2'),
      postal_code: part('postal_code'),
      state: part('state'),
    },
    name: readString(shipping, 'name') ?? '',
    phone: readString(shipping, 'phone') ?? null,
  };
}

function readMethodId(ctx: Context, params: Params): string | null {
  const id = readString(params, 'payment_method');
  if (id) return resolvePaymentMethod(ctx, id).id;
  const data = readChild(params, 'payment_method_data');
  return data ? readPaymentMethod(ctx, data).id : null;
}

function readFee(ctx: Context, params: Params, amount: number): number | null {
  const fee = readInteger(params, 'application_fee_amount');
  if (fee === undefined) return null;
  assertDirectCharge(ctx, 'application_fee_amount');
  if (fee < 0 || fee > amount)
    throw invalidParam(
      'application_fee_amount',
      `Application fee amount must be between 0 and the amount of the payment (${amount}).`,
    );
  return fee;
}

/** Which payment methods the intent takes: named ones, or the account's (the default since 2023-08-16). */
function readMethodTypes(
  params: Params,
): Pick<Stripe.PaymentIntent, 'payment_method_types' | 'automatic_payment_methods'> {
  const types = readStrings(params, 'allowed_payment_method_types') ?? readStrings(params, 'payment_method_types');
  if (types && !types.includes('card'))
    throw invalidParam(
      'payment_method_types',
      `This sandbox takes only card payments; you asked for ${types.join(', ')}.`,
    );
  if (types) return { payment_method_types: ['card'], automatic_payment_methods: null };
  const automatic = readChild(params, 'automatic_payment_methods');
  const enabled = automatic ? (readBoolean(automatic, 'enabled') ?? false) : true;
  const redirects = (automatic && readOneOf(automatic, 'allow_redirects', ['always', 'never'] as const)) ?? 'always';
  return {
    payment_method_types: ['card'],
    automatic_payment_methods: enabled ? { allow_redirects: redirects, enabled } : null,
  };
}

export function createPaymentIntent(ctx: Context, params: Params): Stripe.PaymentIntent {
  allowOnly(params, [...CREATE, 'payment_method_types']);
  const currency = readCurrency(params);
  const amount = readAmount(params, currency);
  const customer = readString(params, 'customer');
  const intent = save(
    ctx,
    'payment_intent',
    buildPaymentIntent({
      id: newId('pi'),
      secret: newId('', 25).slice(1),
      created: nowSeconds(),
      amount,
      currency,
      captureMethod:
        readOneOf(params, 'capture_method', ['automatic', 'automatic_async', 'manual'] as const) ?? 'automatic_async',
      metadata: readMetadata(params),
      fields: {
        ...readMethodTypes(params),
        payment_method: readMethodId(ctx, params),
        payment_method_options: readMethodOptions(params),
        application_fee_amount: readFee(ctx, params, amount),
        confirmation_method: readOneOf(params, 'confirmation_method', ['automatic', 'manual'] as const) ?? 'automatic',
        customer: customer ? load(ctx, 'customer', customer, 'customer').id : null,
        description: readString(params, 'description') ?? null,
        on_behalf_of: readString(params, 'on_behalf_of') ?? null,
        receipt_email: readString(params, 'receipt_email') ?? null,
        setup_future_usage: readOneOf(params, 'setup_future_usage', ['off_session', 'on_session'] as const) ?? null,
        shipping: readShipping(params),
        statement_descriptor: readDescriptor(params, 'statement_descriptor'),
        statement_descriptor_suffix: readDescriptor(params, 'statement_descriptor_suffix'),
        transfer_group: readString(params, 'transfer_group') ?? null,
      },
    }),
  );
  emit(ctx, 'payment_intent.created', intent);
  if (readBoolean(params, 'confirm')) return confirmIntent(ctx, intent, readConfirmation(params));
  return intent;
}

function readMethodOptions(params: Params): Stripe.PaymentIntent.PaymentMethodOptions {
  const card = readChild(readChild(params, 'payment_method_options') ?? {}, 'card');
  const request = card
    ? readOneOf(card, 'request_three_d_secure', ['any', 'automatic', 'challenge'] as const)
    : undefined;
  return {
    card: { installments: null, mandate_options: null, network: null, request_three_d_secure: request ?? 'automatic' },
  };
}

export function updatePaymentIntent(ctx: Context, id: string, params: Params): Stripe.PaymentIntent {
  allowOnly(params, [...UPDATE, 'payment_method_types']);
  const intent = load(ctx, 'payment_intent', id);
  if (params.amount !== undefined || params.currency !== undefined) assertAllowed(intent, 'update amount of');
  const currency = params.currency === undefined ? intent.currency : readCurrency(params);
  const amount = params.amount === undefined ? intent.amount : readAmount(params, currency);
  const method = readMethodId(ctx, params);
  if (method) assertAllowed(intent, 'confirm');
  return save(ctx, 'payment_intent', {
    ...intent,
    amount,
    currency,
    metadata: readMetadata(params, intent.metadata),
    description: readString(params, 'description') ?? intent.description,
    receipt_email: readString(params, 'receipt_email') ?? intent.receipt_email,
    application_fee_amount: readFee(ctx, params, amount) ?? intent.application_fee_amount,
    shipping: readShipping(params) ?? intent.shipping,
    statement_descriptor_suffix:
      readDescriptor(params, 'statement_descriptor_suffix') ?? intent.statement_descriptor_suffix,
    transfer_group: readString(params, 'transfer_group') ?? intent.transfer_group,
    ...(method
      ? {
          payment_method: method,
          status: 'requires_confirmation' as const,
          last_payment_error: null,
          next_action: null,
        }
      : {}),
  });
}

/** Captures the whole authorisation or a smaller amount, once. */
export function capturePaymentIntent(ctx: Context, id: string, params: Params): Stripe.PaymentIntent {
  allowOnly(params, CAPTURE);
  const intent = load(ctx, 'payment_intent', id);
  assertAllowed(intent, 'capture');
  const amount = readInteger(params, 'amount_to_capture') ?? intent.amount_capturable;
  if (amount < 1)
    throw invalidParam(
      'amount_to_capture',
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
    );
  if (amount > intent.amount_capturable) {
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        code: 'amount_too_large',
        param: 'amount_to_capture',
        payment_intent: intent,
        message: `The amount to capture (${formatAmount(amount, intent.currency)}) is greater than the authorized amount (${formatAmount(intent.amount_capturable, intent.currency)}).`,
      },
      { replayable: true },
    );
  }
  const fee = readFee(ctx, params, amount) ?? intent.application_fee_amount;
  const authorised = load(ctx, 'charge', idOf(intent.latest_charge));
  const charge = captureCharge(ctx, { ...authorised, application_fee_amount: fee }, amount);
  const captured = save(ctx, 'payment_intent', {
    ...intent,
    amount_capturable: 0,
    amount_received: amount,
    status: 'succeeded',
    metadata: readMetadata(params, intent.metadata),
    application_fee_amount: fee,
  });
  emit(ctx, 'charge.captured', charge, { captured: false, amount_captured: 0 });
  emit(ctx, 'payment_intent.amount_capturable_updated', captured, { amount_capturable: intent.amount_capturable });
  emit(ctx, 'payment_intent.succeeded', captured);
  markSessionPaid(ctx, captured.id);
  disputeByCard(ctx, charge);
  return captured;
}

function markSessionPaid(ctx: Context, intentId: string): void {
  const session = ownedBy(ctx, 'checkout_session').find((candidate) => candidate.payment_intent === intentId);
  if (session) save(ctx, 'checkout_session', { ...session, payment_status: 'paid' });
}

/** Cancels; an authorisation that was held goes back to the card. */
export function cancelPaymentIntent(ctx: Context, id: string, params: Params): Stripe.PaymentIntent {
  allowOnly(params, ['cancellation_reason']);
  const intent = load(ctx, 'payment_intent', id);
  const reason = readOneOf(params, 'cancellation_reason', REASONS) ?? null;
  assertAllowed(intent, 'cancel');
  const open = ownedBy(ctx, 'checkout_session').find(
    (session) => session.payment_intent === id && session.status === 'open',
  );
  if (open)
    throw new StripeError(400, {
      type: 'invalid_request_error',
      message: `This PaymentIntent belongs to the open Checkout Session ${open.id}: expire the session instead.`,
    });
  return closeIntent(ctx, intent, reason);
}

export function closeIntent(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): Stripe.PaymentIntent {
  if (intent.status === 'requires_capture') releaseCharge(ctx, load(ctx, 'charge', idOf(intent.latest_charge)));
  const canceled = save(ctx, 'payment_intent', {
    ...intent,
    status: 'canceled',
    canceled_at: nowSeconds(),
    cancellation_reason: reason,
    amount_capturable: 0,
    next_action: null,
  });
  emit(ctx, 'payment_intent.canceled', canceled);
  return canceled;
}
