import { WalletError } from './wallet.ts';

/** A hold is made once and ends once: captured (debited) or released. */
export type HoldState = 'held' | 'captured' | 'released';

const NEXT: Readonly<Record<HoldState, readonly HoldState[]>> = {
  held: ['captured', 'released'],
  captured: [],
  released: [],
};

/**
 * Whether a hold must move to the wanted state: false when it is already there (a retry, nothing to do), true when it may move.
 * Throws WalletError when it ended differently.
 */
export function shouldMoveHold(from: HoldState, to: 'captured' | 'released'): boolean {
  if (from === to) return false;
  if (NEXT[from].includes(to)) return true;
  throw new WalletError('hold_ended', `This hold was already ${from} and can no longer be ${to}.`);
}
