import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Deliveries } from './deliveries.ts';
import { findAct } from './acts.ts';
import type { WebhookTarget } from './context.ts';
import { StripeError } from './errors.ts';
import type { Faults } from './faults.ts';
import { readBody, sendJson } from './http.ts';
import type { Kinds, Store } from './store.ts';

const LISTED: Record<string, keyof Kinds> = {
  charges: 'charge',
  payment_intents: 'payment_intent',
  refunds: 'refund',
  checkout_sessions: 'checkout_session',
  events: 'event',
  deliveries: 'delivery',
  customers: 'customer',
  balance_transactions: 'balance_transaction',
  accounts: 'connected_account',
  transfers: 'transfer',
  transfer_reversals: 'transfer_reversal',
  application_fees: 'application_fee',
  disputes: 'dispute',
};

function readJson(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    throw new TypeError('The body must be JSON.');
  }
}

/** The sandbox's own side door, for tests and demonstrations: health, counts, faults, resends. */
export async function answerAdmin(
  deps: { store: Store; faults: Faults; deliveries: Deliveries; targets: WebhookTarget[]; publicUrl: string },
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const path = url.pathname.slice('/__sandbox/'.length);
  const call = `${request.method} ${path}`;
  const resend = /^POST events\/([^/]+)\/resend$/.exec(call)?.[1];
  const kind = request.method === 'GET' ? LISTED[path] : undefined;
  if (call === 'GET health') return sendJson(response, 200, { service: 'stripe', status: 'ok', sandbox: true });
  if (call === 'GET faults') return sendJson(response, 200, { data: deps.faults.list() });
  if (call === 'DELETE faults') {
    deps.faults.clear();
    return sendJson(response, 200, { data: [] });
  }
  if (call === 'POST faults') {
    try {
      return sendJson(response, 201, deps.faults.add(readJson(await readBody(request))));
    } catch (error) {
      return sendJson(response, 400, {
        error: { type: 'invalid_request_error', message: error instanceof Error ? error.message : String(error) },
      });
    }
  }
  if (resend) {
    if (!deps.store.get('event', resend))
      return sendJson(response, 404, {
        error: { type: 'invalid_request_error', message: `No such event: '${resend}'` },
      });
    return sendJson(response, 202, { event: resend, deliveries: deps.deliveries.resend(resend) });
  }
  const act = request.method === 'POST' ? findAct(path) : undefined;
  if (act) {
    const given = readJson(await readBody(request));
    try {
      const answer = deps.store.transact(() => act(deps, typeof given === 'object' && given !== null ? given : {}));
      deps.deliveries.wake();
      return sendJson(response, 200, answer);
    } catch (error) {
      if (!(error instanceof StripeError)) throw error;
      return sendJson(response, error.status, { error: error.body });
    }
  }
  if (kind) {
    const data = deps.store.all(kind);
    return sendJson(response, 200, { count: data.length, data });
  }
  return sendJson(response, 404, {
    error: {
      type: 'invalid_request_error',
      message: `Unknown sandbox route ${call}: GET health, faults, ${Object.keys(LISTED).join(', ')}; POST faults, events/:id/resend, disputes, disputes/:id/decision, disputes/:id/reinstatement, accounts/:id/onboarding; DELETE faults.`,
    },
  });
}
