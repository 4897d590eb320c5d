import { describe, expect, it } from 'vitest';
import { dayBefore, differenceOf, gapOf, needsSecondPerson } from './reconciliation.ts';

describe('a comparison', () => {
  it.each([
    [{ ours: 23970, theirs: 23970 }, undefined],
    [{ ours: null, theirs: null }, undefined],
    // Taken and given back whole: nothing is left on either side.
    [{ ours: 0, theirs: null }, undefined],
    [{ ours: null, theirs: 23970 }, 'missing_here'],
    [{ ours: 23970, theirs: null }, 'missing_there'],
    [{ ours: 9588, theirs: 23970 }, 'amount_differs'],
    [{ ours: 0, theirs: -14382 }, 'amount_differs'],
  ])('%o ends as %s', (sides, ends) => expect(differenceOf(sides)).toBe(ends));

  it('says what the books lack, and who may sign for it', () => {
    expect(gapOf({ oursMinor: 9588, theirsMinor: 23970 })).toBe(14382);
    expect([needsSecondPerson(-50_001, 50_000), needsSecondPerson(50_000, 50_000)]).toEqual([true, false]);
  });

  it('is of a day that is over', () => {
    expect(dayBefore(new Date('2026-03-01T00:00:00Z'))).toBe('2026-02-28');
  });
});
