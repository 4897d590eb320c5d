import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRules } from './compile-rules.ts';
import { PricingError } from './errors.ts';
import { priceOffer } from './price-offer.ts';
import type { PriceOfferInput } from './price-offer.ts';
import { aRule, exampleA, exampleI } from './testing.ts';

describe('worked examples', () => {
  it('example A: card, four levels', () => {
    const built = priceOffer(exampleA());
    expect(built.customerTotal).toBe(23970);
    expect(built.commissionable).toBe(19000);
    expect(built.resellerMargin).toBe(900);
    expect(built.platformFee).toEqual({ amount: 200, discount: 0, paidFrom: 'margin' });
    expect(built.levels.map((l) => [l.agencyId, l.buyPrice, l.markup, l.sellPrice, l.commission, l.tier])).toEqual([
      [null, 20000, 3000, 23000, 0, null],
      ['A', 23000, 500, 23500, 570, 'gold'],
      ['B', 23500, 470, 23970, 1330, 'silver'],
    ]);
    expect(built.levels.map((l) => l.rules)).toEqual([
      [{ id: 'r', version: 1, amount: 3000 }],
      [{ id: 'a', version: 1, amount: 500 }],
      [{ id: 'b', version: 1, amount: 470 }],
    ]);
    expect(built.guard.outcome).toBe('kept');
  });

  it('example I: markup-discount tiers, platform fee in the price', () => {
    const built = priceOffer(exampleI());
    expect(built.platformFee).toEqual({ amount: 768, discount: 192, paidFrom: 'price' });
    expect(built.levels.map((l) => [l.buyPrice, l.markup, l.tierDiscount, l.sellPrice])).toEqual([
      [42005, 1134, 126, 43139],
      [43139, 800, 0, 43939],
      [43939, 2197, 0, 46136],
    ]);
    expect(built.customerTotal).toBe(46136);
    expect(768 + built.resellerMargin + 800 + 2197).toBe(46136 - 41237);
  });
});

