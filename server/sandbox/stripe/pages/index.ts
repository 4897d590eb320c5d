import type { IncomingMessage, ServerResponse } from 'node:http';
import type Stripe from 'stripe';
import type { ApiDeps } from '../api.ts';
import { checkCardEntry } from '../cards.ts';
import { expireDueSessions } from '../checkout-sessions.ts';
import { secretPart } from '../confirm-payment-intent.ts';
import type { Context } from '../context.ts';
import { StripeError } from '../errors.ts';
import { originOf, readBody, redirect, sendPage } from '../http.ts';
import { cardsShown, finishChallenge, findSessionOf, paySession, successUrl, type Payer } from '../pay-session.ts';
import { noticePage } from './layout.ts';
import { answerOnboarding } from './onboarding-page.ts';
import type { Entered, FieldName, Problem } from './payment-page.ts';
import { renderChallengePage, renderPaymentPage } from './payment-page.ts';
import { STYLE } from './style.ts';
import type { Texts } from './texts.ts';
import { textsFor } from './texts.ts';

type Page = { deps: ApiDeps; request: IncomingMessage; response: ServerResponse; texts: Texts };

const FIELDS: Record<string, FieldName> = {
  number: 'cardNumber',
  exp_month: 'cardExpiry',
  exp_year: 'cardExpiry',
  cvc: 'cardCvc',
};

function contextFor(deps: ApiDeps, objectId: string): Context {
  return {
    store: deps.store,
    publicUrl: deps.publicUrl,
    targets: deps.targets,
    account: deps.store.get('account', objectId) ?? null,
    requestId: null,
    idempotencyKey: null,
  };
}

function explain(error: StripeError, texts: Texts): Problem {
  const reason = error.body.decline_code ?? error.body.code ?? '';
  const field = error.body.param ? FIELDS[error.body.param] : undefined;
  return { message: texts.errors[reason] ?? error.message, ...(field ? { field } : {}) };
}

function lastProblem(deps: ApiDeps, session: Stripe.Checkout.Session, texts: Texts): Problem | null {
  const intent =
    typeof session.payment_intent === 'string' ? deps.store.get('payment_intent', session.payment_intent) : undefined;
  const error = intent?.last_payment_error;
  if (!error) return null;
  if (error.code === 'payment_intent_authentication_failure') return { message: texts.authFailed };
  return { message: texts.errors[error.decline_code ?? error.code ?? ''] ?? error.message ?? texts.errorTitle };
}

function showPayment(
  page: Page,
  session: Stripe.Checkout.Session,
  status: number,
  entered: Entered,
  problem: Problem | null,
): void {
  sendPage(
    page.response,
    status,
    renderPaymentPage(session, cardsShown(contextFor(page.deps, session.id), session), page.texts, entered, problem),
    originOf(session.success_url),
  );
}

function readExpiry(text: string): { month: number; year: number } {
  const match = /^\s*(\d{1,2})\s*[/\-. ]?\s*(\d{4}|\d{2})\s*$/.exec(text);
  return { month: Number(match?.[1] ?? Number.NaN), year: Number(match?.[2] ?? Number.NaN) };
}

function pay(page: Page, session: Stripe.Checkout.Session, form: URLSearchParams): void {
  const { texts } = page;
  const read = (name: FieldName): string => (form.get(name) ?? '').trim();
  const entered: Entered = { email: read('email'), cardExpiry: read('cardExpiry'), billingName: read('billingName') };
  const keptId = form.get('kept');
  if (keptId !== null) return send(page, session, entered, () => ({ kept: keptId }));
  if (!/^[^\s@]+@[^\s@]+$/.test(entered.email))
    return showPayment(page, session, 422, entered, { message: texts.emailBad, field: 'email' });
  if (entered.billingName === '')
    return showPayment(page, session, 422, entered, { message: texts.nameBad, field: 'billingName' });
  const expiry = readExpiry(entered.cardExpiry);
  send(page, session, entered, () => ({
    conduct: checkCardEntry({
      number: read('cardNumber'),
      expMonth: expiry.month,
      expYear: expiry.year,
      cvc: read('cardCvc'),
    }),
    expiry,
    name: entered.billingName,
    email: entered.email,
    keepsCard: form.get('keep') === 'yes',
  }));
}

/** Sends the payment to the bank; a refusal shows the page again with what was typed. */
function send(
  page: Page,
  session: Stripe.Checkout.Session,
  entered: Entered,
  readPayer: () => Payer | { kept: string },
): void {
  const { deps, response, texts } = page;
  try {
    const payer = readPayer();
    const ctx = contextFor(deps, session.id);
    const intent = deps.store.transact(
      () => paySession(ctx, session.id, payer),
      (error) => error instanceof StripeError && error.keepChanges,
    );
    deps.onChange();
    const challenge = intent.next_action?.redirect_to_url?.url;
    redirect(response, challenge ?? successUrl(session));
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    deps.onChange();
    showPayment(page, session, error.status, entered, explain(error, texts));
  }
}

