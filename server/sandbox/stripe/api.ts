import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { assertConnected } from './accounts.ts';
import type { Context, WebhookTarget } from './context.ts';
import { API_VERSION, newId, nowSeconds } from './context.ts';
import { StripeError } from './errors.ts';
import { expandAnswer } from './expand.ts';
import type { Faults } from './faults.ts';
import { API_FAULTS } from './faults.ts';
import { readBody, sendJson } from './http.ts';
import { parseForm, readString } from './params.ts';
import { findRoute } from './routes.ts';
import type { Store } from './store.ts';

export interface ApiDeps {
  store: Store;
  faults: Faults;
  publicUrl: string;
  targets: WebhookTarget[];
  secretKey: string;
  publishableKey: string | undefined;
  /** Called after each change, so that new events leave. */
  onChange(): void;
}

interface Answer {
  status: number;
  body: unknown;
  replayed: boolean;
  requestId: string;
}

const KEY_LIFETIME = 86_400;

function same(given: string, expected: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

function presentedKey(request: IncomingMessage): string {
  const header = request.headers.authorization ?? '';
  if (header.startsWith('Bearer ')) return header.slice(7).trim();
  if (header.startsWith('Basic ')) return Buffer.from(header.slice(6), 'base64').toString('utf8').split(':')[0] ?? '';
  return '';
}

/** Secret keys may do everything; a publishable key may only look at or confirm an intent whose client secret it shows. */
function checkKey(deps: ApiDeps, request: IncomingMessage, path: string, clientSecret: string | undefined): void {
  const key = presentedKey(request);
  if (key === '')
    throw new StripeError(401, {
      type: 'invalid_request_error',
      message:
        "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
    });
  if (same(key, deps.secretKey)) return;
  if (!deps.publishableKey || !same(key, deps.publishableKey)) {
    throw new StripeError(401, {
      type: 'invalid_request_error',
      message: `Invalid API Key provided: ${key.slice(0, 8)}${'*'.repeat(Math.max(0, key.length - 12))}${key.slice(12).slice(-4)}`,
    });
  }
  const intent = /^\/v1\/payment_intents\/([^/]+)(\/confirm)?$/.exec(path)?.[1];
  if (!intent || !clientSecret || deps.store.get('payment_intent', intent)?.client_secret !== clientSecret) {
    throw new StripeError(401, {
      type: 'invalid_request_error',
      code: 'secret_key_required',
      message: 'This API call cannot be made with a publishable API key. Please use a secret API key.',
    });
  }
}

function checkVersion(request: IncomingMessage): string {
  const version = request.headers['stripe-version'];
  if (version === undefined) return API_VERSION;
  if (typeof version !== 'string' || !/^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version))
    throw new StripeError(400, {
      type: 'invalid_request_error',
      message: `Invalid Stripe API version: ${String(version)}`,
    });
  return version;
}

function fail(error: unknown): { status: number; body: unknown } {
  if (error instanceof StripeError) return { status: error.status, body: { error: error.body } };
  console.error('Stripe sandbox: an unexpected failure', error);
  return {
    status: 500,
    body: { error: { type: 'api_error', message: 'The sandbox failed unexpectedly: see its log.' } },
  };
}

function execute(
  deps: ApiDeps,
  ctx: Context,
  call: { method: string; path: string; text: string; query: string },
): Answer {
  const requestId = ctx.requestId ?? newId('req', 14);
  const run = findRoute(call.method, call.path);
  const params = parseForm(call.method === 'POST' ? call.text : call.query);
  if (!run)
    throw new StripeError(404, {
      type: 'invalid_request_error',
      message: `Unrecognized request URL (${call.method}: ${call.path}). The sandbox does not have it; see https://docs.stripe.com/api for what Stripe has.`,
    });
  assertConnected(ctx);
  const key = call.method === 'POST' && ctx.idempotencyKey ? `${ctx.account ?? ''}:${ctx.idempotencyKey}` : null;
  const fingerprint = createHash('sha256').update(`${call.method} ${call.path}\n${call.text}`).digest('hex');
  const known = key ? deps.store.get('idempotency', key) : undefined;
  if (known && known.created > nowSeconds() - KEY_LIFETIME) {
    if (known.fingerprint !== fingerprint) {
      throw new StripeError(400, {
        type: 'idempotency_error',
        message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${ctx.idempotencyKey}' if you meant to execute a different request.`,
      });
    }
    return { status: known.status, body: known.body, replayed: true, requestId: known.requestId };
  }
  const remember = (status: number, body: unknown): void => {
    if (key) deps.store.put('idempotency', key, { fingerprint, status, body, requestId, created: nowSeconds() });
  };
  // The change and the memory of its answer go to disk together: a crash cannot separate them.
  const refused: { error?: StripeError } = {};
  const body = deps.store.transact(() => {
    try {
      const answer = expandAnswer(ctx, run(ctx, params), params);
      remember(200, answer);
      return answer;
    } catch (error) {
      if (!(error instanceof StripeError) || !error.keepChanges) throw error;
      refused.error = error;
      remember(error.status, { error: error.body });
      return { error: error.body };
    }
  });
  return { status: refused.error?.status ?? 200, body, replayed: false, requestId };
}

/** Answers one request of Stripe's REST API. */
export async function answerApi(
  deps: ApiDeps,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const requestId = newId('req', 14);
  const headers: Record<string, string> = { 'request-id': requestId, 'stripe-version': API_VERSION };
  const fault = deps.faults.take(API_FAULTS, { path: url.pathname });
  try {
    if (fault?.kind === 'slow') await sleep(fault.delayMs);
    if (fault?.kind === 'http_500')
      throw new StripeError(500, {
        type: 'api_error',
        message: 'An unknown error occurred (asked for through /__sandbox/faults).',
      });
    headers['stripe-version'] = checkVersion(request);
    const text = await readBody(request);
    const method = request.method ?? 'GET';
    const idempotencyKey = request.headers['idempotency-key'];
    const account = request.headers['stripe-account'];
    checkKey(
      deps,
      request,
      url.pathname,
      readString(parseForm(method === 'POST' ? text : url.search), 'client_secret'),
    );
    if (typeof idempotencyKey === 'string') {
      if (idempotencyKey.length > 255)
        throw new StripeError(400, {
          type: 'invalid_request_error',
          message: 'Idempotency keys can be up to 255 characters long.',
        });
      headers['idempotency-key'] = idempotencyKey;
    }
    const ctx: Context = {
      store: deps.store,
      publicUrl: deps.publicUrl,
      targets: deps.targets,
      account: typeof account === 'string' ? account : null,
      requestId,
      idempotencyKey: typeof idempotencyKey === 'string' ? idempotencyKey : null,
    };
    const answer = execute(deps, ctx, { method, path: url.pathname, text, query: url.search });
    deps.onChange();
    if (fault?.kind === 'lost_answer') return void response.destroy();
    headers['request-id'] = answer.requestId;
    if (answer.replayed) headers['idempotent-replayed'] = 'true';
    sendJson(response, answer.status, answer.body, headers);
  } catch (error) {
    const { status, body } = fail(error);
    sendJson(response, status, body, headers);
  }
}
