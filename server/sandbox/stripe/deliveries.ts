import { createHmac } from 'node:crypto';
import type { LookupFunction } from 'node:net';
import { lookup as systemLookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type Stripe from 'stripe';
import type { WebhookTarget } from './context.ts';
import type { Faults } from './faults.ts';
import { WEBHOOK_FAULTS } from './faults.ts';
import type { Delivery } from './records.ts';
import type { Store } from './store.ts';

const TIMEOUT_MS = 10_000;
/** Seconds before each further attempt; the last one repeats until the sixteenth attempt, then we give up. */
const BACK_OFF_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 300_000, 900_000, 3_600_000];
const MAX_ATTEMPTS = 16;

/** The header Stripe signs with: HMAC-SHA256 of `timestamp.payload` (docs.stripe.com/webhooks#verify-manually). */
export function signPayload(payload: string, secret: string, timestamp = Math.floor(Date.now() / 1000)): string {
  return `t=${timestamp},v1=${createHmac('sha256', secret).update(`${timestamp}.${payload}`).digest('hex')}`;
}

/** Names under .localhost are this machine, even where the system resolver does not know them (RFC 6761). */
const lookupLocal: LookupFunction = (hostname, options, callback) => {
  if (hostname !== 'localhost' && !hostname.endsWith('.localhost'))
    return void systemLookup(hostname, options, callback);
  if (options.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

function post(url: string, payload: string, signature: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(
      url,
      {
        method: 'POST',
        lookup: lookupLocal,
        timeout: TIMEOUT_MS,
        agent: false,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'content-length': Buffer.byteLength(payload),
          'stripe-signature': signature,
          'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
          accept: '*/*; q=0.5, application/xml',
        },
      },
      (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
        response.on('error', reject);
      },
    );
    request.on('timeout', () => request.destroy(new Error(`No answer within ${TIMEOUT_MS / 1000} s`)));
    request.on('error', reject);
    request.end(payload);
  });
}

export interface Deliveries {
  wake(): void;
  resend(eventId: string): number;
  stop(): Promise<void>;
}

/**
 * Sends events to the webhook addresses, oldest first, one at a time for each address, until they answer 2xx.
 * Everything still to send is in the store, so a restart goes on where the last run stopped.
 */
export function startDeliveries(deps: { store: Store; targets: WebhookTarget[]; faults: Faults }): Deliveries {
  const { store, targets, faults } = deps;
  const busy = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const save = (delivery: Delivery): void => store.put('delivery', delivery.id, delivery);
  const secretOf = (url: string): string | undefined =>
    targets.find((target) => target.url === url)?.secret ??
    store.all('webhook_endpoint').find((endpoint) => endpoint.url === url)?.secret;

  function notePending(eventId: string): void {
    const event = store.get('event', eventId);
    const left = store
      .all('delivery')
      .filter((delivery) => delivery.eventId === eventId && delivery.state === 'pending').length;
    if (event && event.pending_webhooks !== left) store.put('event', eventId, { ...event, pending_webhooks: left });
  }

  /** True when a fault took the delivery's turn. */
  function applyFault(delivery: Delivery, event: Stripe.Event): boolean {
    if (delivery.attempts > 0) return false;
    const fault = faults.take(WEBHOOK_FAULTS, { event: event.type });
    if (fault?.kind === 'drop') save({ ...delivery, state: 'dropped' });
    // Marked as one attempt, so that a delayed event is not delayed again.
    if (fault?.kind === 'late' || fault?.kind === 'out_of_order')
      save({ ...delivery, attempts: 1, nextAt: Date.now() + fault.delayMs });
    if (fault?.kind === 'duplicate') save({ ...delivery, id: `${delivery.id}_again`, attempts: 1 });
    return fault !== undefined && fault.kind !== 'duplicate';
  }

  async function attempt(delivery: Delivery): Promise<void> {
    const event = store.get('event', delivery.eventId);
    const secret = secretOf(delivery.url);
    if (!event || !secret)
      return save({ ...delivery, state: 'abandoned', lastError: 'The address is no longer registered.' });
    if (applyFault(delivery, event)) return;
    const payload = JSON.stringify(event, null, 2);
    const attempts = delivery.attempts + 1;
    const outcome = await post(delivery.url, payload, signPayload(payload, secret)).then(
      (status) => ({ status, error: null }),
      (error: unknown) => ({ status: null, error: error instanceof Error ? error.message : String(error) }),
    );
    const delivered = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
    const wait = BACK_OFF_MS[Math.min(attempts, BACK_OFF_MS.length) - 1] ?? 1_000;
    const state = delivered ? 'delivered' : attempts >= MAX_ATTEMPTS ? 'abandoned' : 'pending';
    save({
      ...delivery,
      attempts,
      nextAt: Date.now() + wait,
      state,
      lastStatus: outcome.status,
      lastError: outcome.error,
    });
    notePending(delivery.eventId);
  }

  function dueByUrl(): Map<string, Delivery> {
    const due = new Map<string, Delivery>();
    const now = Date.now();
    for (const delivery of store.all('delivery')) {
      if (delivery.state === 'pending' && delivery.nextAt <= now && !due.has(delivery.url))
        due.set(delivery.url, delivery);
    }
    return due;
  }

  function pump(): void {
    if (stopped) return;
    for (const [url, delivery] of dueByUrl()) {
      if (busy.has(url)) continue;
      busy.set(
        url,
        attempt(delivery).finally(() => {
          busy.delete(url);
          wake();
        }),
      );
    }
    clearTimeout(timer);
    timer = setTimeout(pump, 500);
    timer.unref();
  }
  function wake(): void {
    if (!stopped) setImmediate(pump);
  }

  // What an earlier run could not deliver is tried at once.
  for (const delivery of store.all('delivery'))
    if (delivery.state === 'pending') save({ ...delivery, nextAt: Date.now() });
  wake();

  return {
    wake,
    resend(eventId) {
      const known = store
        .all('delivery')
        .filter((delivery) => delivery.eventId === eventId && !delivery.id.endsWith('_again'));
      for (const delivery of known)
        save({ ...delivery, state: 'pending', attempts: Math.min(delivery.attempts, 1), nextAt: Date.now() });
      wake();
      return known.length;
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await Promise.all(busy.values());
    },
  };
}
