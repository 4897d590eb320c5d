import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertBalanced, buildWalletExchange } from '../../ledger/index.ts';
import { exchange, leastFor, planExchanges, type WalletRate } from './exchange.ts';

const rateOf = (from: string, mid: string, spreadBp: number, to = 'EUR'): WalletRate => ({
  from,
  to,
  mid,
  spreadBp,
  source: 'ECB',
  at: '2026-11-25T13:15:00Z',
});
const yen = rateOf('JPY', '0.006125', 150);
const dollars = rateOf('USD', '0.92', 100);

const anyRate = fc
  .record({
    from: fc.constantFrom('USD', 'JPY', 'KWD'),
    whole: fc.integer({ min: 0, max: 400 }),
    part: fc.integer({ min: 1, max: 999_999 }),
    spreadBp: fc.integer({ min: 0, max: 5000 }),
  })
  .map(({ from, whole, part, spreadBp }) => rateOf(from, `${whole}.${String(part).padStart(6, '0')}`, spreadBp));

describe('exchange', () => {
  it('gives the middle rate less the spread, each amount rounded once, by the exponents of both', () => {
    // 45000 yen are 275.625 euros in the middle, 271.490625 after 1.5 %.
    expect(exchange(45_000, yen)).toEqual({ given: 45_000, got: 27_149, atMid: 27_563 });
    expect(exchange(10_000, dollars)).toEqual({ given: 10_000, got: 9_108, atMid: 9_200 });
    expect(exchange(1, rateOf('KWD', '3.05', 0))).toEqual({ given: 1, got: 0, atMid: 0 });
  });

  it('finds the least that gives so much: one unit less would not do', () => {
    expect([leastFor(9_108, dollars), leastFor(9_107, dollars)]).toEqual([10_000, 9_999]);
    fc.assert(
      fc.property(anyRate, fc.integer({ min: 1, max: 100_000_000 }), (rate, wanted) => {
        const least = leastFor(wanted, rate);
        expect(exchange(least, rate).got).toBeGreaterThanOrEqual(wanted);
        expect(exchange(least - 1, rate).got).toBeLessThan(wanted);
      }),
    );
  });

  it('never earns the parent less than nothing, and balances both books in both currencies', () => {
    fc.assert(
      fc.property(anyRate, fc.integer({ min: 1, max: 1_000_000_000 }), (rate, given) => {
        const { got, atMid } = exchange(given, rate);
        expect(atMid).toBeGreaterThanOrEqual(got);
        fc.pre(got > 0);
        const postings = buildWalletExchange({
          exchangeId: 'x',
          parentId: null,
          childId: 'A',
          given: { amount: given, currency: rate.from },
          got: { amount: got, currency: 'EUR' },
          atMid,
        });
        for (const posting of postings) assertBalanced(posting);
        expect(postings.map(({ currency }) => currency)).toEqual([rate.from, 'EUR']);
      }),
    );
  });
});

describe('planExchanges', () => {
  it('takes from what is worth most first, and only a part of the last', () => {
    const balances = [
      { balance: 10_000, rate: yen },
      { balance: 10_000, rate: dollars },
    ];
    expect(planExchanges(9_000, balances)?.map(({ rate, given, got }) => [rate.from, given, got])).toEqual([
      ['USD', 9_881, 9_000],
    ]);
    expect(planExchanges(10_000, balances)?.map(({ rate, given, got }) => [rate.from, given, got])).toEqual([
      ['USD', 10_000, 9_108],
      ['JPY', 1_478, 892],
    ]);
  });

  it('plans nothing where all together are not enough, or worth nothing', () => {
    expect(planExchanges(9_109, [{ balance: 10_000, rate: dollars }])).toBeUndefined();
    expect(planExchanges(1, [{ balance: 1, rate: rateOf('USD', '0.1', 0) }])).toBeUndefined();
    expect(planExchanges(1, [])).toBeUndefined();
  });
});
