import type Stripe from 'stripe';
import { assertPlatform } from './accounts.ts';
import { formatAmount, readCurrency } from './amounts.ts';
import { addBalanceTransaction, availableIn } from './balance.ts';
import type { Context } from './context.ts';
import { actingFor, emit, idOf, load, newId, nowSeconds, save } from './context.ts';
import { StripeError, invalidParam, missingParam } from './errors.ts';
import type { Params } from './params.ts';
import { allowOnly, readInteger, readMetadata, readString, requireString } from './params.ts';

const CREATE = [
  'amount',
  'currency',
  'description',
  'destination',
  'metadata',
  'source_transaction',
  'source_type',
  'transfer_group',
] as const satisfies readonly (keyof Stripe.TransferCreateParams)[];
const REVERSE = [
  'amount',
  'description',
  'metadata',
  'refund_application_fee',
] as const satisfies readonly (keyof Stripe.TransferCreateReversalParams)[];

const refuse = (code: string, message: string, param?: string): StripeError =>
  new StripeError(
    400,
    { type: 'invalid_request_error', code, message, ...(param ? { param } : {}) },
    { replayable: true },
  );

/** Moves money of the platform to a connected account: at most what is available, or what its source charge brought. */
export function createTransfer(ctx: Context, params: Params): Stripe.Transfer {
  assertPlatform(ctx, 'transfers');
  allowOnly(params, CREATE);
  const destination = load(ctx, 'connected_account', requireString(params, 'destination'), 'destination');
  const currency = readCurrency(params);
  const amount = readInteger(params, 'amount');
  if (amount === undefined) throw missingParam('amount');
  if (amount < 1) throw invalidParam('amount', 'Invalid positive integer', 'parameter_invalid_integer');
  if (destination.capabilities?.transfers !== 'active')
    throw refuse(
      'insufficient_capabilities_for_transfer',
      'Your destination account needs to have at least one of the following capabilities enabled: transfers, crypto_transfers, legacy_payments',
    );
  const source = readSource(ctx, params, amount, currency);
  if (!source && availableIn(ctx, currency) < amount)
    throw refuse(
      'balance_insufficient',
      'You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card. See: https://docs.stripe.com/testing#available-balance',
    );
  const id = newId('tr');
  const description = readString(params, 'description') ?? null;
  const payment = newId('py');
  const line = { fee: 0, currency, description, isAvailableAtOnce: !source } as const;
  const transaction = addBalanceTransaction(ctx, { ...line, amount: -amount, source: id, type: 'transfer' });
  addBalanceTransaction(actingFor(ctx, destination.id), { ...line, amount, source: payment, type: 'payment' });
  const transfer = save(ctx, 'transfer', {
    id,
    object: 'transfer',
    amount,
    amount_reversed: 0,
    balance_transaction: transaction.id,
    created: nowSeconds(),
    currency,
    description,
    destination: destination.id,
    destination_payment: payment,
    livemode: false,
    metadata: readMetadata(params),
    reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
    reversed: false,
    source_transaction: source?.id ?? null,
    source_type: readString(params, 'source_type') ?? 'card',
    transfer_group: readString(params, 'transfer_group') ?? source?.transfer_group ?? null,
  });
  emit(ctx, 'transfer.created', transfer);
  return transfer;
}

function readSource(ctx: Context, params: Params, amount: number, currency: string): Stripe.Charge | undefined {
  const id = readString(params, 'source_transaction');
  if (id === undefined) return undefined;
  const charge = load(ctx, 'charge', id, 'source_transaction');
  const used = ctx.store
    .all('transfer')
    .filter((transfer) => transfer.source_transaction === id)
    .reduce((total, transfer) => total + transfer.amount - transfer.amount_reversed, 0);
  if (charge.currency !== currency || charge.amount_captured - used < amount)
    throw refuse(
      'balance_insufficient',
      `The transfer's source transaction has ${formatAmount(charge.amount_captured - used, charge.currency)} left.`,
      'source_transaction',
    );
  return charge;
}

export function updateTransfer(ctx: Context, id: string, params: Params): Stripe.Transfer {
  allowOnly(params, ['description', 'metadata']);
  const before = load(ctx, 'transfer', id);
  const after = save(ctx, 'transfer', {
    ...before,
    description: readString(params, 'description') ?? before.description,
    metadata: readMetadata(params, before.metadata),
  });
  emit(ctx, 'transfer.updated', after);
  return after;
}

/** Takes part or all of a transfer back; the whole rest without an amount. */
export function createReversal(ctx: Context, id: string, params: Params): Stripe.TransferReversal {
  allowOnly(params, REVERSE);
  const transfer = load(ctx, 'transfer', id);
  const left = transfer.amount - transfer.amount_reversed;
  if (left <= 0) throw refuse('transfer_already_reversed', `Transfer ${transfer.id} is already fully reversed.`);
  const amount = readInteger(params, 'amount') ?? left;
  if (amount < 1) throw invalidParam('amount', 'Invalid positive integer', 'parameter_invalid_integer');
  if (amount > left)
    throw refuse(
      'amount_too_large',
      `Transfer reversal amount (${formatAmount(amount, transfer.currency)}) is greater than unreversed amount on transfer (${formatAmount(left, transfer.currency)})`,
      'amount',
    );
  const reversalId = newId('trr');
  const line = { fee: 0, currency: transfer.currency, description: null, isAvailableAtOnce: true } as const;
  const transaction = addBalanceTransaction(ctx, { ...line, amount, source: reversalId, type: 'transfer_refund' });
  const refund = newId('pyr');
  addBalanceTransaction(actingFor(ctx, idOf(transfer.destination)), {
    ...line,
    amount: -amount,
    source: refund,
    type: 'payment_refund',
  });
  const reversal = save(ctx, 'transfer_reversal', {
    id: reversalId,
    object: 'transfer_reversal',
    amount,
    balance_transaction: transaction.id,
    created: nowSeconds(),
    currency: transfer.currency,
    destination_payment_refund: refund,
    metadata: readMetadata(params),
    source_refund: null,
    transfer: transfer.id,
  });
  const after = save(ctx, 'transfer', {
    ...transfer,
    amount_reversed: transfer.amount_reversed + amount,
    reversed: amount === left,
    reversals: { ...transfer.reversals, data: [reversal, ...transfer.reversals.data] },
  });
  emit(ctx, 'transfer.reversed', after, { amount_reversed: transfer.amount_reversed, reversed: transfer.reversed });
  return reversal;
}
