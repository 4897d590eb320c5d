import { describe, expect, it } from 'vitest';
import { faultsOf, promoOf, promoValuesOf } from './promo-values.ts';

const values = { ...promoValuesOf(null), code: 'SUMMER', name: 'Summer', basisPoints: 1000 };

describe('a promo code in its form', () => {
  it('takes an empty cap as none, and refuses one that is no amount', () => {
    expect(faultsOf(values)).toEqual({});
    expect(promoOf(values, null).value).toEqual({ kind: 'percent', basisPoints: 1000, capMinor: null });
    expect(faultsOf({ ...values, capMinor: Number.NaN })).toEqual({ capMinor: 'form.amount' });
  });

  it('asks how much of it the reseller bears: nothing typed is not all of it', () => {
    expect(promoOf(values, null).resellerBp).toBe(10_000);
    for (const resellerBp of [null, Number.NaN])
      expect(faultsOf({ ...values, resellerBp })).toEqual({ resellerBp: 'form.rate' });
    expect(faultsOf({ ...values, resellerBp: 0 })).toEqual({});
  });

  it('refuses the amounts that are missing, of the kind that is chosen', () => {
    expect(faultsOf({ ...values, basisPoints: null, minTotalMinor: Number.NaN })).toEqual({
      basisPoints: 'form.rate',
      minTotalMinor: 'form.amount',
    });
    const fixed = { ...values, kind: 'fixed' as const, basisPoints: null, capMinor: Number.NaN };
    expect(faultsOf(fixed)).toEqual({ amountMinor: 'form.amount' });
    expect(faultsOf({ ...fixed, amountMinor: 500 })).toEqual({});
  });
});
