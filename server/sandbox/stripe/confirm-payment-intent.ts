import type Stripe from 'stripe';
import type { CardConduct, Refusal } from './cards.ts';
import { REFUSALS } from './cards.ts';
import { addCharge, captureCharge } from './charges.ts';
import type { Context } from './context.ts';
import { emit, idOf, load, save } from './context.ts';
import { disputeByCard } from './disputes.ts';
import { StripeError, invalidParam } from './errors.ts';
import type { Params } from './params.ts';
import { allowOnly, readBoolean, readChild, readString } from './params.ts';
import { assertAllowed } from './payment-intent.ts';
import { assertPayableBy, keepCard, readPaymentMethod, resolvePaymentMethod } from './payment-methods.ts';

export interface Confirmation {
  returnUrl: string | undefined;
  /** The customer is not there to answer a challenge. */
  offSession: boolean;
  errorOnAction: boolean;
  /** Mail or telephone order: typed by an agent, exempt from strong customer authentication. */
  moto: boolean;
}

const CONFIRM = [
  'allowed_payment_method_types',
  'amount_details',
  'amount_to_confirm',
  'capture_method',
  'confirmation_token',
  'error_on_requires_action',
  'excluded_payment_method_types',
  'hooks',
  'mandate',
  'mandate_data',
  'off_session',
  'payment_details',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'radar_options',
  'receipt_email',
  'return_url',
  'setup_future_usage',
  'shipping',
  'use_stripe_sdk',
] as const satisfies readonly (keyof Stripe.PaymentIntentConfirmParams)[];

export function readConfirmation(params: Params): Confirmation {
  const returnUrl = readString(params, 'return_url');
  if (returnUrl !== undefined && !URL.canParse(returnUrl))
    throw invalidParam('return_url', `Not a valid URL: ${returnUrl}`, 'url_invalid');
  const card = readChild(readChild(params, 'payment_method_options') ?? {}, 'card') ?? {};
  return {
    returnUrl,
    errorOnAction: readBoolean(params, 'error_on_requires_action') ?? false,
    moto: readBoolean(card, 'moto') ?? false,
    offSession: params.off_session !== undefined && params.off_session !== 'false',
  };
}

export function confirmPaymentIntent(ctx: Context, id: string, params: Params): Stripe.PaymentIntent {
  allowOnly(params, [...CONFIRM, 'client_secret']);
  const intent = load(ctx, 'payment_intent', id);
  assertAllowed(intent, 'confirm');
  const given = readString(params, 'payment_method');
  const data = readChild(params, 'payment_method_data');
  const method = given ? resolvePaymentMethod(ctx, given) : data ? readPaymentMethod(ctx, data) : null;
  const email = readString(params, 'receipt_email') ?? intent.receipt_email;
  return confirmIntent(
    ctx,
    { ...intent, receipt_email: email, payment_method: method?.id ?? intent.payment_method },
    readConfirmation(params),
  );
}

/** Sends an intent with a payment method to the pretended bank: authorised, challenged or declined (402). */
export function confirmIntent(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  confirmation: Confirmation,
): Stripe.PaymentIntent {
  assertAllowed(intent, 'confirm');
  if (typeof intent.payment_method !== 'string') {
    throw new StripeError(400, {
      type: 'invalid_request_error',
      code: 'payment_intent_unexpected_state',
      payment_intent: intent,
      message:
        "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    });
  }
  if (
    intent.automatic_payment_methods?.allow_redirects === 'always' &&
    !confirmation.returnUrl &&
    !confirmation.offSession
  ) {
    throw invalidParam(
      'return_url',
      "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
    );
  }
  const method = load(ctx, 'payment_method', intent.payment_method, 'payment_method');
  assertPayableBy(method, intent.customer === null ? null : idOf(intent.customer));
  const conduct = ctx.store.get('card_conduct', method.id);
  const asks = intent.payment_method_options?.card?.request_three_d_secure;
  const challenged = (conduct?.challenge === 'always' || asks === 'any' || asks === 'challenge') && !confirmation.moto;
  if (challenged && (confirmation.offSession || confirmation.errorOnAction))
    return decline(ctx, intent, method, REFUSALS.authentication);
  if (challenged) return challenge(ctx, intent, confirmation.returnUrl);
  return authorise(ctx, intent, method, conduct, { authenticated: false, moto: confirmation.moto });
}

function challenge(ctx: Context, intent: Stripe.PaymentIntent, returnUrl: string | undefined): Stripe.PaymentIntent {
  const url = `${ctx.publicUrl}/3ds/${intent.id}?key=${encodeURIComponent(secretPart(intent))}`;
  const waiting = save(ctx, 'payment_intent', {
    ...intent,
    status: 'requires_action',
    last_payment_error: null,
    next_action: returnUrl
      ? { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } }
      : {
          type: 'use_stripe_sdk',
          use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: url, source: intent.id },
        },
  });
  if (returnUrl) ctx.store.put('return_url', intent.id, returnUrl);
  emit(ctx, 'payment_intent.requires_action', waiting);
  return waiting;
}

