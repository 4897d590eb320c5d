import { describe, expect, it } from 'vitest';
import type { Tier } from '../schema.ts';
import {
  decideReview,
  earnedTier,
  monthAfter,
  monthBefore,
  nextTier,
  windowBefore,
  type Threshold,
} from './tier-review.ts';

const thresholds: Threshold[] = [
  { tier: 'silver', minValueMinor: 1_000_000, minBookings: 20 },
  { tier: 'gold', minValueMinor: 5_000_000, minBookings: null },
  { tier: 'platinum', minValueMinor: null, minBookings: null },
];
const sold = (valueMinor: number, bookings: number) => ({ valueMinor, bookings });

describe('earnedTier', () => {
  it('is the highest whose value or number is reached; one without thresholds is given by hand only', () => {
    expect(earnedTier(thresholds, sold(999_999, 19))).toBe('bronze');
    expect(earnedTier(thresholds, sold(0, 20))).toBe('silver');
    expect(earnedTier(thresholds, sold(1_000_000, 0))).toBe('silver');
    expect(earnedTier(thresholds, sold(99_000_000, 999))).toBe('gold');
  });
});

describe('decideReview', () => {
  const decide = (tier: Tier, earned: Tier, over: Partial<Parameters<typeof decideReview>[0]> = {}) => {
    const { after, outcome } = decideReview({
      tier,
      earned,
      outcomeBefore: undefined,
      override: undefined,
      isNew: false,
      ...over,
    });
    return [after, outcome];
  };

  it('goes up at once, by as many steps as were earned', () => {
    expect(decide('bronze', 'gold')).toEqual(['gold', 'up']);
    expect(decide('bronze', 'silver', { outcomeBefore: 'grace', isNew: true })).toEqual(['silver', 'up']);
  });

  it('goes down after one period of grace, and forgets the grace when the tier was earned again', () => {
    expect(decide('gold', 'bronze')).toEqual(['gold', 'grace']);
    expect(decide('gold', 'bronze', { outcomeBefore: 'grace' })).toEqual(['bronze', 'down']);
    expect(decide('gold', 'gold', { outcomeBefore: 'grace' })).toEqual(['gold', 'kept']);
    expect(decide('gold', 'bronze', { outcomeBefore: 'kept' })).toEqual(['gold', 'grace']);
  });

  it('leaves an exception, and an agency in its first window, what they have', () => {
    expect(decide('gold', 'bronze', { override: 'gold', outcomeBefore: 'grace' })).toEqual(['gold', 'overridden']);
    expect(decide('gold', 'bronze', { isNew: true, outcomeBefore: 'grace' })).toEqual(['gold', 'kept']);
  });
});

describe('the way to the next tier', () => {
  it('tells what is missing of each threshold, and nothing at the top that can be earned', () => {
    expect(nextTier('bronze', thresholds, sold(400_000, 18))).toMatchObject({
      tier: 'silver',
      missingValueMinor: 600_000,
      missingBookings: 2,
    });
    expect(nextTier('silver', thresholds, sold(0, 30))).toMatchObject({ tier: 'gold', missingBookings: null });
    expect(nextTier('gold', thresholds, sold(0, 0))).toBeNull();
  });

  it('counts months over the end of a year, and ninety days', () => {
    expect([monthBefore('2027-01-01'), monthAfter('2026-12-01')]).toEqual(['2026-12-01', '2027-01-01']);
    expect(windowBefore('2027-01-01')).toEqual({ from: '2026-10-03', to: '2027-01-01' });
  });
});
