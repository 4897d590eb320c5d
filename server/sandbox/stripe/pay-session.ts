import type Stripe from 'stripe';
import { answerChallenge, confirmIntent } from './confirm-payment-intent.ts';
import type { CardConduct } from './cards.ts';
import { presentSession } from './checkout-sessions.ts';
import type { Context } from './context.ts';
import { emit, idOf, load, newId, nowSeconds, save } from './context.ts';
import { StripeError, noSuch } from './errors.ts';
import { buildPaymentIntent } from './payment-intent.ts';
import { addCard, cardsOf, keepCard } from './payment-methods.ts';

/** A card typed into the page, and whether it is to be kept. */
export interface Payer {
  conduct: CardConduct;
  expiry: { month: number; year: number };
  name: string;
  email: string;
  keepsCard: boolean;
}

function openIntent(ctx: Context, session: Stripe.Checkout.Session): Stripe.PaymentIntent {
  if (typeof session.payment_intent === 'string') return load(ctx, 'payment_intent', session.payment_intent);
  const asked = ctx.store.get('session_secrets', session.id);
  const intent = save(
    ctx,
    'payment_intent',
    buildPaymentIntent({
      id: newId('pi'),
      secret: newId('', 25).slice(1),
      created: nowSeconds(),
      amount: session.amount_total ?? 0,
      currency: session.currency ?? 'eur',
      captureMethod: asked?.captureMethod ?? 'automatic_async',
      metadata: asked?.metadata ?? {},
      fields: {
        description: asked?.description ?? null,
        customer: session.customer,
        receipt_email: asked?.receiptEmail ?? null,
        setup_future_usage: asked?.setupFutureUsage ?? null,
        statement_descriptor: asked?.statementDescriptor ?? null,
        statement_descriptor_suffix: asked?.statementDescriptorSuffix ?? null,
        application_fee_amount: asked?.applicationFeeAmount ?? null,
        transfer_group: asked?.transferGroup ?? null,
        on_behalf_of: asked?.onBehalfOf ?? null,
      },
    }),
  );
  save(ctx, 'checkout_session', { ...session, payment_intent: intent.id });
  emit(ctx, 'payment_intent.created', intent);
  return intent;
}

/** Cards the page shows a customer: those that were kept by its own box. */
export const cardsShown = (ctx: Context, session: Stripe.Checkout.Session): Stripe.PaymentMethod[] =>
  session.customer === null || session.saved_payment_method_options === null
    ? []
    : cardsOf(ctx, idOf(session.customer)).filter((method) => method.allow_redisplay === 'always');

/** Pays an open session with a typed card or a kept one. Throws the bank's refusal; the session stays open for another try. */
export function paySession(ctx: Context, sessionId: string, payer: Payer | { kept: string }): Stripe.PaymentIntent {
  const session = load(ctx, 'checkout_session', sessionId);
  if (session.status !== 'open')
    throw new StripeError(400, {
      type: 'invalid_request_error',
      message: `This Checkout Session is ${session.status}: it cannot be paid.`,
    });
  const method = 'kept' in payer ? findShown(ctx, session, payer.kept) : addTyped(ctx, sessionId, payer);
  const intent = openIntent(ctx, session);
  save(ctx, 'checkout_session', {
    ...load(ctx, 'checkout_session', sessionId),
    customer_details: {
      address: method.billing_details.address,
      business_name: null,
      email: method.billing_details.email,
      individual_name: null,
      name: method.billing_details.name,
      phone: null,
      tax_exempt: 'none',
      tax_ids: [],
    },
  });
  const answered = confirmIntent(
    ctx,
    { ...intent, payment_method: method.id },
    { returnUrl: sessionPageUrl(ctx, sessionId), offSession: false, errorOnAction: false, moto: false },
  );
  finishSession(ctx, sessionId, answered);
  return answered;
}

function findShown(ctx: Context, session: Stripe.Checkout.Session, id: string): Stripe.PaymentMethod {
  const method = cardsShown(ctx, session).find((shown) => shown.id === id);
  if (!method) throw noSuch('PaymentMethod', id, 'payment_method', 400);
  return method;
}

function addTyped(ctx: Context, sessionId: string, payer: Payer): Stripe.PaymentMethod {
  const asked = ctx.store.get('session_secrets', sessionId);
  if (asked) ctx.store.put('session_secrets', sessionId, { ...asked, keepsCard: payer.keepsCard });
  return addCard(ctx, payer.conduct, payer.expiry, { name: payer.name, email: payer.email });
}

export function sessionPageUrl(ctx: Context, sessionId: string): string {
  return `${ctx.publicUrl}/c/pay/${sessionId}`;
}

/** Answers the challenge of an intent, and completes the session it belongs to, if any. */
export function finishChallenge(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  outcome: 'complete' | 'fail',
): Stripe.PaymentIntent {
  const answered = answerChallenge(ctx, intent, outcome);
  const session = findSessionOf(ctx, intent.id);
  if (session) finishSession(ctx, session.id, answered);
  return answered;
}

export function findSessionOf(ctx: Context, intentId: string): Stripe.Checkout.Session | undefined {
  return ctx.store.all('checkout_session').find((session) => session.payment_intent === intentId);
}

/** Completes the session once the bank agreed: `paid` when captured, `unpaid` while the money is only held. */
function finishSession(ctx: Context, sessionId: string, intent: Stripe.PaymentIntent): void {
  if (intent.status !== 'succeeded' && intent.status !== 'requires_capture') return;
  const session = load(ctx, 'checkout_session', sessionId);
  if (session.status !== 'open') return;
  const isAsked = session.saved_payment_method_options?.payment_method_save === 'enabled';
  if (isAsked && session.customer && ctx.store.get('session_secrets', sessionId)?.keepsCard)
    keepCard(ctx, idOf(intent.payment_method), idOf(session.customer), 'always');
  const complete = save(ctx, 'checkout_session', {
    ...session,
    status: 'complete',
    payment_status: intent.status === 'succeeded' ? 'paid' : 'unpaid',
  });
  emit(ctx, 'checkout.session.completed', presentSession(complete));
}

export function successUrl(session: Stripe.Checkout.Session): string {
  return (session.success_url ?? '')
    .replaceAll('{CHECKOUT_SESSION_ID}', session.id)
    .replaceAll('%7BCHECKOUT_SESSION_ID%7D', session.id);
}
