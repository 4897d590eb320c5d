import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageDebt, blocks, daysOverdue, overdueOf, type Debit } from './ageing.ts';

const now = new Date('2026-11-24T12:00:00.000Z');
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);

/** The plain way: every credit pays the oldest unpaid debit, whenever either comes. */
function byHand(moves: readonly { amount: number; at: Date }[], paymentDays: number) {
  const open: { left: number; at: Date }[] = [];
  let credit = 0;
  for (const { amount, at } of moves) {
    if (amount < 0) open.push({ left: -amount, at });
    else credit += amount;
    for (const debit of open) {
      const paid = Math.min(debit.left, credit);
      debit.left -= paid;
      credit -= paid;
    }
  }
  const overdue = open.filter(({ left, at }) => left > 0 && daysOverdue(at, paymentDays, now) > 0);
  return {
    owed: open.reduce((sum, { left }) => sum + left, 0),
    overdue: overdue.reduce((sum, { left }) => sum + left, 0),
  };
}

const histories = fc
  .array(
    fc.record({ amount: fc.integer({ min: -500, max: 500 }).filter((n) => n !== 0), days: fc.nat({ max: 200 }) }),
    {
      maxLength: 25,
    },
  )
  .map((moves) => moves.toSorted((a, b) => b.days - a.days).map(({ amount, days }) => ({ amount, at: ago(days) })));

describe('the age of a debt', () => {
  it('is that of the debits which the money that came in has not paid, oldest first (10,000 histories)', () => {
    fc.assert(
      fc.property(histories, fc.nat({ max: 120 }), (moves, paymentDays) => {
        const balance = moves.reduce((sum, { amount }) => sum + amount, 0);
        const debits: Debit[] = moves
          .filter(({ amount }) => amount < 0)
          .map(({ amount, at }) => ({ amount: -amount, at }))
          .toReversed();
        const owed = Math.max(0, -balance);
        const ageing = ageDebt(owed, debits, { paymentDays, now });
        const parts = Object.values(ageing.buckets);
        const plain = byHand(moves, paymentDays);
        return (
          parts.reduce((sum, part) => sum + part, 0) === owed &&
          parts.every((part) => part >= 0) &&
          plain.owed === owed &&
          plain.overdue === overdueOf(ageing) &&
          overdueOf(ageing) > 0 === ageing.daysOverdue > 0
        );
      }),
      { numRuns: 10_000 },
    );
  });

  it.each([
    [30, 'notDue'],
    [31, 'upTo30'],
    [60, 'upTo30'],
    [61, 'upTo60'],
    [90, 'upTo60'],
    [91, 'upTo90'],
    [120, 'upTo90'],
    [121, 'over90'],
  ] as const)('of a debit %i days old at 30 days to pay is %s', (days, bucket) => {
    const { buckets } = ageDebt(100, [{ amount: 100, at: ago(days) }], { paymentDays: 30, now });
    expect(buckets[bucket]).toBe(100);
  });

  it('blocks after the days of grace, and never without terms', () => {
    const at = (days: number) => ageDebt(100, [{ amount: 100, at: ago(days) }], { paymentDays: 10, now });
    expect([at(10), at(11), at(15), at(16)].map((one) => blocks(one, 5))).toEqual([false, false, false, true]);
    expect(blocks(at(11), 0)).toBe(true);
    expect(blocks(at(200), null)).toBe(false);
    const never = ageDebt(100, [{ amount: 100, at: ago(400) }], { paymentDays: null, now });
    expect([overdueOf(never), never.oldestDueOn, blocks(never, 0)]).toEqual([0, null, false]);
  });

  it('counts a debit in part', () => {
    const debits = [
      { amount: 40, at: ago(1) },
      { amount: 100, at: ago(50) },
    ];
    expect(ageDebt(70, debits, { paymentDays: 30, now })).toEqual({
      buckets: { notDue: 40, upTo30: 30, upTo60: 0, upTo90: 0, over90: 0 },
      oldestDueOn: '2026-11-04',
      daysOverdue: 20,
    });
  });
});
