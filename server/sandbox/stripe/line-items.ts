import type Stripe from 'stripe';
import { readCurrency } from './amounts.ts';
import type { Context } from './context.ts';
import { idOf, load, newId, nowSeconds, save } from './context.ts';
import { invalidParam, missingParam } from './errors.ts';
import type { Params } from './params.ts';
import {
  allowOnly,
  readBoolean,
  readChild,
  readInteger,
  readMetadata,
  readString,
  readStrings,
  requireString,
} from './params.ts';

export function createProduct(ctx: Context, params: Params): Stripe.Product {
  allowOnly(params, [
    'active',
    'description',
    'id',
    'images',
    'metadata',
    'name',
    'shippable',
    'statement_descriptor',
    'tax_code',
    'unit_label',
    'url',
  ]);
  const now = nowSeconds();
  return save(ctx, 'product', {
    id: newId('prod', 14),
    object: 'product',
    active: readBoolean(params, 'active') ?? true,
    created: now,
    default_price: null,
    description: readString(params, 'description') ?? null,
    images: readStrings(params, 'images') ?? [],
    livemode: false,
    marketing_features: [],
    metadata: readMetadata(params),
    name: requireString(params, 'name'),
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: readString(params, 'tax_code') ?? null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: now,
    url: null,
  });
}

function addPrice(
  ctx: Context,
  product: Stripe.Product,
  currency: string,
  unitAmount: number,
  metadata: Record<string, string>,
): Stripe.Price {
  return save(ctx, 'price', {
    id: newId('price'),
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: nowSeconds(),
    currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata,
    nickname: null,
    product: product.id,
    recurring: null,
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: 'one_time',
    unit_amount: unitAmount,
    // The client turns this decimal string of the wire into its Decimal.
    unit_amount_decimal: String(unitAmount) as unknown as Stripe.Decimal,
  });
}

function readUnitAmount(params: Params, path: string): number {
  const amount = readInteger(params, 'unit_amount', path);
  if (amount === undefined) throw missingParam(path);
  if (amount < 0)
    throw invalidParam(path, 'This value must be greater than or equal to 0.', 'parameter_invalid_integer');
  return amount;
}

export function createPrice(ctx: Context, params: Params): Stripe.Price {
  allowOnly(params, [
    'active',
    'billing_scheme',
    'currency',
    'lookup_key',
    'metadata',
    'nickname',
    'product',
    'product_data',
    'tax_behavior',
    'unit_amount',
  ]);
  const inline = readChild(params, 'product_data');
  const product = inline
    ? createProduct(ctx, inline)
    : load(ctx, 'product', requireString(params, 'product'), 'product');
  return addPrice(ctx, product, readCurrency(params), readUnitAmount(params, 'unit_amount'), readMetadata(params));
}

function readPrice(ctx: Context, item: Params, path: string): { price: Stripe.Price; product: Stripe.Product } {
  const priceId = readString(item, 'price');
  if (priceId) {
    const price = load(ctx, 'price', priceId, `${path}[price]`);
    return { price, product: load(ctx, 'product', idOf(price.product)) };
  }
  const data = readChild(item, 'price_data');
  if (!data) throw missingParam(`${path}[price_data]`);
  const currency = readCurrency(data, 'currency', `${path}[price_data][currency]`);
  const unitAmount = readUnitAmount(data, `${path}[price_data][unit_amount]`);
  const productData = readChild(data, 'product_data');
  if (!productData && !readString(data, 'product')) throw missingParam(`${path}[price_data][product_data]`);
  const product = productData
    ? createProduct(ctx, productData)
    : load(ctx, 'product', requireString(data, 'product'), `${path}[price_data][product]`);
  return { price: addPrice(ctx, product, currency, unitAmount, {}), product };
}

/** Reads what a checkout session sells: at least one line, one currency. */
export function readLineItems(ctx: Context, params: Params): Stripe.LineItem[] {
  const given = params.line_items;
  if (!Array.isArray(given) || given.length === 0) throw missingParam('line_items');
  if (given.length > 100) throw invalidParam('line_items', 'A Checkout Session takes at most 100 line items.');
  const items = given.map((item, index) => {
    const path = `line_items[${index}]`;
    if (typeof item === 'string' || Array.isArray(item)) throw invalidParam(path, 'Invalid object');
    const quantity = readInteger(item, 'quantity', `${path}[quantity]`);
    if (quantity === undefined) throw missingParam(`${path}[quantity]`);
    if (quantity < 1)
      throw invalidParam(
        `${path}[quantity]`,
        'This value must be greater than or equal to 1.',
        'parameter_invalid_integer',
      );
    const { price, product } = readPrice(ctx, item, path);
    const total = (price.unit_amount ?? 0) * quantity;
    const line: Stripe.LineItem = {
      id: newId('li'),
      object: 'item',
      adjustable_quantity: null,
      amount_discount: 0,
      amount_subtotal: total,
      amount_tax: 0,
      amount_total: total,
      currency: price.currency,
      description: product.name,
      metadata: {},
      price,
      quantity,
    };
    return line;
  });
  const other = items.find((item) => item.currency !== items[0]?.currency);
  if (other)
    throw invalidParam(
      'line_items',
      `You must use the same currency for all line items: ${other.currency} and ${items[0]?.currency} were given.`,
    );
  return items;
}
