import type Stripe from 'stripe';
import type { CardConduct } from './cards.ts';
import { checkCardEntry, findNamedCard, fingerprintOf } from './cards.ts';
import type { Context } from './context.ts';
import { emit, load, newId, nowSeconds, ownedBy, save } from './context.ts';
import { invalidParam, missingParam, noSuch } from './errors.ts';
import type { Params } from './params.ts';
import { allowOnly, readChild, readInteger, readMetadata, readString, requireString } from './params.ts';

export interface BillingInput {
  email?: string | null;
  name?: string | null;
  phone?: string | null;
  address?: Stripe.Address | null;
}

function readAddress(params: Params | undefined): Stripe.Address | null {
  if (!params) return null;
  const part = (key: string): string | null => readString(params, key) ?? null;
  return {
    city: part('city'),
    country: part('country'),
    line1: part('line1'),
    line2: part('line2'),
    postal_code: part('postal_code'),
    state: part('state'),
  };
}

function readBilling(params: Params): BillingInput {
  const given = readChild(params, 'billing_details');
  if (!given) return {};
  return {
    email: readString(given, 'email') ?? null,
    name: readString(given, 'name') ?? null,
    phone: readString(given, 'phone') ?? null,
    address: readAddress(readChild(given, 'address')),
  };
}

/** Keeps a card payment method and, apart from it, how this test card behaves. */
export function addCard(
  ctx: Context,
  conduct: CardConduct,
  expiry: { month: number; year: number },
  billing: BillingInput,
  metadata: Record<string, string> = {},
): Stripe.PaymentMethod {
  const method: Stripe.PaymentMethod = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: billing.address ?? {
        city: null,
        country: null,
        line1: null,
        line2: null,
        postal_code: null,
        state: null,
      },
      email: billing.email ?? null,
      name: billing.name ?? null,
      phone: billing.phone ?? null,
      tax_id: null,
    },
    card: {
      brand: conduct.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
      country: conduct.country,
      display_brand: conduct.brand,
      exp_month: expiry.month,
      exp_year: expiry.year < 100 ? 2000 + expiry.year : expiry.year,
      fingerprint: fingerprintOf(conduct),
      funding: 'credit',
      generated_from: null,
      last4: conduct.last4,
      networks: { available: [conduct.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: nowSeconds(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata,
    type: 'card',
  };
  ctx.store.put('card_conduct', method.id, conduct);
  return save(ctx, 'payment_method', method);
}

function namedExpiry(): { month: number; year: number } {
  return { month: 12, year: new Date().getUTCFullYear() + 4 };
}

/** `pm_card_…` names make a new payment method at each use, as in Stripe's test mode. */
export function resolvePaymentMethod(ctx: Context, id: string, param = 'payment_method'): Stripe.PaymentMethod {
  if (id.startsWith('pm_card_')) {
    const conduct = findNamedCard(id);
    if (!conduct) throw noSuch('PaymentMethod', id, param, 400);
    return addCard(ctx, conduct, namedExpiry(), {});
  }
  return load(ctx, 'payment_method', id, param);
}

/** Reads `payment_method_data` or the body of a creation. */
export function readPaymentMethod(ctx: Context, params: Params): Stripe.PaymentMethod {
  const type = requireString(params, 'type');
  if (type !== 'card')
    throw invalidParam('type', `This sandbox takes only card payment methods; you asked for '${type}'.`);
  const card = readChild(params, 'card');
  if (!card) throw missingParam('card');
  const token = readString(card, 'token');
  if (token) {
    const conduct = findNamedCard(token);
    if (!conduct) throw noSuch('token', token, 'card[token]', 400);
    return addCard(ctx, conduct, namedExpiry(), readBilling(params), readMetadata(params));
  }
  const month = readInteger(card, 'exp_month', 'card[exp_month]');
  const year = readInteger(card, 'exp_year', 'card[exp_year]');
  if (month === undefined) throw missingParam('card[exp_month]');
  if (year === undefined) throw missingParam('card[exp_year]');
  const conduct = checkCardEntry({
    number: requireString(card, 'number', 'card[number]'),
    expMonth: month,
    expYear: year,
    cvc: readString(card, 'cvc'),
  });
  return addCard(ctx, conduct, { month, year }, readBilling(params), readMetadata(params));
}

export function createPaymentMethod(ctx: Context, params: Params): Stripe.PaymentMethod {
  allowOnly(params, ['type', 'card', 'billing_details', 'metadata', 'allow_redisplay', 'radar_options']);
  return readPaymentMethod(ctx, params);
}

/** Keeps a card for a customer; a page that asked shows it again (`always`), else it is for the merchant's own use (`limited`). */
export function keepCard(ctx: Context, methodId: string, customerId: string, redisplay: 'always' | 'limited'): void {
  const method = load(ctx, 'payment_method', methodId);
  if (method.customer) return;
  const kept = save(ctx, 'payment_method', { ...method, customer: customerId, allow_redisplay: redisplay });
  emit(ctx, 'payment_method.attached', kept);
}

export function detachPaymentMethod(ctx: Context, id: string, params: Params): Stripe.PaymentMethod {
  allowOnly(params, []);
  const method = load(ctx, 'payment_method', id);
  if (!method.customer)
    throw invalidParam(
      'payment_method',
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    );
  const detached = save(ctx, 'payment_method', { ...method, customer: null });
  emit(ctx, 'payment_method.detached', detached, { customer: method.customer });
  return detached;
}

/** Cards kept for a customer, oldest first. */
export const cardsOf = (ctx: Context, customerId: string): Stripe.PaymentMethod[] =>
  ownedBy(ctx, 'payment_method').filter(({ customer }) => customer === customerId);

/** A card that is kept for a customer pays for that customer only. */
export function assertPayableBy(method: Stripe.PaymentMethod, customerId: string | null): void {
  if (method.customer && method.customer !== customerId)
    throw invalidParam(
      'payment_method',
      customerId
        ? `The customer does not have a payment method with the ID ${method.id}. The payment method must be attached to the customer.`
        : 'The provided PaymentMethod belongs to a Customer. To use it, pass that Customer in the `customer` parameter.',
    );
}

export function attachPaymentMethod(ctx: Context, id: string, params: Params): Stripe.PaymentMethod {
  allowOnly(params, ['customer', 'customer_account']);
  const customer = load(ctx, 'customer', requireString(params, 'customer'), 'customer');
  return save(ctx, 'payment_method', { ...resolvePaymentMethod(ctx, id), customer: customer.id });
}
