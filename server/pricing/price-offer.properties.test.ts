import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sum } from '../kernel/money.ts';
import { compileRules } from './compile-rules.ts';
import type { MarkupRule } from './markup-rule.ts';
import { discountPackage } from './package-discount.ts';
import { mayBeSoldTo } from './parity.ts';
import { DEFAULT_TIERS, priceOffer, type PriceOfferInput } from './price-offer.ts';
import { aRule } from './testing.ts';
import { refundTraveller, splitOverTravellers } from './traveller-shares.ts';

const RUNS = { numRuns: 10_000 };
/** Ten thousand cases on a machine that has other work to do. */
const PATIENCE_MS = 120_000;
const AT = Date.parse('2026-11-23T12:00:00Z');

const bp = fc.nat(10_000);
const amount = fc.oneof(fc.nat(200), fc.nat(100_000));
const value: fc.Arbitrary<MarkupRule['value']> = fc.oneof(
  fc.record({
    kind: fc.constant('fixed' as const),
    amountMinor: amount,
    per: fc.constantFrom('booking', 'traveller', 'segment', 'night'),
  }),
  fc.record({ kind: fc.constant('percent' as const), basisPoints: bp, of: fc.constantFrom('total', 'base') }),
);
const rule = fc.record({
  value,
  match: fc.record(
    {
      carrier: fc.subarray(['IB', 'UX', 'BA'], { minLength: 1 }),
      childTier: fc.subarray(['bronze', 'gold'], { minLength: 1 }),
      leadDaysMin: fc.nat(60),
    },
    { requiredKeys: [] },
  ),
  stack: fc.boolean(),
  priority: fc.nat(3),
  minMinor: fc.option(fc.nat(500), { nil: undefined }),
});
const tier = fc.constantFrom('bronze', 'silver', 'gold', 'platinum');
const agency = fc.record({ tier, minMarginMinor: fc.nat(2000), rules: fc.array(rule, { maxLength: 4 }) });

const input: fc.Arbitrary<PriceOfferInput & { rules: MarkupRule[] }> = fc
  .record({
    base: fc.nat(3_000_000),
    taxes: fc.nat(600_000),
    resellerRules: fc.array(rule, { maxLength: 4 }),
    agencies: fc.array(agency, { maxLength: 4 }),
    discounts: fc.tuple(bp, bp, bp, bp),
    fee: fc.record({
      percentOfNetBp: fc.nat(500),
      fixedMinor: fc.nat(300),
      paidFrom: fc.constantFrom('margin', 'price'),
    }),
    guard: fc.record({ mode: fc.constantFrom('capped', 'blocked', 'allowed'), floorMinor: fc.nat(3000) }),
    parity: fc.option(
      fc.record({ suggestedMinor: fc.nat(4_000_000), audience: fc.constantFrom('public', 'closed_group') }),
      { nil: undefined },
    ),
  })
  .map(({ base, taxes, resellerRules, agencies, discounts, fee, guard, parity }) => {
    const rules = [
      { id: null as string | null, rules: resellerRules },
      ...agencies.map((a, n) => ({ id: `a${n}`, ...a })),
    ].flatMap((owner) =>
      owner.rules.map(({ minMinor, ...one }, n) =>
        aRule({
          ...one,
          ...(minMinor === undefined ? {} : { minMinor }),
          id: `${owner.id ?? 'r'}-${n}`,
          ownerAgencyId: owner.id,
        }),
      ),
    );
    const [bronze, silver, gold, platinum] = discounts;
    return {
      rules,
      net: { base, taxes, currency: 'EUR' },
      facts: { product: 'flight', carrier: ['IB'], leadDays: 30, travellers: 3, segments: 2, nights: 1, at: AT },
      chain: [
        { agencyId: null },
        ...agencies.map((a, n) => ({ agencyId: `a${n}`, tier: a.tier, minMarginMinor: a.minMarginMinor })),
      ],
      rulesByOwner: compileRules(rules),
      tiers: { ...DEFAULT_TIERS, markupDiscountBp: { bronze, silver, gold, platinum } },
      platformFee: fee,
      guard,
      ...(parity ? { parity } : {}),
    };
  });

