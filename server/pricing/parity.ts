import { assertMinor } from '../kernel/money.ts';
import type { BuildUp } from './build-up.ts';

/** Who sees the price: anybody, or people who signed in. */
export type Audience = 'public' | 'closed_group';

/** A hotel's suggested selling price, minor units of the offer's currency. On a public page nothing may be sold below it. */
export interface ParityFloor {
  readonly suggestedMinor: number;
  readonly audience: Audience;
}

export interface ParityResult extends ParityFloor {
  /** What the floor added to the seller's markup; zero for a closed group or where the price was above it. */
  readonly surplus: number;
}

/** What the floor adds to a customer total. */
export function keepParity(total: number, floor: ParityFloor): ParityResult {
  const missing = assertMinor(floor.suggestedMinor, 'suggested selling price') - total;
  return { ...floor, surplus: floor.audience === 'public' ? Math.max(0, missing) : 0 };
}

/** Whether a frozen price may be sold to this audience: one made for a closed group, below the floor, is not for the public. */
export const mayBeSoldTo = ({ parity, customerTotal }: BuildUp, audience: Audience): boolean =>
  audience === 'closed_group' || parity === undefined || customerTotal >= parity.suggestedMinor;
