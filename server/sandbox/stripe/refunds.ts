import type Stripe from 'stripe';
import { returnFeeShare } from './application-fees.ts';
import { addBalanceTransaction } from './balance.ts';
import { formatAmount } from './amounts.ts';
import type { Context } from './context.ts';
import { emit, load, newId, nowSeconds, save } from './context.ts';
import { isChargedBack } from './disputes.ts';
import { StripeError, invalidParam } from './errors.ts';
import type { Params } from './params.ts';
import { allowOnly, readBoolean, readInteger, readMetadata, readOneOf, readString } from './params.ts';

const CREATE = [
  'amount',
  'charge',
  'currency',
  'customer',
  'instructions_email',
  'metadata',
  'origin',
  'payment_intent',
  'reason',
  'refund_application_fee',
  'reverse_transfer',
] as const satisfies readonly (keyof Stripe.RefundCreateParams)[];

function refuse(message: string, code?: string, param?: string): StripeError {
  return new StripeError(
    400,
    { type: 'invalid_request_error', message, ...(code ? { code } : {}), ...(param ? { param } : {}) },
    { replayable: true },
  );
}

function findCharge(ctx: Context, params: Params): Stripe.Charge {
  const chargeId = readString(params, 'charge');
  if (chargeId) return load(ctx, 'charge', chargeId, 'charge');
  const intentId = readString(params, 'payment_intent');
  if (!intentId)
    throw invalidParam(
      'charge',
      'One of the following params should be provided for this request: payment_intent or charge.',
    );
  const intent = load(ctx, 'payment_intent', intentId, 'payment_intent');
  if (typeof intent.latest_charge !== 'string' || intent.status !== 'succeeded') {
    throw refuse(
      `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
      'charge_not_refundable',
      'payment_intent',
    );
  }
  return load(ctx, 'charge', intent.latest_charge, 'charge');
}

/** Gives back part or all of a captured charge; more than is left is refused. */
export function createRefund(ctx: Context, params: Params): Stripe.Refund {
  allowOnly(params, CREATE);
  const charge = findCharge(ctx, params);
  const reason = readOneOf(params, 'reason', ['duplicate', 'fraudulent', 'requested_by_customer'] as const) ?? null;
  const left = charge.amount - charge.amount_refunded;
  if (charge.status !== 'succeeded' || !charge.captured)
    throw refuse(
      `Charge ${charge.id} has not been captured and cannot be refunded: cancel its PaymentIntent instead.`,
      'charge_not_refundable',
    );
  if (isChargedBack(ctx, charge))
    throw refuse(`Charge ${charge.id} has been charged back; cannot issue a refund.`, 'charge_disputed');
  if (left <= 0) throw refuse(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
  const amount = readInteger(params, 'amount') ?? left;
  if (amount < 1) throw invalidParam('amount', 'Invalid positive integer', 'parameter_invalid_integer');
  if (amount > left) {
    throw refuse(
      `Refund amount (${formatAmount(amount, charge.currency)}) is greater than unrefunded amount on charge (${formatAmount(left, charge.currency)})`,
      'amount_too_large',
      'amount',
    );
  }
  const id = newId('re');
  const transaction = addBalanceTransaction(ctx, {
    amount: -amount,
    fee: 0,
    currency: charge.currency,
    source: id,
    description: 'REFUND FOR CHARGE',
    type: 'refund',
  });
  const refund = save(ctx, 'refund', {
    id,
    object: 'refund',
    amount,
    balance_transaction: transaction.id,
    charge: charge.id,
    created: nowSeconds(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' },
      type: 'card',
    },
    metadata: readMetadata(params),
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: 'succeeded',
    transfer_reversal: null,
  });
  const refunded = save(ctx, 'charge', {
    ...charge,
    amount_refunded: charge.amount_refunded + amount,
    refunded: left === amount,
  });
  if (readBoolean(params, 'refund_application_fee')) returnFeeShare(ctx, charge, amount);
  emit(ctx, 'refund.created', refund);
  emit(ctx, 'charge.refunded', refunded, { amount_refunded: charge.amount_refunded, refunded: charge.refunded });
  emit(ctx, 'refund.updated', refund);
  return refund;
}

export function updateRefund(ctx: Context, id: string, params: Params): Stripe.Refund {
  allowOnly(params, ['metadata']);
  const refund = load(ctx, 'refund', id);
  const updated = save(ctx, 'refund', { ...refund, metadata: readMetadata(params, refund.metadata ?? {}) });
  emit(ctx, 'refund.updated', updated, { metadata: refund.metadata });
  emit(ctx, 'charge.refund.updated', updated, { metadata: refund.metadata });
  return updated;
}
