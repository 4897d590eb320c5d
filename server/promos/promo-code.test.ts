import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildCardSale, buildWalletSale, planRefund } from '../ledger/index.ts';
import { priceOffer } from '../pricing/index.ts';
import { exampleA, exampleK } from '../pricing/testing.ts';
import { applyPromoCodes, type PromoTerms } from './promo-code.ts';
import type { PromoRow } from './repository.ts';
import { refusalOf } from './use-codes.ts';

const code = (over: Partial<PromoTerms> = {}): PromoTerms => ({
  id: 'c',
  code: 'SUMMER',
  value: { kind: 'percent', basisPoints: 200, capMinor: null },
  resellerBp: 10_000,
  ...over,
});
const NO_MIN = { minMarginMinor: 0 };
const sale = priceOffer(exampleA());

describe('applyPromoCodes', () => {
  it('takes 2 % off example A out of the reseller’s margin: every level below buys so much lower and earns the same', () => {
    const { buildUp, discounts } = applyPromoCodes(sale, [code()], NO_MIN);
    expect(discounts).toEqual([{ codeId: 'c', code: 'SUMMER', amount: 479, shares: { reseller: 479, seller: 0 } }]);
    expect([buildUp.customerTotal, buildUp.resellerMargin]).toEqual([23491, 421]);
    expect(buildUp.levels.map(({ buyPrice, markup, sellPrice }) => [buyPrice, markup, sellPrice])).toEqual([
      [20000, 2521, 22521],
      [22521, 500, 23021],
      [23021, 470, 23491],
    ]);
  });

  it('splits by basis points, the odd cent to the reseller, and never below what anybody bought at', () => {
    const half = applyPromoCodes(
      sale,
      [code({ value: { kind: 'fixed', amountMinor: 401 }, resellerBp: 5000 })],
      NO_MIN,
    );
    expect(half.discounts[0]?.shares).toEqual({ reseller: 201, seller: 200 });
    // The seller's whole markup is 470, the reseller's margin 900: more is not given.
    const all = applyPromoCodes(
      sale,
      [code({ value: { kind: 'fixed', amountMinor: 9000 }, resellerBp: 5000 })],
      NO_MIN,
    );
    expect(all.discounts[0]).toMatchObject({ amount: 1370, shares: { reseller: 900, seller: 470 } });
    expect(all.buildUp.levels.at(-1)?.markup).toBe(0);
    expect(applyPromoCodes(sale, [code()], { minMarginMinor: 3000 })).toEqual({ buildUp: sale, discounts: [] });
    const capped = code({ value: { kind: 'percent', basisPoints: 5000, capMinor: 300 } });
    expect(applyPromoCodes(sale, [capped], NO_MIN).discounts[0]?.amount).toBe(300);
  });

  it('keeps a hotel’s suggested price in public, and takes the rest for a closed group', () => {
    const off = code({ value: { kind: 'fixed', amountMinor: 500 }, resellerBp: 0 });
    expect(applyPromoCodes(priceOffer(exampleK('public')), [off], NO_MIN).discounts).toEqual([]);
    expect(applyPromoCodes(priceOffer(exampleK('closed_group')), [off], NO_MIN).buildUp.customerTotal).toBe(22600);
  });

  it('keeps books balanced and gives shares back in proportion, whatever the codes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ amount: fc.integer({ min: 1, max: 2000 }), bp: fc.integer({ min: 0, max: 10_000 }) }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.integer({ min: 0, max: 20000 }),
        (given, refund) => {
          const codes = given.map(({ amount, bp }, n) =>
            code({ id: String(n), value: { kind: 'fixed', amountMinor: amount }, resellerBp: bp }),
          );
          const { buildUp, discounts } = applyPromoCodes(sale, codes, NO_MIN);
          const taken = discounts.reduce((sum, { amount }) => sum + amount, 0);
          expect(buildUp.customerTotal).toBe(sale.customerTotal - taken);
          expect(discounts.every(({ amount, shares }) => amount === shares.reseller + shares.seller)).toBe(true);
          expect(buildUp.resellerMargin).toBeGreaterThanOrEqual(0);
          expect(
            buildUp.levels.every((level) => level.markup >= 0 && level.sellPrice === level.buyPrice + level.markup),
          ).toBe(true);
          // Both throw when a book does not sum to zero.
          buildCardSale(buildUp, 'b');
          buildWalletSale(buildUp, 'b');
          const terms = { policy: 'proportional' } as const;
          const plan = planRefund({
            sale: buildUp,
            supplierRefund: refund,
            platform: 'proportional',
            reseller: terms,
            agencies: Object.fromEntries(buildUp.levels.map(({ agencyId }) => [agencyId ?? '', terms])),
          });
          expect(plan.customer).toBeLessThanOrEqual(buildUp.customerTotal);
          if (refund === 20000) expect(plan.customer).toBe(buildUp.customerTotal);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('refusalOf', () => {
  const at = Date.parse('2026-11-24T12:00:00Z');
  const row = (over: Partial<PromoRow> = {}): PromoRow => ({
    id: 'c',
    ownerAgencyId: null,
    code: 'SUMMER',
    name: 'Summer',
    value: { kind: 'fixed', amountMinor: 100 },
    currency: 'EUR',
    match: {},
    saleFrom: null,
    saleTo: null,
    minTotalMinor: 0,
    maxUses: null,
    maxPerCustomer: null,
    uses: 0,
    resellerBp: 10_000,
    stacksWithRules: true,
    combinable: false,
    state: 'active',
    createdAt: new Date(at),
    version: 1,
    ...over,
  });
  const facts = { product: 'flight', destination: ['BIO', 'ES'], travelDate: '2027-01-10', travellers: 1, at };
  const why = (over: Partial<PromoRow>, withOthers = false) =>
    refusalOf(row(over), { buildUp: sale, facts, sellerAgencyId: null, contactIndex: null }, withOthers);

  it('tells each reason, and accepts what fits', () => {
    expect(why({ match: { destination: ['ES'], travelFrom: '2027-01-01' }, minTotalMinor: 23970 })).toBeUndefined();
    expect(why({ saleFrom: new Date(at + 1) })).toBe('not_yet');
    expect(why({ saleFrom: new Date(at), saleTo: new Date(at) })).toBe('over');
    expect(why({ match: { product: ['stay'] } })).toBe('other_trips');
    expect(why({ match: { travelTo: '2027-01-09' } })).toBe('other_trips');
    expect(why({ minTotalMinor: 23971 })).toBe('below_minimum');
    expect(why({}, true)).toBe('not_together');
    expect(why({ combinable: true }, true)).toBeUndefined();
    expect(why({ stacksWithRules: false })).toBeUndefined();
  });
});
