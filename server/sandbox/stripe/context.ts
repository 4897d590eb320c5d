import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';
import type { Delivery } from './records.ts';
import type { Kinds, Store } from './store.ts';
import { noSuch } from './errors.ts';

/** The release of Stripe's API this sandbox speaks; the client pins the same one. */
export const API_VERSION = '2026-10-28.endive';

export interface WebhookTarget {
  url: string;
  secret: string;
}

/** What every operation needs: who asks, in which request, and where things are kept. */
export interface Context {
  store: Store;
  publicUrl: string;
  targets: WebhookTarget[];
  account: string | null;
  requestId: string | null;
  idempotencyKey: string | null;
}

export function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

export function newId(prefix: string, length = 24): string {
  const letters = Array.from(randomBytes(length), (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return `${prefix}_${letters}`;
}

type Owned =
  | 'payment_method'
  | 'payment_intent'
  | 'charge'
  | 'refund'
  | 'checkout_session'
  | 'customer'
  | 'event'
  | 'balance_transaction'
  | 'product'
  | 'price'
  | 'connected_account'
  | 'transfer'
  | 'transfer_reversal'
  | 'application_fee'
  | 'fee_refund'
  | 'dispute';

/** Saves an object for the account of the request: connected accounts do not see each other's objects. */
export function save<K extends Owned>(ctx: Context, kind: K, value: Kinds[K]): Kinds[K] {
  ctx.store.put(kind, value.id, value);
  if (ctx.account && !ctx.store.get('account', value.id)) ctx.store.put('account', value.id, ctx.account);
  return value;
}

export function owns(ctx: Context, id: string): boolean {
  return (ctx.store.get('account', id) ?? null) === ctx.account;
}

export function find<K extends Owned>(ctx: Context, kind: K, id: string): Kinds[K] | undefined {
  const value = ctx.store.get(kind, id);
  return value && owns(ctx, id) ? value : undefined;
}

const LABELS: Partial<Record<Owned, string>> = {
  payment_method: 'PaymentMethod',
  checkout_session: 'checkout.session',
  connected_account: 'account',
  application_fee: 'application fee',
};

/** The same request on behalf of another account; null is the platform's own. */
export const actingFor = (ctx: Context, account: string | null): Context => ({ ...ctx, account });

/** Finds or refuses as Stripe does; `param` names the request parameter that held the id. */
export function load<K extends Owned>(ctx: Context, kind: K, id: string, param?: string): Kinds[K] {
  const value = find(ctx, kind, id);
  if (!value) throw noSuch(LABELS[kind] ?? kind, id, param ?? kind, param ? 400 : 404);
  return value;
}

/** The id of what a field names: a stored field holds ids, an expanded one holds the object. */
export const idOf = (field: string | { id: string } | null): string =>
  typeof field === 'string' ? field : (field?.id ?? '');

export function ownedBy<K extends Owned>(ctx: Context, kind: K): Kinds[K][] {
  return ctx.store.all(kind).filter((value) => owns(ctx, value.id));
}

function wants(enabled: readonly string[], type: string): boolean {
  return enabled.some((pattern) => pattern === '*' || pattern === type);
}

/** Records an event with a snapshot of its object and one delivery for each endpoint that listens. */
export function emit(
  ctx: Context,
  type: Stripe.Event.Type,
  object: Stripe.Event.Data.Object,
  previous?: Record<string, unknown>,
): void {
  const registered = ctx.store
    .all('webhook_endpoint')
    .filter((endpoint) => endpoint.status === 'enabled' && wants(endpoint.enabled_events, type));
  const urls = [...ctx.targets.map((target) => target.url), ...registered.map((endpoint) => endpoint.url)];
  const event = {
    id: newId('evt'),
    object: 'event',
    ...(ctx.account ? { account: ctx.account } : {}),
    api_version: API_VERSION,
    created: nowSeconds(),
    data: { object: structuredClone(object), ...(previous ? { previous_attributes: previous } : {}) },
    livemode: false,
    pending_webhooks: urls.length,
    request: { id: ctx.requestId, idempotency_key: ctx.idempotencyKey },
    type,
    // The union ties each type to its object; the caller passes a matching pair.
  } as unknown as Stripe.Event;
  save(ctx, 'event', event);
  for (const url of urls) {
    const delivery: Delivery = {
      id: newId('whd'),
      eventId: event.id,
      url,
      attempts: 0,
      nextAt: Date.now(),
      state: 'pending',
      lastStatus: null,
      lastError: null,
    };
    ctx.store.put('delivery', delivery.id, delivery);
  }
}
