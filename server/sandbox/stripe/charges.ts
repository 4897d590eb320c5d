import { randomInt } from 'node:crypto';
import type Stripe from 'stripe';
import { assertMayCharge } from './accounts.ts';
import { takeApplicationFee } from './application-fees.ts';
import { addBalanceTransaction, feeOf } from './balance.ts';
import type { Refusal } from './cards.ts';
import type { Context } from './context.ts';
import { emit, load, newId, nowSeconds, save } from './context.ts';
import type { Params } from './params.ts';
import { allowOnly, readMetadata, readString } from './params.ts';

/** Card authorisations lapse seven days after they were given. */
const HOLD_SECONDS = 7 * 86_400;

function outcomeOf(refusal: Refusal | null): Stripe.Charge.Outcome {
  return {
    advice_code: refusal ? 'try_again_later' : null,
    network_advice_code: null,
    network_decline_code: refusal ? '01' : null,
    network_status: refusal ? 'declined_by_network' : 'approved_by_network',
    reason: refusal?.declineCode ?? null,
    risk_level: 'normal',
    risk_score: 20,
    seller_message: refusal ? 'The bank did not return any further details with this decline.' : 'Payment complete.',
    type: refusal ? 'issuer_declined' : 'authorized',
  };
}

interface CardUse {
  method: Stripe.PaymentMethod;
  authenticated: boolean;
  moto: boolean;
  authorised: boolean;
}

function cardDetails(intent: Stripe.PaymentIntent, use: CardUse): Stripe.Charge.PaymentMethodDetails {
  const card = use.method.card;
  if (!card) return { type: use.method.type };
  return {
    type: 'card',
    card: {
      amount_authorized: use.authorised ? intent.amount : null,
      authorization_code: use.authorised ? String(randomInt(100_000, 999_999)) : null,
      brand: card.brand,
      ...(use.authorised && intent.capture_method === 'manual' ? { capture_before: nowSeconds() + HOLD_SECONDS } : {}),
      checks: card.checks,
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      installments: null,
      last4: card.last4,
      mandate: null,
      moto: use.moto,
      network: card.brand,
      network_transaction_id: use.authorised ? newId('ntx', 12).slice(4) : null,
      regulated_status: 'unregulated',
      three_d_secure: use.authenticated
        ? {
            authentication_flow: 'challenge',
            electronic_commerce_indicator: '05',
            exemption_indicator: null,
            result: 'authenticated',
            result_reason: null,
            transaction_id: newId('tdsx', 12),
            version: '2.2.0',
          }
        : null,
      transaction_link_id: null,
      wallet: null,
    },
  };
}

/** Asks the pretended bank once: an approved or failed charge of the whole amount, not yet captured. */
export function addCharge(
  ctx: Context,
  intent: Stripe.PaymentIntent,
  use: Omit<CardUse, 'authorised'>,
  refusal: Refusal | null,
): Stripe.Charge {
  assertMayCharge(ctx);
  const charge: Stripe.Charge = {
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: intent.application_fee_amount,
    balance_transaction: null,
    billing_details: { ...use.method.billing_details },
    calculated_statement_descriptor: ['PORTOLAN', intent.statement_descriptor_suffix]
      .filter(Boolean)
      .join('* ')
      .slice(0, 22),
    captured: false,
    created: nowSeconds(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: refusal?.code ?? null,
    failure_message: refusal?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: intent.on_behalf_of,
    outcome: outcomeOf(refusal),
    paid: refusal === null,
    payment_intent: intent.id,
    payment_method: use.method.id,
    payment_method_details: cardDetails(intent, { ...use, authorised: refusal === null }),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: refusal ? 'failed' : 'succeeded',
    transfer_data: null,
    transfer_group: intent.transfer_group,
  };
  return save(ctx, 'charge', charge);
}

/** Takes the money of an authorised charge; what is left of the authorisation goes back to the card. */
export function captureCharge(ctx: Context, charge: Stripe.Charge, amount: number): Stripe.Charge {
  const fee = takeApplicationFee(ctx, charge, amount);
  const conduct = typeof charge.payment_method === 'string' && ctx.store.get('card_conduct', charge.payment_method);
  const transaction = addBalanceTransaction(ctx, {
    amount,
    fee: feeOf(amount) + (fee?.amount ?? 0),
    applicationFee: fee?.amount ?? 0,
    currency: charge.currency,
    source: charge.id,
    description: charge.description,
    type: 'charge',
    isAvailableAtOnce: conduct ? (conduct.bypassesPending ?? false) : false,
  });
  return save(ctx, 'charge', {
    ...charge,
    application_fee: fee?.id ?? null,
    captured: true,
    amount_captured: amount,
    amount_refunded: charge.amount - amount,
    balance_transaction: transaction.id,
  });
}

/** Lets an authorisation go: Stripe shows it as a refunded charge that was never captured. */
export function releaseCharge(ctx: Context, charge: Stripe.Charge): Stripe.Charge {
  const released = save(ctx, 'charge', { ...charge, amount_refunded: charge.amount, refunded: true });
  emit(ctx, 'charge.refunded', released, { amount_refunded: 0, refunded: false });
  return released;
}

export function updateCharge(ctx: Context, id: string, params: Params): Stripe.Charge {
  allowOnly(params, [
    'customer',
    'description',
    'fraud_details',
    'metadata',
    'receipt_email',
    'shipping',
    'transfer_group',
  ]);
  const charge = load(ctx, 'charge', id);
  const updated = save(ctx, 'charge', {
    ...charge,
    metadata: readMetadata(params, charge.metadata),
    description: readString(params, 'description') ?? charge.description,
  });
  emit(ctx, 'charge.updated', updated);
  return updated;
}
