import type Stripe from 'stripe';
import type { Context } from './context.ts';
import { newId, nowSeconds, ownedBy, save } from './context.ts';

const DAY = 86_400;
/** Stripe's card tariff for the European Economic Area: 1.5 % + 0.25, in basis points and minor units. */
const FEE_BASIS_POINTS = 150;
const FEE_FIXED = 25;

/** Stripe's fee in minor units, rounded half away from zero. */
export function feeOf(amount: number): number {
  return Math.floor((amount * FEE_BASIS_POINTS + 5_000) / 10_000) + FEE_FIXED;
}

interface Movement {
  amount: number;
  fee: number;
  currency: string;
  source: string;
  description: string | null;
  type:
    | 'charge'
    | 'refund'
    | 'transfer'
    | 'transfer_refund'
    | 'payment'
    | 'payment_refund'
    | 'application_fee'
    | 'application_fee_refund'
    | 'adjustment';
  /** Where it differs from the type. */
  category?: 'dispute' | 'dispute_reversal' | 'platform_earning' | 'platform_earning_refund';
  /** Part of `fee` that goes to the platform. */
  applicationFee?: number;
  /** Without the usual two days. */
  isAvailableAtOnce?: boolean;
}

/** Writes one line of the account's balance: captures come in with a fee, refunds go out and the fee stays. */
export function addBalanceTransaction(ctx: Context, movement: Movement): Stripe.BalanceTransaction {
  const created = nowSeconds();
  return save(ctx, 'balance_transaction', {
    id: newId('txn'),
    object: 'balance_transaction',
    amount: movement.amount,
    available_on: movement.isAvailableAtOnce ? created : created + 2 * DAY,
    balance_type: 'payments',
    created,
    currency: movement.currency,
    description: movement.description,
    exchange_rate: null,
    fee: movement.fee,
    fee_details: feeDetails(movement),
    net: movement.amount - movement.fee,
    reporting_category: movement.category ?? movement.type,
    source: movement.source,
    status: 'pending',
    type: movement.type,
  });
}

function feeDetails(movement: Movement): Stripe.BalanceTransaction.FeeDetail[] {
  const ours = movement.applicationFee ?? 0;
  const stripes = movement.fee - ours;
  const one = (amount: number, type: string, description: string) =>
    amount === 0 ? [] : [{ amount, application: null, currency: movement.currency, description, type }];
  return [
    ...one(ours, 'application_fee', 'Application fee'),
    ...one(stripes, 'stripe_fee', movement.category === 'dispute' ? 'Dispute fee' : 'Stripe processing fees'),
  ];
}

/** What an account may transfer now, in minor units of a currency. */
export const availableIn = (ctx: Context, currency: string): number =>
  ownedBy(ctx, 'balance_transaction')
    .map(presentBalanceTransaction)
    .filter((line) => line.currency === currency && line.status === 'available')
    .reduce((total, { net }) => total + net, 0);

/** A movement becomes available two days after it was made. */
export function presentBalanceTransaction(transaction: Stripe.BalanceTransaction): Stripe.BalanceTransaction {
  return { ...transaction, status: transaction.available_on <= nowSeconds() ? 'available' : 'pending' };
}

export function retrieveBalance(ctx: Context): Stripe.Balance {
  const sums = { available: new Map<string, number>(), pending: new Map<string, number>() };
  for (const stored of ownedBy(ctx, 'balance_transaction')) {
    const transaction = presentBalanceTransaction(stored);
    const side = transaction.status === 'available' ? sums.available : sums.pending;
    side.set(transaction.currency, (side.get(transaction.currency) ?? 0) + transaction.net);
  }
  const currencies = [...new Set([...sums.available.keys(), ...sums.pending.keys()])];
  const present = (side: Map<string, number>) =>
    (currencies.length > 0 ? currencies : ['eur']).map((currency) => ({
      amount: side.get(currency) ?? 0,
      currency,
      source_types: { card: side.get(currency) ?? 0 },
    }));
  return { object: 'balance', available: present(sums.available), livemode: false, pending: present(sums.pending) };
}