describe('rules', () => {
  const withRules = (rules: Parameters<typeof compileRules>[0], facts = {}): PriceOfferInput => ({
    ...exampleA(),
    chain: [{ agencyId: null }],
    facts: { ...exampleA().facts, ...facts },
    rulesByOwner: compileRules(rules),
    guard: { mode: 'allowed', floorMinor: 0 },
  });
  const fixed = (id: string, amountMinor: number, more: Partial<Parameters<typeof aRule>[0]> = {}) =>
    aRule({ id, ownerAgencyId: null, value: { kind: 'fixed', amountMinor, per: 'booking' }, ...more });
  const used = (input: PriceOfferInput) => priceOffer(input).levels[0]?.rules.map((rule) => rule.id);

  it('prefers the most specific, then the priority, then the oldest', () => {
    const general = fixed('general', 1, { priority: 9 });
    const carrier = fixed('carrier', 2, { match: { carrier: ['IB', 'BA'] } });
    const sharper = fixed('sharper', 3, { match: { carrier: ['IB'], cabin: ['economy'] } });
    const older = fixed('older', 4, { match: { carrier: ['IB'] }, createdAt: '2025-01-01T00:00:00Z' });
    const facts = { carrier: 'IB', cabin: 'economy' };
    expect(used(withRules([general, carrier, sharper], facts))).toEqual(['sharper']);
    expect(used(withRules([general, carrier, older], facts))).toEqual(['older']);
    expect(used(withRules([general, { ...carrier, priority: 1 }, older], facts))).toEqual(['carrier']);
    expect(used(withRules([general, carrier, sharper], { carrier: 'LH' }))).toEqual(['general']);
    expect(used(withRules([carrier, sharper], { carrier: 'LH' }))).toEqual([]);
  });

  it('adds stacking rules to the winner', () => {
    const input = withRules([fixed('one', 100), fixed('two', 30, { stack: true }), fixed('three', 7, { stack: true })]);
    expect(used(input)).toEqual(['one', 'three', 'two']);
    expect(priceOffer(input).levels[0]?.markup).toBe(137);
  });

  it('matches codes, routes, ranges and validity', () => {
    const facts = {
      origin: ['MAD', 'ES', 'europe'],
      destination: ['JFK', 'NYC', 'US'],
      travelDate: '2026-12-24',
      leadDays: 31,
      stars: 4,
    };
    const hits = (match: Parameters<typeof aRule>[0]['match'], more = {}) =>
      used(withRules([fixed('x', 1, { match, ...more })], facts))?.length === 1;
    expect(hits({ origin: ['ES'] })).toBe(true);
    expect(hits({ origin: ['FR'] })).toBe(false);
    expect(hits({ route: ['MAD-NYC'] })).toBe(true);
    expect(hits({ route: ['NYC-MAD'] })).toBe(false);
    expect(hits({ stars: [4, 5] })).toBe(true);
    expect(hits({ travelFrom: '2026-12-24', travelTo: '2026-12-24' })).toBe(true);
    expect(hits({ travelFrom: '2026-12-25' })).toBe(false);
    expect(hits({ leadDaysMin: 31, leadDaysMax: 31 })).toBe(true);
    expect(hits({ leadDaysMax: 30 })).toBe(false);
    expect(hits({ childAgencyId: ['A'] })).toBe(false);
    expect(hits({}, { validFrom: '2026-11-23T12:00:00Z', validTo: '2026-11-23T12:00:01Z' })).toBe(true);
    expect(hits({}, { validTo: '2026-11-23T12:00:00Z' })).toBe(false);
    expect(hits({}, { currency: 'USD' })).toBe(false);
  });

  it('counts travellers, segments and nights, and keeps to minimum and maximum', () => {
    const per = (unit: 'traveller' | 'segment' | 'night') =>
      priceOffer(
        withRules([aRule({ id: 'x', ownerAgencyId: null, value: { kind: 'fixed', amountMinor: 10, per: unit } })], {
          travellers: 3,
          segments: 2,
          nights: 5,
        }),
      ).levels[0]?.markup;
    expect([per('traveller'), per('segment'), per('night')]).toEqual([30, 20, 50]);
    const percent = { kind: 'percent', basisPoints: 1000, of: 'base' } as const;
    const markup = (more: object) =>
      priceOffer(withRules([aRule({ id: 'x', ownerAgencyId: null, value: percent, ...more })])).levels[0]?.markup;
    expect([markup({}), markup({ minMinor: 2000 }), markup({ maxMinor: 900 })]).toEqual([1600, 2000, 900]);
  });

  it('finds rules beyond the first word of the index as a plain walk would', () => {
    const code = fc.constantFrom('a', 'b', 'c');
    const list = fc.option(fc.uniqueArray(code, { minLength: 1 }), { nil: undefined });
    const shape = fc.record({ carrier: list, cabin: list, stack: fc.boolean(), priority: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(shape, { maxLength: 80 }), code, code, (shapes, carrier, cabin) => {
        const rules = shapes.map(({ stack, priority, ...match }, i) =>
          fixed(`r${String(i).padStart(3, '0')}`, 1, { stack, priority, match }),
        );
        const matching = rules
          .filter((r) => (r.match.carrier ?? [carrier]).includes(carrier) && (r.match.cabin ?? [cabin]).includes(cabin))
          .sort((x, y) => fields(y) - fields(x) || y.priority - x.priority || (x.id < y.id ? -1 : 1));
        const winner = matching.filter((r) => !r.stack).slice(0, 1);
        const expected = [...winner, ...matching.filter((r) => r.stack)].map((r) => r.id);
        expect(used(withRules(rules, { carrier, cabin }))).toEqual(expected);
      }),
    );
    function fields(rule: { match: object }): number {
      return Object.values(rule.match).filter((value) => value !== undefined).length;
    }
  });

  it('refuses rules that cannot be applied', () => {
    expect(() => compileRules([fixed('x', -1)])).toThrow(PricingError);
    expect(() => compileRules([fixed('x', 1, { minMinor: 5, maxMinor: 4 })])).toThrow(/minimum above its maximum/);
    expect(() => compileRules([fixed('x', 1, { validFrom: 'soon' })])).toThrow(/ISO 8601/);
  });
});

