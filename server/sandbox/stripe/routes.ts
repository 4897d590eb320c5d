import type Stripe from 'stripe';
import { connectRoutes } from './connect-routes.ts';
import { presentBalanceTransaction, retrieveBalance } from './balance.ts';
import { updateCharge } from './charges.ts';
import {
  createCheckoutSession,
  expireCheckoutSession,
  expireDueSessions,
  listSessionsOf,
  presentSession,
} from './checkout-sessions.ts';
import { confirmPaymentIntent } from './confirm-payment-intent.ts';
import type { Context } from './context.ts';
import { load, ownedBy, save } from './context.ts';
import { noSuch } from './errors.ts';
import { createPrice, createProduct } from './line-items.ts';
import { listPage } from './lists.ts';
import type { Params } from './params.ts';
import { readMetadata, readString, readStrings } from './params.ts';
import {
  attachPaymentMethod,
  cardsOf,
  createPaymentMethod,
  detachPaymentMethod,
  resolvePaymentMethod,
} from './payment-methods.ts';
import {
  cancelPaymentIntent,
  capturePaymentIntent,
  createPaymentIntent,
  updatePaymentIntent,
} from './payment-intents.ts';
import { createRefund, updateRefund } from './refunds.ts';
import { matching, route, type Route } from './route.ts';
import {
  createCustomer,
  createWebhookEndpoint,
  deleteCustomer,
  deleteWebhookEndpoint,
  findWebhookEndpoint,
  presentWebhookEndpoint,
  searchCustomers,
  updateCustomer,
  updateWebhookEndpoint,
} from './registrations.ts';

function listEvents(ctx: Context, params: Params): Stripe.Event[] {
  const types = readStrings(params, 'types');
  const type = readString(params, 'type');
  const fits = (event: Stripe.Event): boolean =>
    (!types || types.includes(event.type)) &&
    (!type || (type.endsWith('.*') ? event.type.startsWith(type.slice(0, -1)) : event.type === type));
  return ownedBy(ctx, 'event').filter(fits);
}

function updateSession(ctx: Context, params: Params, id: string): Stripe.Checkout.Session {
  const session = load(ctx, 'checkout_session', id);
  return presentSession(
    save(ctx, 'checkout_session', { ...session, metadata: readMetadata(params, session.metadata ?? {}) }),
  );
}

function listSessions(ctx: Context, params: Params): unknown {
  expireDueSessions(ctx);
  const sessions = listSessionsOf(ctx, {
    paymentIntent: readString(params, 'payment_intent'),
    status: readString(params, 'status'),
    customer: readString(params, 'customer'),
  });
  return listPage(sessions.map(presentSession), params, '/v1/checkout/sessions');
}

/** GET of a payment intent with a publishable key must show the client secret. */
function retrieveIntent(ctx: Context, params: Params, id: string): Stripe.PaymentIntent {
  const intent = load(ctx, 'payment_intent', id);
  const secret = readString(params, 'client_secret');
  if (secret !== undefined && secret !== intent.client_secret) throw noSuch('payment_intent', id, 'intent');
  return intent;
}

