import { defineProblem } from '../kernel/errors.ts';
import type { Money } from '../kernel/money.ts';
import type { HoldShortfall } from './plan-holds.ts';

export const InsufficientFunds = defineProblem({
  code: 'wallet.insufficient_funds',
  status: 409,
  title: 'The wallet is short',
  detail: () =>
    'Your wallet does not cover this booking. Top it up by the shortfall or ask your provider for more credit, then book again.',
  extensions: (x: { available: Money; shortfall: Money }) => ({ available: x.available, shortfall: x.shortfall }),
});
/** Says nothing of the ancestor: neither who nor how much. */
export const ProviderMustAct = defineProblem({
  code: 'wallet.provider_must_act',
  status: 409,
  title: 'Your provider must act',
  detail: () =>
    'Your provider has to top up before this can be booked from the wallet. It has been told; try again shortly, or let the customer pay by card.',
});
export const WalletOverdue = defineProblem({
  code: 'wallet.overdue',
  status: 409,
  title: 'What the wallet owes is overdue',
  detail: () => 'Nothing can be booked from the wallet until what is overdue is paid. Top it up, then book again.',
  extensions: (x: { overdue: Money }) => ({ overdue: x.overdue }),
});
export const WalletMissing = defineProblem({
  code: 'wallet.missing',
  status: 409,
  title: 'There is no wallet',
  detail: () =>
    'A wallet of this sale has not been opened. Ask your provider to open it, or let the customer pay by card.',
});
export const HoldEnded = defineProblem({
  code: 'wallet.hold_ended',
  status: 409,
  title: 'The hold has ended',
  detail: (x: { state: string; wanted: string }) =>
    `What was held for this booking was already ${x.state} and can no longer be ${x.wanted}. Make a new booking.`,
});
export const CurrencyMismatch = defineProblem({
  code: 'wallet.currency_mismatch',
  status: 422,
  title: 'The wallet has another currency',
  detail: (x: { wallet: string; given: string }) =>
    `The wallet is kept in ${x.wallet}, the amount came in ${x.given}. Send the amount in ${x.wallet}.`,
});
export const LimitAboveParent = defineProblem({
  code: 'wallet.limit_above_parent',
  status: 409,
  title: "The credit limit is above the parent's own",
  detail: () =>
    "An agency may not get a higher credit limit than its parent has itself. Lower it, or raise the parent's limit first.",
});
export const LimitAboveNetwork = defineProblem({
  code: 'wallet.limit_above_network',
  status: 409,
  title: 'The credit limit is above what you may give',
  detail: () => 'The reseller set how much credit may be given here. Lower the limit, or ask your provider for more.',
  extensions: (x: { cap: Money }) => ({ cap: x.cap }),
});

const shortfalls = new WeakMap<object, readonly HoldShortfall[]>();

/** Remembers who is short beside the error, where no answer can show it. */
export function withShortfalls<E extends object>(error: E, of: readonly HoldShortfall[]): E {
  shortfalls.set(error, of);
  return error;
}

/**
 * Who was short, and by how much, when `holdForBooking` refused: to tell those ancestors after the rollback. Never for the seller's eyes.
 * Empty for any other error.
 */
export function shortfallsOf(error: unknown): readonly HoldShortfall[] {
  return (typeof error === 'object' && error !== null && shortfalls.get(error)) || [];
}
