import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateBonus, payableBonuses, type BonusTerms, type CountedSale } from './campaign.ts';
import { periodsOf } from './period.ts';

const terms = (over: Partial<BonusTerms> = {}): BonusTerms => ({
  measure: 'bookings',
  mode: 'retroactive',
  steps: [{ above: 50, reward: { kind: 'rate', basisPoints: 200 } }],
  capMinor: null,
  ...over,
});
const sales = (count: number, baseMinor: number, volumeMinor = baseMinor): CountedSale[] =>
  Array.from({ length: count }, () => ({ baseMinor, volumeMinor }));

describe('what a period comes to', () => {
  it('is nothing at the 50th booking and 2 % of all at the 51st, to the cent', () => {
    expect(evaluateBonus(terms(), sales(50, 19_037))).toMatchObject({
      amountMinor: 0,
      next: { above: 50, missing: 1 },
    });
    // 51 × 190.37 = 9708.87; 2 % = 194.1774.
    expect(evaluateBonus(terms(), sales(51, 19_037))).toMatchObject({ amountMinor: 19_418, reached: 1, next: null });
    // Above the threshold alone: 2 % of 190.37 = 3.8074.
    expect(evaluateBonus(terms({ mode: 'marginal' }), sales(51, 19_037)).amountMinor).toBe(381);
  });

  it('pays the highest step, or each step for what is above it, up to the cap', () => {
    const steps: BonusTerms['steps'] = [
      { above: 2, reward: { kind: 'rate', basisPoints: 100 } },
      { above: 4, reward: { kind: 'fixed', amountMinor: 5000 } },
      { above: 5, reward: { kind: 'rate', basisPoints: 300 } },
    ];
    const made = sales(7, 10_000);
    expect(evaluateBonus(terms({ steps }), made).amountMinor).toBe(2100);
    expect(evaluateBonus(terms({ steps }), made.slice(0, 5)).amountMinor).toBe(5000);
    // Bookings 3 and 4 at 1 %, the step at the 5th, 6 and 7 at 3 %.
    expect(evaluateBonus(terms({ steps, mode: 'marginal' }), made).amountMinor).toBe(200 + 5000 + 600);
    expect(evaluateBonus(terms({ steps, mode: 'marginal', capMinor: 5500 }), made).amountMinor).toBe(5500);
  });

  it('measures volume by what customers paid, and says how much is missing', () => {
    const byVolume = terms({
      measure: 'volume',
      steps: [{ above: 100_000, reward: { kind: 'fixed', amountMinor: 900 } }],
    });
    expect(evaluateBonus(byVolume, sales(4, 20_000, 25_000))).toMatchObject({
      measured: 100_000,
      amountMinor: 0,
      next: { above: 100_000, missing: 1 },
    });
    expect(evaluateBonus(byVolume, sales(5, 20_000, 25_000)).amountMinor).toBe(900);
  });

  it('never pays more than the cap, nor less for one more booking where each step pays what is above it', () => {
    const aSale = fc.record({ baseMinor: fc.nat(1_000_000), volumeMinor: fc.nat(1_000_000) });
    fc.assert(
      fc.property(
        fc.array(aSale, { maxLength: 40 }),
        fc.nat(30),
        fc.integer({ min: 1, max: 9000 }),
        (made, above, bp) => {
          const capped = terms({
            mode: 'marginal',
            capMinor: 50_000,
            steps: [
              { above, reward: { kind: 'rate', basisPoints: bp } },
              { above: above + 5, reward: { kind: 'fixed', amountMinor: 700 } },
            ],
          });
          const all = evaluateBonus(capped, made);
          expect(all.amountMinor).toBeLessThanOrEqual(50_000);
          expect(evaluateBonus(capped, made.slice(0, -1)).amountMinor).toBeLessThanOrEqual(all.amountMinor);
        },
      ),
    );
  });
});

describe('campaigns beside each other', () => {
  const result = (id: string, earnedMinor: number, overlap: 'stack' | 'best', days: [string, string]) => ({
    id,
    campaignId: id,
    earnedMinor,
    overlap,
    startsOn: days[0],
    endsBefore: days[1],
  });
  const december: [string, string] = ['2026-12-01', '2027-01-01'];

  it('stack, or the best of those that overlap pays', () => {
    const payable = payableBonuses([
      result('a', 100, 'best', december),
      result('b', 300, 'best', ['2026-12-15', '2027-01-15']),
      result('c', 50, 'stack', december),
      result('d', 80, 'best', ['2027-01-15', '2027-02-01']),
    ]);
    expect(Object.fromEntries(payable)).toEqual({ a: 0, b: 300, c: 50, d: 80 });
  });

  it('are settled the same in whatever order they are read', () => {
    const aResult = fc
      .record({ earnedMinor: fc.nat(5), overlap: fc.constantFrom('stack' as const, 'best' as const), month: fc.nat(3) })
      .map(({ month, ...one }) => ({ ...one, startsOn: `2026-0${month + 1}-01`, endsBefore: `2026-0${month + 3}-01` }));
    fc.assert(
      fc.property(fc.array(aResult, { maxLength: 6 }), fc.nat(), (made, turn) => {
        const named = made.map((one, at) => ({ ...one, id: `r${at}`, campaignId: `c${at % 3}` }));
        const cut = named.length === 0 ? 0 : turn % named.length;
        const turned = [...named.slice(cut), ...named.slice(0, cut)];
        expect(new Map([...payableBonuses(turned)].toSorted())).toEqual(new Map([...payableBonuses(named)].toSorted()));
      }),
    );
  });
});

it('counts each month by itself, the first and the last as far as the campaign goes', () => {
  const campaign = { period: 'month' as const, startsOn: '2026-11-20', endsOn: '2027-01-10' };
  expect(periodsOf(campaign, '2027-03-01')).toEqual([
    { startsOn: '2026-11-20', endsBefore: '2026-12-01' },
    { startsOn: '2026-12-01', endsBefore: '2027-01-01' },
    { startsOn: '2027-01-01', endsBefore: '2027-01-11' },
  ]);
  expect(periodsOf({ ...campaign, period: 'range' }, '2026-11-19')).toEqual([]);
  expect(periodsOf({ ...campaign, endsOn: null }, '2026-12-01')).toHaveLength(2);
});
