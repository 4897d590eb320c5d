import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { multiplyRational } from '../kernel/money.ts';
import {
  asVatId,
  countryOfTaxId,
  marginTax,
  shareOutside,
  taxTreatmentOf,
  UNION,
  VAT_RATES,
  vatRateOn,
} from './index.ts';

const day = '2026-11-24';

describe('marginTax', () => {
  it('example F: 3970 of margin hold 689 of VAT at 21 %', () => {
    expect(marginTax({ total: 23970, cost: 20000, insideBp: 2100 })).toEqual({
      margin: 3970,
      exempt: 0,
      taxable: 3970,
      base: 3281,
      vat: 689,
    });
  });

  it('the cases of the tax agency: inside, half outside, a loss, a resale', () => {
    expect(marginTax({ total: 121000, cost: 85000, insideBp: 2100 })).toMatchObject({ base: 29752, vat: 6248 });
    expect(marginTax({ total: 120000, cost: 100000, outside: { part: 1, of: 2 }, insideBp: 2100 })).toMatchObject({
      taxable: 10000,
      exempt: 10000,
      base: 8264,
      vat: 1736,
    });
    expect(marginTax({ total: 80000, cost: 85000, insideBp: 2100 })).toMatchObject({ margin: 0, base: 0, vat: 0 });
    expect(marginTax({ total: 51500, cost: 47200, insideBp: 2100 })).toMatchObject({ base: 3554, vat: 746 });
  });

  it('its parts sum to the margin, whatever the trip', () => {
    fc.assert(
      fc.property(
        fc.record({
          total: fc.integer({ min: 0, max: 10_000_000 }),
          cost: fc.integer({ min: 0, max: 10_000_000 }),
          insideBp: fc.constantFrom(1700, 2000, 2100, 2550),
          part: fc.integer({ min: 0, max: 6 }),
        }),
        ({ part, ...trip }) => {
          const tax = marginTax({ ...trip, outside: { part, of: 6 } });
          expect(tax.exempt + tax.base + tax.vat).toBe(Math.max(0, trip.total - trip.cost));
          expect(Math.min(tax.exempt, tax.base, tax.vat)).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('taxTreatmentOf', () => {
  const supply = { sellerCountry: 'ES', product: 'travel', buyer: { kind: 'consumer', country: 'ES' }, day } as const;

  it('travel stands in the margin scheme, for consumers and businesses, at home and abroad', () => {
    for (const buyer of [supply.buyer, { kind: 'business', country: 'FR' } as const])
      expect(taxTreatmentOf({ ...supply, buyer })).toEqual({ scheme: 'margin', rateBp: null, insideBp: 2100 });
    expect(taxTreatmentOf({ ...supply, sellerCountry: null })).toMatchObject({ scheme: 'margin', insideBp: null });
    expect(taxTreatmentOf({ ...supply, sellerCountry: 'US' })).toMatchObject({ scheme: 'outside' });
  });

  it('example G: an ordinary fee of 10000 bears 21 %, 2100, and comes to 12100', () => {
    const { scheme, rateBp } = taxTreatmentOf({ ...supply, product: 'service' });
    expect({ scheme, rateBp }).toEqual({ scheme: 'ordinary', rateBp: 2100 });
    expect(10000 + multiplyRational(10000, rateBp ?? 0, 10000)).toBe(12100);
  });

  it('a service to a business elsewhere in the Union is taken over by it; beyond the Union it is outside', () => {
    const fee = (country: string, kind: 'business' | 'consumer') =>
      taxTreatmentOf({ ...supply, product: 'service', buyer: { kind, country } }).scheme;
    expect([fee('FR', 'business'), fee('FR', 'consumer'), fee('US', 'business'), fee('ES', 'business')]).toEqual([
      'reverse_charge',
      'ordinary',
      'outside',
      'ordinary',
    ]);
  });
});

describe('vatRateOn', () => {
  it('is that of the day', () => {
    expect([vatRateOn('ES', 'standard', '2012-08-31'), vatRateOn('ES', 'standard', '2012-09-01')]).toEqual([
      1800, 2100,
    ]);
    expect([
      vatRateOn('EE', 'standard', day),
      vatRateOn('FI', 'standard', day),
      vatRateOn('SK', 'standard', day),
    ]).toEqual([2400, 2550, 2300]);
    expect([
      vatRateOn('RO', 'standard', day),
      vatRateOn('ES', 'reduced', day),
      vatRateOn('US', 'standard', day),
    ]).toEqual([2100, 1000, undefined]);
    expect(vatRateOn('ES', 'standard', '1999-01-01')).toBeUndefined();
  });

  it('knows all 27 member states, each row in order of its day', () => {
    expect(UNION.size).toBe(27);
    for (const { country, category, basisPoints } of VAT_RATES) {
      expect(basisPoints).toBeGreaterThan(0);
      const days = VAT_RATES.filter((rate) => rate.country === country && rate.category === category).map(
        (r) => r.validFrom,
      );
      expect(days).toEqual([...days].sort());
    }
  });
});

describe('shareOutside', () => {
  it('counts the parts that neither begin nor end in the Union', () => {
    expect(shareOutside([{ from: 'ES', to: 'GB' }])).toEqual({ part: 0, of: 1 });
    expect(shareOutside([{ from: 'US', to: 'US' }])).toEqual({ part: 1, of: 1 });
    expect(
      shareOutside([
        { from: 'ES', to: 'US' },
        { from: 'US', to: 'MX' },
      ]),
    ).toEqual({ part: 1, of: 2 });
    expect(shareOutside([])).toEqual({ part: 0, of: 1 });
  });
});

it('the country of a tax id is read from it', () => {
  expect(['B58818501', 'ES-B58818501', 'FR40303265045', 'X1234567L', '123', null].map(countryOfTaxId)).toEqual([
    'ES',
    'ES',
    'FR',
    'ES',
    null,
    null,
  ]);
  expect([asVatId('B58818501'), asVatId('FR 40 303265045'), asVatId('12')]).toEqual([
    'ESB58818501',
    'FR40303265045',
    undefined,
  ]);
});
