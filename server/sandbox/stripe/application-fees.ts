import type Stripe from 'stripe';
import { addBalanceTransaction } from './balance.ts';
import { formatAmount } from './amounts.ts';
import type { Context } from './context.ts';
import { actingFor, emit, load, newId, nowSeconds, save } from './context.ts';
import { StripeError, invalidParam } from './errors.ts';
import type { Params } from './params.ts';
import { allowOnly, readInteger, readMetadata } from './params.ts';

/** Moves the platform's part of a captured direct charge to the platform; undefined where there is none. */
export function takeApplicationFee(
  ctx: Context,
  charge: Stripe.Charge,
  captured: number,
): Stripe.ApplicationFee | undefined {
  const amount = Math.min(charge.application_fee_amount ?? 0, captured);
  if (!ctx.account || amount === 0) return undefined;
  const platform = actingFor(ctx, null);
  const id = newId('fee');
  const transaction = addBalanceTransaction(platform, {
    amount,
    fee: 0,
    currency: charge.currency,
    source: id,
    description: null,
    type: 'application_fee',
    category: 'platform_earning',
  });
  const fee = save(platform, 'application_fee', {
    id,
    object: 'application_fee',
    account: ctx.account,
    amount,
    amount_refunded: 0,
    application: 'ca_sandbox',
    balance_transaction: transaction.id,
    charge: charge.id,
    created: nowSeconds(),
    currency: charge.currency,
    fee_source: { charge: charge.id, type: 'charge' },
    livemode: false,
    originating_transaction: null,
    refunded: false,
    refunds: { object: 'list', data: [], has_more: false, url: `/v1/application_fees/${id}/refunds` },
  });
  emit(actingFor(ctx, ctx.account), 'application_fee.created', fee);
  return fee;
}

/** Gives a fee back to the account it was taken from; the whole rest without an amount. */
export function createFeeRefund(ctx: Context, feeId: string, params: Params): Stripe.FeeRefund {
  allowOnly(params, ['amount', 'metadata']);
  const fee = load(ctx, 'application_fee', feeId);
  const left = fee.amount - fee.amount_refunded;
  if (left <= 0)
    throw new StripeError(
      400,
      {
        type: 'invalid_request_error',
        code: 'application_fee_already_refunded' as const,
        message: `The application fee ${fee.id} has already been refunded.`,
      },
      { replayable: true },
    );
  const amount = readInteger(params, 'amount') ?? left;
  if (amount < 1) throw invalidParam('amount', 'Invalid positive integer', 'parameter_invalid_integer');
  if (amount > left)
    throw invalidParam(
      'amount',
      `Refund amount (${formatAmount(amount, fee.currency)}) is greater than unrefunded amount on fee (${formatAmount(left, fee.currency)})`,
    );
  return giveBack(ctx, fee, amount, readMetadata(params));
}

function giveBack(
  ctx: Context,
  fee: Stripe.ApplicationFee,
  amount: number,
  metadata: Record<string, string>,
): Stripe.FeeRefund {
  const platform = actingFor(ctx, null);
  const account = typeof fee.account === 'string' ? fee.account : fee.account.id;
  const id = newId('fr');
  const line = { fee: 0, currency: fee.currency, source: id, type: 'application_fee_refund' } as const;
  const transaction = addBalanceTransaction(platform, {
    ...line,
    amount: -amount,
    description: 'REFUND FOR APPLICATION FEE',
    category: 'platform_earning_refund',
  });
  addBalanceTransaction(actingFor(ctx, account), { ...line, amount, description: 'REFUND FOR APPLICATION FEE' });
  const refund = save(platform, 'fee_refund', {
    id,
    object: 'fee_refund',
    amount,
    balance_transaction: transaction.id,
    created: nowSeconds(),
    currency: fee.currency,
    fee: fee.id,
    metadata,
  });
  const after = save(platform, 'application_fee', {
    ...fee,
    amount_refunded: fee.amount_refunded + amount,
    refunded: fee.amount_refunded + amount === fee.amount,
    refunds: { ...fee.refunds, data: [refund, ...fee.refunds.data] },
  });
  emit(actingFor(ctx, account), 'application_fee.refunded', after, { amount_refunded: fee.amount_refunded });
  return refund;
}

/** The fee's share of a refund (`refund_application_fee`): in proportion, and all of it with the last. */
export function returnFeeShare(ctx: Context, charge: Stripe.Charge, refunded: number): void {
  const fee =
    typeof charge.application_fee === 'string' ? ctx.store.get('application_fee', charge.application_fee) : undefined;
  if (!fee) return;
  const left = fee.amount - fee.amount_refunded;
  const isLast = charge.amount - charge.amount_refunded === refunded;
  const amount = isLast ? left : Math.min(left, Math.round((fee.amount * refunded) / charge.amount_captured));
  if (amount > 0) giveBack(ctx, fee, amount, {});
}
