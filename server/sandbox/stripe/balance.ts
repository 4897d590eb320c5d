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
  type: 'charge' | 'refund';
}

/** Writes one line of the account's balance: captures come in with a fee, refunds go out and the fee stays. */
export function addBalanceTransaction(ctx: Context, movement: Movement): Stripe.BalanceTransaction {
  const created = nowSeconds();
  return save(ctx, 'balance_transaction', {
    id: newId('txn'),
    object: 'balance_transaction',
    amount: movement.amount,
    available_on: created + 2 * DAY,
    balance_type: 'payments',
    created,
    currency: movement.currency,
    description: movement.description,
    exchange_rate: null,
    fee: movement.fee,
    fee_details:
      movement.fee === 0
        ? []
        : [
            {
              amount: movement.fee,
              application: null,
              currency: movement.currency,
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: movement.amount - movement.fee,
    reporting_category: movement.type,
    source: movement.source,
    status: 'pending',
    type: movement.type,
  });
}

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