async function answerPayment(page: Page, sessionId: string): Promise<void> {
  const { deps, request, response } = page;
  deps.store.transact(() => expireDueSessions(contextFor(deps, sessionId)));
  const session = deps.store.get('checkout_session', sessionId);
  const texts = textsFor(session?.locale, request.headers['accept-language']);
  const here = { ...page, texts };
  if (!session) return sendPage(response, 404, noticePage(texts, texts.missingTitle, texts.missingText));
  const form = request.method === 'POST' ? new URLSearchParams(await readBody(request)) : null;
  if (session.status === 'complete') {
    if (form) return redirect(response, successUrl(session));
    return sendPage(
      response,
      200,
      noticePage(texts, texts.paidTitle, texts.paidText, { href: successUrl(session), label: texts.goOn }),
    );
  }
  if (session.status !== 'open') {
    return sendPage(
      response,
      410,
      noticePage(
        texts,
        texts.expiredTitle,
        texts.expiredText,
        session.cancel_url ? { href: session.cancel_url, label: texts.goOn } : undefined,
      ),
    );
  }
  if (form) return pay(here, session, form);
  showPayment(
    here,
    session,
    200,
    { email: session.customer_email ?? '', cardExpiry: '', billingName: '' },
    lastProblem(deps, session, texts),
  );
}

function afterChallenge(deps: ApiDeps, intent: Stripe.PaymentIntent): string | null {
  const session = findSessionOf(contextFor(deps, intent.id), intent.id);
  if (session) return session.status === 'complete' ? successUrl(session) : `/c/pay/${session.id}`;
  const back = deps.store.get('return_url', intent.id);
  if (!back) return null;
  const url = new URL(back);
  url.searchParams.set('payment_intent', intent.id);
  url.searchParams.set('payment_intent_client_secret', intent.client_secret ?? '');
  url.searchParams.set(
    'redirect_status',
    intent.status === 'succeeded' || intent.status === 'requires_capture' ? 'succeeded' : 'failed',
  );
  return url.href;
}

/** Answers with the intent as it now stands; a card the bank declines after a good challenge is a failed return, not an error. */
function settleChallenge(deps: ApiDeps, intent: Stripe.PaymentIntent, outcome: 'complete' | 'fail'): void {
  try {
    deps.store.transact(
      () => finishChallenge(contextFor(deps, intent.id), intent, outcome),
      (error) => error instanceof StripeError && error.keepChanges,
    );
  } catch (error) {
    if (!(error instanceof StripeError) || !error.keepChanges) throw error;
  }
  deps.onChange();
}

async function answerChallengePage(page: Page, intentId: string, query: URLSearchParams): Promise<void> {
  const { deps, request, response } = page;
  const form = request.method === 'POST' ? new URLSearchParams(await readBody(request)) : null;
  const key = (form ?? query).get('key') ?? '';
  const intent = deps.store.get('payment_intent', intentId);
  const session = intent && findSessionOf(contextFor(deps, intentId), intentId);
  const texts = textsFor(session?.locale, request.headers['accept-language']);
  if (!intent || key === '' || key !== secretPart(intent))
    return sendPage(response, 404, noticePage(texts, texts.missingTitle, texts.missingText));
  if (intent.status === 'requires_action' && !form) {
    return sendPage(
      response,
      200,
      renderChallengePage(intent, key, texts),
      originOf(session?.success_url ?? deps.store.get('return_url', intent.id)),
    );
  }
  if (intent.status === 'requires_action')
    settleChallenge(deps, intent, form?.get('outcome') === 'complete' ? 'complete' : 'fail');
  const target = afterChallenge(deps, deps.store.get('payment_intent', intentId) ?? intent);
  if (target) return redirect(response, target);
  sendPage(response, 200, noticePage(texts, texts.doneTitle, texts.doneText));
}

/** Answers the pages a customer sees: payment, 3-D Secure, and their style sheet. */
export async function answerPages(
  deps: ApiDeps,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const texts = textsFor(null, request.headers['accept-language']);
  const page: Page = { deps, request, response, texts };
  const session = /^\/c\/pay\/([^/]+)$/.exec(url.pathname)?.[1];
  const intent = /^\/3ds\/([^/]+)$/.exec(url.pathname)?.[1];
  if (url.pathname === '/assets/sandbox.css') {
    response.writeHead(200, { 'content-type': 'text/css; charset=utf-8', 'cache-control': 'max-age=300' });
    response.end(STYLE);
    return;
  }
  if (session) return answerPayment(page, session);
  if (intent) return answerChallengePage(page, intent, url.searchParams);
  const link = /^\/setup\/s\/([^/]+)$/.exec(url.pathname)?.[1];
  if (link) return answerOnboarding(page, link);
  sendPage(response, 404, noticePage(texts, texts.missingTitle, texts.missingText));
}
