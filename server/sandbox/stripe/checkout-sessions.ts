import type Stripe from 'stripe';
import { assertDirectCharge } from './accounts.ts';
import { checkChargeable } from './amounts.ts';
import type { Context } from './context.ts';
import { emit, load, newId, nowSeconds, ownedBy, save } from './context.ts';
import { StripeError, invalidParam, missingParam } from './errors.ts';
import { readLineItems } from './line-items.ts';
import type { Params } from './params.ts';
import {
  allowOnly,
  readChild,
  readInteger,
  readMetadata,
  readOneOf,
  readString,
  readStrings,
  requireString,
} from './params.ts';
import { closeIntent } from './payment-intents.ts';
import type { SessionSecrets } from './records.ts';

const CREATE = [
  'allowed_payment_method_types',
  'billing_address_collection',
  'cancel_url',
  'client_reference_id',
  'currency',
  'customer',
  'customer_creation',
  'customer_email',
  'expires_at',
  'line_items',
  'locale',
  'metadata',
  'mode',
  'payment_intent_data',
  'payment_method_options',
  'phone_number_collection',
  'saved_payment_method_options',
  'submit_type',
  'success_url',
  'ui_mode',
] as const satisfies readonly (keyof Stripe.Checkout.SessionCreateParams)[];
const INTENT_DATA = [
  'application_fee_amount',
  'capture_method',
  'description',
  'metadata',
  'on_behalf_of',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_data',
  'transfer_group',
];
const HALF_HOUR = 1_800;
const DAY = 86_400;
/** Clocks of caller and sandbox may differ by a few seconds. */
const LEEWAY = 10;

