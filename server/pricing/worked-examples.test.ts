import { describe, expect, it } from 'vitest';
import { money } from '../kernel/money.ts';
import { convertCurrency, type ExchangeRate } from './convert-currency.ts';
import { PricingError } from './errors.ts';
import { discountPackage } from './package-discount.ts';
import { mayBeSoldTo } from './parity.ts';
import { priceOffer } from './price-offer.ts';
import { exampleA, exampleI, exampleK } from './testing.ts';
import { refundTraveller, splitOverTravellers } from './traveller-shares.ts';
import { viewBuildUp } from './view-build-up.ts';

const YEN: ExchangeRate = {
  from: 'JPY',
  to: 'EUR',
  mid: '0.006125',
  spreadBp: 150,
  source: 'ecb',
  at: '2026-11-23T15:00:00Z',
};

describe('worked examples', () => {
  it('example A: 900 stay with the reseller of a card sale at 239.70', () => {
    const built = priceOffer(exampleA());
    const earned = built.levels.map((level) => level.markup + level.commission);
    expect([built.customerTotal, built.resellerMargin, earned[1], earned[2]]).toEqual([23970, 900, 1070, 1800]);
    expect(20000 + built.platformFee.amount + 1070 + 1800 + built.resellerMargin).toBe(23970);
  });

  it('example D: a markup of 1000 goes back traveller by traveller, and never a fourth time', () => {
    expect(splitOverTravellers(10001, 3)).toEqual([3334, 3334, 3333]);
    const shares = splitOverTravellers(1000, 3);
    expect(shares).toEqual([334, 333, 333]);
    const cancelled = new Set<number>();
    const returned = [1, 0, 2].map((traveller) => {
      const share = refundTraveller(shares, traveller, cancelled);
      cancelled.add(traveller);
      return share;
    });
    expect(returned).toEqual([333, 334, 333]);
    for (const traveller of [0, 1, 2, 3])
      expect(() => refundTraveller(shares, traveller, cancelled)).toThrow(PricingError);
    expect(() => splitOverTravellers(1000, 0)).toThrow(PricingError);
  });

  it('example E: 45000 yen are 279.76 euros with the spread, of which 4.13 are earned on the exchange', () => {
    expect(convertCurrency(money(45000, 'JPY'), YEN)).toEqual({
      amount: money(27976, 'EUR'),
      earningMinor: 413,
      rate: YEN,
    });
    expect(convertCurrency(money(45000, 'JPY'), { ...YEN, spreadBp: 0 })).toMatchObject({
      amount: money(27563, 'EUR'),
      earningMinor: 0,
    });
    // Three decimals of the dinar.
    const dinar = { ...YEN, from: 'EUR', to: 'KWD', mid: '0.3351', spreadBp: 0 };
    expect(convertCurrency(money(10000, 'EUR'), dinar).amount).toEqual(money(33510, 'KWD'));
  });

  it('example E: without a fitting rate there is no price', () => {
    for (const mid of ['0', '', '1,2', '-1', '1e3', 'abc'])
      expect(() => convertCurrency(money(1, 'JPY'), { ...YEN, mid })).toThrow(PricingError);
    expect(() => convertCurrency(money(1, 'USD'), YEN)).toThrow(/JPY/);
  });

  it('example I: tiers discount the markup of the parent down four levels', () => {
    const built = priceOffer(exampleI());
    expect(built.levels.map(({ buyPrice, markup }) => [buyPrice, markup])).toEqual([
      [42005, 1134],
      [43139, 800],
      [43939, 2197],
    ]);
    expect(built.customerTotal).toBe(46136);
    expect(built.platformFee.amount + 1134 + 800 + 2197).toBe(4899);
  });

  it('example K: a public page shows 240.00, a closed group 231.00, and the public may not book the latter', () => {
    const shown = priceOffer(exampleK('public'));
    expect([shown.customerTotal, shown.parity?.surplus]).toEqual([24000, 900]);
    expect(viewBuildUp(shown, 'A')).toMatchObject({ buyPrice: 21000, markup: 3000, childPrice: 24000 });
    expect(viewBuildUp(shown, null)).toMatchObject({ markup: 1000, childPrice: 21000, earnings: 1000 });
    const closed = priceOffer(exampleK('closed_group'));
    expect([closed.customerTotal, closed.parity?.surplus]).toEqual([23100, 0]);
    expect([mayBeSoldTo(closed, 'closed_group'), mayBeSoldTo(closed, 'public'), mayBeSoldTo(shown, 'public')]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('example O: 5 % off a package of flight and hotel', () => {
    const price = discountPackage([46136, 35000], 500);
    expect(price).toEqual({ discount: 4057, shares: [2307, 1750], prices: [43829, 33250], total: 77079 });
    for (const basisPoints of [-1, 10_001]) expect(() => discountPackage([1], basisPoints)).toThrow(PricingError);
    expect(() => discountPackage([], 500)).toThrow(PricingError);
  });
});