const ROUTES: Route[] = [
  route('POST', '/payment_methods', (ctx, params) => createPaymentMethod(ctx, params)),
  route('GET', '/payment_methods', (ctx, params) =>
    listPage(matching(ownedBy(ctx, 'payment_method'), params, ['customer', 'type']), params, '/v1/payment_methods'),
  ),
  route('GET', '/payment_methods/:id', (ctx, _params, id) => resolvePaymentMethod(ctx, id)),
  route('POST', '/payment_methods/:id/attach', (ctx, params, id) => attachPaymentMethod(ctx, id, params)),
  route('POST', '/payment_methods/:id/detach', (ctx, params, id) => detachPaymentMethod(ctx, id, params)),
  route('POST', '/payment_intents', (ctx, params) => createPaymentIntent(ctx, params)),
  route('GET', '/payment_intents', (ctx, params) =>
    listPage(matching(ownedBy(ctx, 'payment_intent'), params, ['customer']), params, '/v1/payment_intents'),
  ),
  route('GET', '/payment_intents/:id', retrieveIntent),
  route('POST', '/payment_intents/:id', (ctx, params, id) => updatePaymentIntent(ctx, id, params)),
  route('POST', '/payment_intents/:id/confirm', (ctx, params, id) => confirmPaymentIntent(ctx, id, params)),
  route('POST', '/payment_intents/:id/capture', (ctx, params, id) => capturePaymentIntent(ctx, id, params)),
  route('POST', '/payment_intents/:id/cancel', (ctx, params, id) => cancelPaymentIntent(ctx, id, params)),
  route('GET', '/charges', (ctx, params) =>
    listPage(
      matching(ownedBy(ctx, 'charge'), params, ['payment_intent', 'customer', 'transfer_group']),
      params,
      '/v1/charges',
    ),
  ),
  route('GET', '/charges/:id', (ctx, _params, id) => load(ctx, 'charge', id)),
  route('POST', '/charges/:id', (ctx, params, id) => updateCharge(ctx, id, params)),
  route('POST', '/refunds', (ctx, params) => createRefund(ctx, params)),
  route('GET', '/refunds', (ctx, params) =>
    listPage(matching(ownedBy(ctx, 'refund'), params, ['charge', 'payment_intent']), params, '/v1/refunds'),
  ),
  route('GET', '/refunds/:id', (ctx, _params, id) => load(ctx, 'refund', id)),
  route('POST', '/refunds/:id', (ctx, params, id) => updateRefund(ctx, id, params)),
  route('POST', '/checkout/sessions', (ctx, params) => presentSession(createCheckoutSession(ctx, params))),
  route('GET', '/checkout/sessions', listSessions),
  route('GET', '/checkout/sessions/:id', (ctx, _params, id) => {
    expireDueSessions(ctx);
    return presentSession(load(ctx, 'checkout_session', id));
  }),
  route('POST', '/checkout/sessions/:id', updateSession),
  route('POST', '/checkout/sessions/:id/expire', (ctx, _params, id) => presentSession(expireCheckoutSession(ctx, id))),
  route('GET', '/checkout/sessions/:id/line_items', (ctx, params, id) =>
    listPage(
      [...(load(ctx, 'checkout_session', id).line_items?.data ?? [])].reverse(),
      params,
      `/v1/checkout/sessions/${id}/line_items`,
    ),
  ),
  route('POST', '/products', (ctx, params) => createProduct(ctx, params)),
  route('GET', '/products/:id', (ctx, _params, id) => load(ctx, 'product', id)),
  route('POST', '/prices', (ctx, params) => createPrice(ctx, params)),
  route('GET', '/prices/:id', (ctx, _params, id) => load(ctx, 'price', id)),
  route('POST', '/customers', (ctx, params) => createCustomer(ctx, params)),
  route('GET', '/customers', (ctx, params) =>
    listPage(matching(ownedBy(ctx, 'customer'), params, ['email']), params, '/v1/customers'),
  ),
  route('GET', '/customers/search', (ctx, params) => searchCustomers(ctx, params)),
  route('GET', '/customers/:id/payment_methods', (ctx, params, id) =>
    listPage(
      matching(cardsOf(ctx, load(ctx, 'customer', id).id), params, ['type']),
      params,
      `/v1/customers/${id}/payment_methods`,
    ),
  ),
  route('DELETE', '/customers/:id', (ctx, _params, id) => deleteCustomer(ctx, id)),
  route('GET', '/customers/:id', (ctx, _params, id) => load(ctx, 'customer', id)),
  route('POST', '/customers/:id', (ctx, params, id) => updateCustomer(ctx, id, params)),
  route('GET', '/events', (ctx, params) => listPage(listEvents(ctx, params), params, '/v1/events')),
  route('GET', '/events/:id', (ctx, _params, id) => load(ctx, 'event', id)),
  route('POST', '/webhook_endpoints', (ctx, params) => createWebhookEndpoint(ctx, params)),
  route('GET', '/webhook_endpoints', (ctx, params) =>
    listPage(ctx.store.all('webhook_endpoint').map(presentWebhookEndpoint), params, '/v1/webhook_endpoints'),
  ),
  route('GET', '/webhook_endpoints/:id', (ctx, _params, id) => presentWebhookEndpoint(findWebhookEndpoint(ctx, id))),
  route('POST', '/webhook_endpoints/:id', (ctx, params, id) => updateWebhookEndpoint(ctx, id, params)),
  route('DELETE', '/webhook_endpoints/:id', (ctx, _params, id) => deleteWebhookEndpoint(ctx, id)),
  route('GET', '/balance', (ctx) => retrieveBalance(ctx)),
  route('GET', '/balance_transactions', (ctx, params) =>
    listPage(
      matching(ownedBy(ctx, 'balance_transaction'), params, ['source', 'type', 'currency']).map(
        presentBalanceTransaction,
      ),
      params,
      '/v1/balance_transactions',
    ),
  ),
  route('GET', '/balance_transactions/:id', (ctx, _params, id) =>
    presentBalanceTransaction(load(ctx, 'balance_transaction', id)),
  ),
  ...connectRoutes(),
];

/** Finds what answers a method and path of the API, or nothing. */
export function findRoute(method: string, path: string): ((ctx: Context, params: Params) => unknown) | undefined {
  for (const candidate of ROUTES) {
    const match = candidate.method === method ? candidate.pattern.exec(path) : null;
    if (match) return (ctx, params) => candidate.handle(ctx, params, match.slice(1).map(decodeURIComponent));
  }
  return undefined;
}