function readUrl(params: Params, key: string): string | undefined {
  const url = readString(params, key);
  if (url !== undefined && !/^https?:\/\//.test(url)) throw invalidParam(key, 'Not a valid URL', 'url_invalid');
  return url;
}

function readExpiry(params: Params, now: number): number {
  const expiry = readInteger(params, 'expires_at') ?? now + DAY;
  if (expiry < now + HALF_HOUR - LEEWAY)
    throw invalidParam(
      'expires_at',
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
    );
  if (expiry > now + DAY + LEEWAY)
    throw invalidParam(
      'expires_at',
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
    );
  return expiry;
}

function readSecrets(ctx: Context, params: Params): SessionSecrets {
  const data = readChild(params, 'payment_intent_data') ?? {};
  for (const key of Object.keys(data)) {
    if (!INTENT_DATA.includes(key))
      throw invalidParam(
        `payment_intent_data[${key}]`,
        `Received unknown parameter: payment_intent_data[${key}]`,
        'parameter_unknown',
      );
  }
  const suffix = readString(data, 'statement_descriptor_suffix') ?? null;
  if (suffix && suffix.length > 22)
    throw invalidParam(
      'payment_intent_data[statement_descriptor_suffix]',
      `The statement descriptor must be at most 22 characters. The length was ${suffix.length}.`,
    );
  const fee = readInteger(data, 'application_fee_amount', 'payment_intent_data[application_fee_amount]') ?? null;
  if (fee !== null) assertDirectCharge(ctx, 'payment_intent_data[application_fee_amount]');
  return {
    captureMethod:
      readOneOf(data, 'capture_method', ['automatic', 'automatic_async', 'manual'] as const) ?? 'automatic_async',
    metadata: readMetadata(data),
    description: readString(data, 'description') ?? null,
    statementDescriptorSuffix: suffix,
    statementDescriptor: readString(data, 'statement_descriptor') ?? null,
    receiptEmail: readString(data, 'receipt_email') ?? null,
    setupFutureUsage: readOneOf(data, 'setup_future_usage', ['off_session', 'on_session'] as const) ?? null,
    applicationFeeAmount: fee,
    transferGroup: readString(data, 'transfer_group') ?? null,
    onBehalfOf: readString(data, 'on_behalf_of') ?? null,
  };
}

/** What the page offers a customer; nothing can be kept for nobody. */
function readSavedOptions(
  params: Params,
  customer: Stripe.Customer | null,
): Stripe.Checkout.Session.SavedPaymentMethodOptions | null {
  const given = readChild(params, 'saved_payment_method_options');
  if (!given) return null;
  allowOnly(given, ['allow_redisplay_filters', 'payment_method_remove', 'payment_method_save']);
  const choices = ['disabled', 'enabled'] as const;
  const save = readOneOf(given, 'payment_method_save', choices) ?? null;
  if (save === 'enabled' && !customer && readString(params, 'customer_creation') !== 'always')
    throw invalidParam(
      'saved_payment_method_options[payment_method_save]',
      'You must provide a `customer` or set `customer_creation` to `always` to let customers save payment methods.',
    );
  return {
    allow_redisplay_filters: ['always'],
    payment_method_remove: readOneOf(given, 'payment_method_remove', choices) ?? null,
    payment_method_save: save,
  };
}

function checkMode(params: Params): void {
  const mode = requireString(params, 'mode');
  if (mode !== 'payment')
    throw invalidParam('mode', `This sandbox takes only mode 'payment'; you asked for '${mode}'.`);
  const ui = readString(params, 'ui_mode') ?? 'hosted_page';
  if (ui !== 'hosted_page' && ui !== 'hosted')
    throw invalidParam('ui_mode', `This sandbox serves only the hosted page; you asked for '${ui}'.`);
  const types = readStrings(params, 'allowed_payment_method_types') ?? readStrings(params, 'payment_method_types');
  if (types && !types.includes('card'))
    throw invalidParam(
      'allowed_payment_method_types',
      `This sandbox takes only card payments; you asked for ${types.join(', ')}.`,
    );
}

/** Opens a payment page for its line items; the payment intent is made when the customer first pays. */
export function createCheckoutSession(ctx: Context, params: Params): Stripe.Checkout.Session {
  allowOnly(params, [...CREATE, 'payment_method_types']);
  checkMode(params);
  const now = nowSeconds();
  const successUrl = readUrl(params, 'success_url');
  if (!successUrl) throw missingParam('success_url');
  const items = readLineItems(ctx, params);
  const currency = items[0]?.currency ?? 'eur';
  const total = items.reduce((sum, item) => sum + item.amount_total, 0);
  checkChargeable(total, currency, 'line_items');
  const customerId = readString(params, 'customer');
  const customer = customerId ? load(ctx, 'customer', customerId, 'customer') : null;
  const email = readString(params, 'customer_email') ?? null;
  if (email && !/^[^\s@]+@[^\s@]+$/.test(email))
    throw invalidParam('customer_email', `Invalid email address: ${email}`, 'email_invalid');
  if (email && customer)
    throw invalidParam('customer_email', 'You may only specify one of these parameters: customer, customer_email.');
  const savedOptions = readSavedOptions(params, customer);
  const id = newId('cs_test', 58);
  const secrets = readSecrets(ctx, params);
  const session = save(ctx, 'checkout_session', {
    id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: readOneOf(params, 'billing_address_collection', ['auto', 'required'] as const) ?? null,
    cancel_url: readUrl(params, 'cancel_url') ?? null,
    client_reference_id: readString(params, 'client_reference_id') ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now,
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: readOneOf(params, 'customer_creation', ['always', 'if_required'] as const) ?? 'if_required',
    customer_details: null,
    customer_email: email ?? customer?.email ?? null,
    discounts: [],
    expires_at: readExpiry(params, now),
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    line_items: { object: 'list', data: items, has_more: false, url: `/v1/checkout/sessions/${id}/line_items` },
    livemode: false,
    locale: readString(params, 'locale') ?? null,
    managed_payments: null,
    metadata: readMetadata(params),
    mode: 'payment',
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: 'if_required',
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ['card'],
    payment_status: 'unpaid',
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: savedOptions,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: 'open',
    submit_type: readOneOf(params, 'submit_type', ['auto', 'book', 'donate', 'pay'] as const) ?? null,
    subscription: null,
    success_url: successUrl,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: 'hosted_page',
    url: `${ctx.publicUrl}/c/pay/${id}`,
    wallet_options: null,
  });
  ctx.store.put('session_secrets', id, secrets);
  return session;
}

/** What the wire shows: line items only when asked for, the page's address only while it is open. */
export function presentSession(session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const { line_items: _items, ...shown } = session;
  return { ...shown, url: session.status === 'open' ? session.url : null };
}

export function expireCheckoutSession(ctx: Context, id: string): Stripe.Checkout.Session {
  const session = load(ctx, 'checkout_session', id);
  if (session.status !== 'open') {
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        param: 'session',
        message: `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
      },
      { replayable: true },
    );
  }
  return closeSession(ctx, session);
}

function closeSession(ctx: Context, session: Stripe.Checkout.Session): Stripe.Checkout.Session {
  const expired = save(ctx, 'checkout_session', { ...session, status: 'expired' });
  if (typeof session.payment_intent === 'string') {
    const intent = load(ctx, 'payment_intent', session.payment_intent);
    if (intent.status !== 'canceled' && intent.status !== 'succeeded') closeIntent(ctx, intent, 'expired');
  }
  emit(ctx, 'checkout.session.expired', presentSession(expired));
  return expired;
}

/** Closes sessions whose time is over, for every account. */
export function expireDueSessions(ctx: Context): void {
  const now = nowSeconds();
  for (const session of ctx.store.all('checkout_session')) {
    if (session.status !== 'open' || session.expires_at > now) continue;
    closeSession({ ...ctx, account: ctx.store.get('account', session.id) ?? null }, session);
  }
}

export function listSessionsOf(
  ctx: Context,
  filter: { paymentIntent?: string | undefined; status?: string | undefined; customer?: string | undefined },
): Stripe.Checkout.Session[] {
  return ownedBy(ctx, 'checkout_session').filter(
    (session) =>
      (filter.paymentIntent === undefined || session.payment_intent === filter.paymentIntent) &&
      (filter.status === undefined || session.status === filter.status) &&
      (filter.customer === undefined || session.customer === filter.customer),
  );
}
