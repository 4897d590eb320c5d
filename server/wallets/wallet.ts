import { assertMinor } from '../kernel/money.ts';

/**
 * The wallet an agency keeps with its parent (one edge of the chain), in minor units of one currency. The balance may be
 * negative down to the credit limit; holds are promised to bookings not yet captured.
 */
export interface WalletState {
  readonly balance: number;
  readonly creditLimit: number;
  readonly holds: number;
}

export class WalletError extends Error {
  override readonly name = 'WalletError';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export type HoldResult =
  | { readonly ok: true; readonly wallet: WalletState }
  | { readonly ok: false; readonly available: number; readonly shortfall: number };

function assertPositive(amount: number, what: string): void {
  if (assertMinor(amount, what) <= 0) {
    throw new WalletError('amount_not_positive', `The ${what} must be more than zero; ${amount} is not.`);
  }
}

function assertHeld(wallet: WalletState, amount: number): void {
  if (amount > wallet.holds) {
    throw new WalletError(
      'hold_missing',
      `Only ${wallet.holds} is held in this wallet, not ${amount}; the hold is gone.`,
    );
  }
}

/** What may still be spent: balance + credit limit − holds. Negative after a limit was lowered below what is owed. */
export function availableOf(wallet: WalletState): number {
  return assertMinor(wallet.balance + wallet.creditLimit - wallet.holds, 'available amount');
}

/** Sets an amount aside for a booking, or says by how much the wallet is short. */
export function holdAmount(wallet: WalletState, amount: number): HoldResult {
  assertPositive(amount, 'hold');
  const available = availableOf(wallet);
  if (available < amount) return { ok: false, available, shortfall: amount - available };
  return { ok: true, wallet: { ...wallet, holds: wallet.holds + amount } };
}

/** Turns a hold into a debit. A final amount below the hold frees the rest; one above it needs a new hold first. */
export function captureHold(wallet: WalletState, held: number, final: number = held): WalletState {
  assertPositive(held, 'hold');
  assertPositive(final, 'captured amount');
  assertHeld(wallet, held);
  if (final > held) {
    throw new WalletError(
      'capture_exceeds_hold',
      `Cannot capture ${final} from a hold of ${held}; hold the difference first.`,
    );
  }
  return { ...wallet, balance: assertMinor(wallet.balance - final, 'balance'), holds: wallet.holds - held };
}

/** Gives a hold back without a debit. */
export function releaseHold(wallet: WalletState, held: number): WalletState {
  assertPositive(held, 'hold');
  assertHeld(wallet, held);
  return { ...wallet, holds: wallet.holds - held };
}

/** Money paid in, or given back by a refund. */
export function topUp(wallet: WalletState, amount: number): WalletState {
  assertPositive(amount, 'top-up');
  return { ...wallet, balance: assertMinor(wallet.balance + amount, 'balance') };
}

/** A correction in either direction; it may leave the wallet short, which then blocks new bookings. */
export function adjustBalance(wallet: WalletState, amount: number): WalletState {
  return { ...wallet, balance: assertMinor(wallet.balance + assertMinor(amount), 'balance') };
}

/**
 * Changes the credit limit. It may be lowered below what is owed (old bookings stay, new ones are blocked) but never set above
 * the parent's own limit; pass null for a parent without a wallet, which is the reseller.
 */
export function setCreditLimit(wallet: WalletState, limit: number, parentLimit: number | null): WalletState {
  if (assertMinor(limit, 'credit limit') < 0) {
    throw new WalletError('limit_negative', `A credit limit is zero or more; ${limit} is not.`);
  }
  if (parentLimit !== null && limit > parentLimit) {
    throw new WalletError(
      'limit_above_parent',
      `The limit ${limit} is above your own limit of ${parentLimit}; ask your provider to raise yours first.`,
    );
  }
  return { ...wallet, creditLimit: limit };
}
