import type { Tier } from '../schema.ts';

export const TIER_ORDER = ['bronze', 'silver', 'gold', 'platinum'] as const satisfies readonly Tier[];
/** Days of travel a review looks back on. */
export const WINDOW_DAYS = 90;

/** What earns a tier: either of the two that is given. Minor units; neither: not earned by itself. */
export interface Threshold {
  readonly tier: Tier;
  readonly minValueMinor: number | null;
  readonly minBookings: number | null;
}

/** What travelled with an agency and all below it in the window. */
export interface Travelled {
  readonly valueMinor: number;
  readonly bookings: number;
}

export type ReviewOutcome = 'kept' | 'up' | 'grace' | 'down' | 'overridden';

export interface Review {
  readonly before: Tier;
  readonly earned: Tier;
  readonly after: Tier;
  readonly outcome: ReviewOutcome;
}

const rank = (tier: Tier): number => TIER_ORDER.indexOf(tier);

const isMet = ({ minValueMinor, minBookings }: Threshold, { valueMinor, bookings }: Travelled): boolean =>
  (minValueMinor !== null && valueMinor >= minValueMinor) || (minBookings !== null && bookings >= minBookings);

/** The highest tier what travelled earns; the lowest needs nothing. */
export const earnedTier = (thresholds: readonly Threshold[], travelled: Travelled): Tier =>
  TIER_ORDER.findLast((tier) => thresholds.some((one) => one.tier === tier && isMet(one, travelled))) ?? 'bronze';

/**
 * What a review makes of an agency's tier: up at once; down only when the review of the month before gave grace; never while somebody made
 * an exception, nor in an agency's first window, in which it could not have earned what it was given. Pure.
 */
export function decideReview(given: {
  tier: Tier;
  earned: Tier;
  outcomeBefore: ReviewOutcome | undefined;
  override: Tier | undefined;
  isNew: boolean;
}): Review {
  const { tier: before, earned, override } = given;
  const made = (after: Tier, outcome: ReviewOutcome): Review => ({ before, earned, after, outcome });
  if (override !== undefined) return made(override, 'overridden');
  if (rank(earned) > rank(before)) return made(earned, 'up');
  if (rank(earned) === rank(before) || given.isNew) return made(before, 'kept');
  return given.outcomeBefore === 'grace' ? made(earned, 'down') : made(before, 'grace');
}

/** The next tier that can be earned, and what of each threshold is missing; null at the top. */
export function nextTier(
  tier: Tier,
  thresholds: readonly Threshold[],
  travelled: Travelled,
): { tier: Tier; threshold: Threshold; missingValueMinor: number | null; missingBookings: number | null } | null {
  const next = TIER_ORDER.slice(rank(tier) + 1)
    .map((name) => thresholds.find((one) => one.tier === name))
    .find((one) => one !== undefined && (one.minValueMinor !== null || one.minBookings !== null));
  if (!next) return null;
  const missing = (need: number | null, have: number) => (need === null ? null : Math.max(0, need - have));
  return {
    tier: next.tier,
    threshold: next,
    missingValueMinor: missing(next.minValueMinor, travelled.valueMinor),
    missingBookings: missing(next.minBookings, travelled.bookings),
  };
}

/** First day of a day's month (UTC). */
export const monthOf = (day: Date): string => `${day.toISOString().slice(0, 7)}-01`;
export const monthBefore = (month: string): string => {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 2, 1)).toISOString().slice(0, 10);
};
export const monthAfter = (month: string): string => {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
};
/** The window before a day: from (inclusive) to the day (exclusive). */
export const windowBefore = (day: string): { from: string; to: string } => ({
  from: new Date(Date.parse(day) - WINDOW_DAYS * 86_400_000).toISOString().slice(0, 10),
  to: day,
});
