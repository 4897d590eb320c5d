import { randomBytes } from 'node:crypto';
import type Stripe from 'stripe';
import type { Context } from './context.ts';
import { API_VERSION, emit, load, newId, nowSeconds, ownedBy, save } from './context.ts';
import { invalidParam, missingParam, noSuch } from './errors.ts';
import type { Params } from './params.ts';
import { allowOnly, readBoolean, readMetadata, readString, readStrings, requireString } from './params.ts';
import { cardsOf } from './payment-methods.ts';

/** Registers a webhook address; its signing secret is in this answer only. */
export function createWebhookEndpoint(ctx: Context, params: Params): Stripe.WebhookEndpoint {
  allowOnly(params, ['api_version', 'connect', 'description', 'enabled_events', 'metadata', 'url']);
  const url = requireString(params, 'url');
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw invalidParam('url', 'Invalid URL: An explicit scheme (such as https) must be provided.', 'url_invalid');
  const events = readStrings(params, 'enabled_events');
  if (!events || events.length === 0) throw missingParam('enabled_events');
  const endpoint: Stripe.WebhookEndpoint = {
    id: newId('we'),
    object: 'webhook_endpoint',
    api_version: readString(params, 'api_version') ?? API_VERSION,
    application: null,
    created: nowSeconds(),
    description: readString(params, 'description') ?? null,
    enabled_events: events,
    livemode: false,
    metadata: readMetadata(params),
    secret: `whsec_${randomBytes(24).toString('base64url')}`,
    status: 'enabled',
    url,
  };
  ctx.store.put('webhook_endpoint', endpoint.id, endpoint);
  return endpoint;
}

export function findWebhookEndpoint(ctx: Context, id: string): Stripe.WebhookEndpoint {
  const endpoint = ctx.store.get('webhook_endpoint', id);
  if (!endpoint) throw noSuch('webhook endpoint', id);
  return endpoint;
}

export function presentWebhookEndpoint(endpoint: Stripe.WebhookEndpoint): Stripe.WebhookEndpoint {
  const { secret: _secret, ...shown } = endpoint;
  return shown;
}

export function updateWebhookEndpoint(ctx: Context, id: string, params: Params): Stripe.WebhookEndpoint {
  allowOnly(params, ['description', 'disabled', 'enabled_events', 'metadata', 'url']);
  const before = findWebhookEndpoint(ctx, id);
  const disabled = readBoolean(params, 'disabled');
  const after: Stripe.WebhookEndpoint = {
    ...before,
    description: readString(params, 'description') ?? before.description,
    enabled_events: readStrings(params, 'enabled_events') ?? before.enabled_events,
    metadata: readMetadata(params, before.metadata),
    url: readString(params, 'url') ?? before.url,
    status: disabled === undefined ? before.status : disabled ? 'disabled' : 'enabled',
  };
  ctx.store.put('webhook_endpoint', id, after);
  return presentWebhookEndpoint(after);
}

export function deleteWebhookEndpoint(ctx: Context, id: string): Stripe.DeletedWebhookEndpoint {
  findWebhookEndpoint(ctx, id);
  ctx.store.remove('webhook_endpoint', id);
  return { id, object: 'webhook_endpoint', deleted: true };
}

export function createCustomer(ctx: Context, params: Params): Stripe.Customer {
  allowOnly(params, [
    'address',
    'description',
    'email',
    'invoice_settings',
    'metadata',
    'name',
    'payment_method',
    'phone',
    'preferred_locales',
    'shipping',
  ]);
  const customer = save(ctx, 'customer', {
    id: newId('cus', 14),
    object: 'customer',
    address: null,
    balance: 0,
    created: nowSeconds(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: readString(params, 'description') ?? null,
    discount: null,
    email: readString(params, 'email') ?? null,
    invoice_prefix: newId('', 8).slice(1).toUpperCase(),
    invoice_settings: { custom_fields: null, default_payment_method: null, footer: null, rendering_options: null },
    livemode: false,
    metadata: readMetadata(params),
    name: readString(params, 'name') ?? null,
    next_invoice_sequence: 1,
    phone: readString(params, 'phone') ?? null,
    preferred_locales: readStrings(params, 'preferred_locales') ?? [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  });
  emit(ctx, 'customer.created', customer);
  return customer;
}

export function updateCustomer(ctx: Context, id: string, params: Params): Stripe.Customer {
  allowOnly(params, [
    'address',
    'description',
    'email',
    'invoice_settings',
    'metadata',
    'name',
    'phone',
    'preferred_locales',
    'shipping',
  ]);
  const before = load(ctx, 'customer', id);
  const after = save(ctx, 'customer', {
    ...before,
    description: readString(params, 'description') ?? before.description,
    email: readString(params, 'email') ?? before.email,
    name: readString(params, 'name') ?? before.name ?? null,
    phone: readString(params, 'phone') ?? before.phone ?? null,
    metadata: readMetadata(params, before.metadata),
  });
  emit(ctx, 'customer.updated', after);
  return after;
}

/** Deletes a customer; its cards cannot be used again. */
export function deleteCustomer(ctx: Context, id: string): Stripe.DeletedCustomer {
  const customer = load(ctx, 'customer', id);
  for (const method of cardsOf(ctx, id)) save(ctx, 'payment_method', { ...method, customer: null });
  ctx.store.remove('customer', id);
  emit(ctx, 'customer.deleted', customer);
  return { id, object: 'customer', deleted: true };
}

/** Searches by one clause on metadata, `metadata['key']:'value'`; the sandbox reads no other query. */
export function searchCustomers(ctx: Context, params: Params): Stripe.ApiSearchResult<Stripe.Customer> {
  const query = requireString(params, 'query');
  const clause = /^metadata\[['"]([^'"]+)['"]\]:['"]([^'"]*)['"]$/.exec(query);
  if (!clause) throw invalidParam('query', `This sandbox searches by one metadata clause; you asked for ${query}`);
  const [, key = '', value] = clause;
  return {
    object: 'search_result',
    data: ownedBy(ctx, 'customer').filter(({ metadata }) => metadata[key] === value),
    has_more: false,
    next_page: null,
    url: '/v1/customers/search',
  };
}