/** The part of the client secret after `_secret_`: it opens the challenge page. */
export function secretPart(intent: Stripe.PaymentIntent): string {
  return intent.client_secret?.split('_secret_')[1] ?? '';
}

function authorise(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  conduct: CardConduct | undefined,
  how: { authenticated: boolean; moto: boolean },
): Stripe.PaymentIntent {
  if (conduct?.refusal) return decline(ctx, intent, method, conduct.refusal, how);
  const authorised = addCharge(ctx, intent, { method, ...how }, null);
  if (intent.setup_future_usage && intent.customer) keepCard(ctx, method.id, idOf(intent.customer), 'limited');
  const cleared = { ...intent, latest_charge: authorised.id, last_payment_error: null, next_action: null };
  if (intent.capture_method === 'manual') {
    const held = save(ctx, 'payment_intent', {
      ...cleared,
      status: 'requires_capture',
      amount_capturable: intent.amount,
    });
    emit(ctx, 'charge.succeeded', authorised);
    emit(ctx, 'payment_intent.amount_capturable_updated', held, { amount_capturable: 0 });
    return held;
  }
  const charge = captureCharge(ctx, authorised, intent.amount);
  const paid = save(ctx, 'payment_intent', { ...cleared, status: 'succeeded', amount_received: intent.amount });
  emit(ctx, 'charge.succeeded', charge);
  emit(ctx, 'payment_intent.succeeded', paid);
  disputeByCard(ctx, charge);
  return paid;
}

/** Records the failed charge and the intent's error, then answers 402: those records stay. */
function decline(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  method: Stripe.PaymentMethod,
  refusal: Refusal,
  how = { authenticated: false, moto: false },
): never {
  const charge = addCharge(ctx, intent, { method, ...how }, refusal);
  const error = {
    type: 'card_error' as const,
    code: refusal.code,
    ...(refusal.declineCode ? { decline_code: refusal.declineCode } : {}),
    message: refusal.message,
    charge: charge.id,
    payment_method: method,
  };
  const failed = save(ctx, 'payment_intent', {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    latest_charge: charge.id,
    next_action: null,
    last_payment_error: {
      ...error,
      doc_url: `https://docs.stripe.com/error-codes/${refusal.code.replaceAll('_', '-')}`,
    },
  });
  emit(ctx, 'charge.failed', charge);
  emit(ctx, 'payment_intent.payment_failed', failed);
  throw new StripeError(402, { ...error, payment_intent: failed }, { keepChanges: true, replayable: true });
}

/** Ends a challenge: `complete` goes on to the bank, `fail` leaves the intent without a payment method. */
export function answerChallenge(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  outcome: 'complete' | 'fail',
): Stripe.PaymentIntent {
  assertAllowed(intent, 'confirm');
  const method = load(ctx, 'payment_method', idOf(intent.payment_method));
  if (outcome === 'complete')
    return authorise(ctx, intent, method, ctx.store.get('card_conduct', method.id), {
      authenticated: true,
      moto: false,
    });
  const failed = save(ctx, 'payment_intent', {
    ...intent,
    status: 'requires_payment_method',
    payment_method: null,
    next_action: null,
    last_payment_error: {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      payment_method: method,
      doc_url: 'https://docs.stripe.com/error-codes/payment-intent-authentication-failure',
      message:
        'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
    },
  });
  emit(ctx, 'payment_intent.payment_failed', failed);
  return failed;
}