describe('margin guard', () => {
  const tight = (mode: 'capped' | 'blocked' | 'allowed', floorMinor: number) =>
    priceOffer({ ...exampleA(), guard: { mode, floorMinor } });

  it('lowers the commission from the top of the chain when capped', () => {
    const built = tight('capped', 1600);
    expect(built.levels.map((level) => level.commission)).toEqual([0, 0, 1200]);
    expect(built.resellerMargin).toBe(1600);
    expect(built.guard).toMatchObject({ outcome: 'capped', commissionCut: 700, marginBefore: 900 });
    expect(built.customerTotal).toBe(23970);
  });

  it('blocks or allows as configured, and blocks what no cap can save', () => {
    expect(tight('blocked', 901).guard.outcome).toBe('blocked');
    expect(tight('blocked', 900).guard.outcome).toBe('kept');
    expect(tight('allowed', 5000).resellerMargin).toBe(900);
    expect(tight('capped', 2801).guard.outcome).toBe('blocked');
  });
});

describe('identity', () => {
  it('holds for any chain: the customer pays net, fee, every earning and the margin', () => {
    const rate = fc.nat(3000);
    const tier = fc.constantFrom('bronze', 'silver', 'gold', 'platinum');
    const agency = fc.record({ tier, bp: rate, minMarginMinor: fc.nat(500) });
    fc.assert(
      fc.property(
        fc.nat(5_000_000),
        fc.nat(900_000),
        rate,
        fc.array(agency, { maxLength: 5 }),
        fc.constantFrom('margin', 'price'),
        fc.constantFrom('capped', 'blocked', 'allowed'),
        (base, taxes, resellerBp, agencies, paidFrom, mode) => {
          const percent = (basisPoints: number) => ({ kind: 'percent', basisPoints, of: 'total' }) as const;
          const built = priceOffer({
            ...exampleI(),
            net: { base, taxes, currency: 'EUR' },
            tiers: { ...exampleI().tiers, commissionBp: exampleA().tiers.commissionBp },
            platformFee: { percentOfNetBp: 100, fixedMinor: 30, paidFrom },
            guard: { mode, floorMinor: 0 },
            chain: [
              { agencyId: null },
              ...agencies.map((a, i) => ({ agencyId: `x${i}`, tier: a.tier, minMarginMinor: a.minMarginMinor })),
            ],
            rulesByOwner: compileRules([
              aRule({ id: 'r', ownerAgencyId: null, value: percent(resellerBp) }),
              ...agencies.map((a, i) => aRule({ id: `x${i}`, ownerAgencyId: `x${i}`, value: percent(a.bp) })),
            ]),
          });
          const below = built.levels.slice(1);
          const earned = below.reduce((total, level) => total + level.markup + level.commission, 0);
          expect(base + taxes + built.platformFee.amount + earned + built.resellerMargin).toBe(built.customerTotal);
          const commission = below.reduce((total, level) => total + level.commission, 0);
          expect(commission).toBeLessThanOrEqual(Math.ceil(built.commissionable * 0.12));
          if (built.guard.outcome === 'capped') expect(built.resellerMargin).toBe(0);
          built.levels.forEach((level, i) => {
            expect(level.sellPrice).toBe(built.levels[i + 1]?.buyPrice ?? built.customerTotal);
            expect(level.markup).toBeGreaterThanOrEqual(0);
          });
        },
      ),
    );
  });

  it('refuses a chain that does not start at the reseller, an unknown tier and a negative net', () => {
    expect(() => priceOffer({ ...exampleA(), chain: [{ agencyId: 'A' }] })).toThrow(/reseller/);
    expect(() => priceOffer({ ...exampleA(), chain: [{ agencyId: null }, { agencyId: 'A', tier: 'tin' }] })).toThrow(
      /"tin"/,
    );
    expect(() => priceOffer({ ...exampleA(), net: { base: -1, taxes: 0, currency: 'EUR' } })).toThrow(PricingError);
  });
});