describe('any price', { timeout: PATIENCE_MS }, () => {
  it('is the sum of what everybody gets, level by level, and never below what its level pays', () => {
    fc.assert(
      fc.property(input, (given) => {
        const built = priceOffer(given);
        const feeInPrice = built.platformFee.paidFrom === 'price' ? built.platformFee.amount : 0;
        expect(built.levels[0]?.buyPrice).toBe(built.net.total + feeInPrice);
        const markups = sum(built.levels.map((level) => level.markup));
        expect(built.net.total + feeInPrice + markups).toBe(built.customerTotal);
        built.levels.forEach((level, n) => {
          expect(level.sellPrice).toBe(level.buyPrice + level.markup);
          expect(level.markup).toBeGreaterThanOrEqual(0);
          expect(level.commission).toBeGreaterThanOrEqual(0);
          expect(built.levels[n + 1]?.buyPrice ?? built.customerTotal).toBe(level.sellPrice);
          const surplus = n === built.levels.length - 1 ? (built.parity?.surplus ?? 0) : 0;
          expect(sum(level.rules.map((used) => used.amount))).toBe(level.markup + level.tierDiscount - surplus);
        });
        const below = built.levels.slice(1);
        const earnings = sum(below.map((level) => level.markup + level.commission));
        expect(built.net.total + built.platformFee.amount + earnings + built.resellerMargin).toBe(built.customerTotal);
      }),
      RUNS,
    );
  });

  it('keeps the margin floor as configured, and the parity floor in public', () => {
    fc.assert(
      fc.property(input, (given) => {
        const { guard, resellerMargin, customerTotal, parity, ...built } = priceOffer(given);
        if (guard.outcome === 'kept') expect(resellerMargin).toBeGreaterThanOrEqual(guard.floor);
        if (guard.outcome === 'capped') expect(resellerMargin).toBe(guard.floor);
        if (guard.outcome !== 'kept' && guard.outcome !== 'capped') expect(resellerMargin).toBeLessThan(guard.floor);
        if (guard.mode !== 'capped') expect(guard.commissionCut).toBe(0);
        if (given.parity?.audience === 'public') {
          expect(customerTotal).toBeGreaterThanOrEqual(given.parity.suggestedMinor);
          expect(
            mayBeSoldTo({ ...built, guard, resellerMargin, customerTotal, ...(parity ? { parity } : {}) }, 'public'),
          ).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it('is the same for the same input, in whatever order the rules come, and names the versions it was made of', () => {
    fc.assert(
      fc.property(input, fc.integer(), (given, seed) => {
        const shuffled = [...given.rules].sort((a, b) => hash(a.id, seed) - hash(b.id, seed));
        const built = priceOffer(given);
        expect(priceOffer({ ...given, rulesByOwner: compileRules(shuffled) })).toEqual(built);
        const versions = new Map(given.rules.map(({ id, version }) => [id, version]));
        for (const used of built.levels.flatMap((level) => level.rules))
          expect(versions.get(used.id)).toBe(used.version);
      }),
      RUNS,
    );
    function hash(text: string, seed: number): number {
      return [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, seed);
    }
  });
});

describe('any split', { timeout: PATIENCE_MS }, () => {
  it('of a package: shares sum to the discount, prices to the total, and no part is below zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 5_000_000 }), { minLength: 1, maxLength: 8 }),
        bp,
        (parts, rate) => {
          fc.pre(sum(parts) > 0);
          const price = discountPackage(parts, rate);
          expect(sum(price.shares)).toBe(price.discount);
          expect(sum(price.prices)).toBe(price.total);
          expect(Math.min(...price.prices)).toBeGreaterThanOrEqual(0);
        },
      ),
      RUNS,
    );
  });

  it('over travellers: cancelled one by one in any order, exactly the whole goes back', () => {
    fc.assert(
      fc.property(
        fc.nat(10_000_000),
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8], { minLength: 9 }),
        (whole, order) => {
          const shares = splitOverTravellers(whole, 9);
          const cancelled = new Set<number>();
          let returned = 0;
          for (const traveller of order) {
            returned += refundTraveller(shares, traveller, cancelled);
            cancelled.add(traveller);
          }
          expect(returned).toBe(whole);
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        },
      ),
      RUNS,
    );
  });
});
