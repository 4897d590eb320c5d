import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  MoneyError,
  addMoney,
  allocate,
  applyBasisPoints,
  formatDecimalAmount,
  money,
  multiplyRational,
  parseDecimalAmount,
  scaleParts,
  sum,
} from './money.ts';
import { currencyExponent } from './money-exponent.ts';

const amount = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });

describe('rounding', () => {
  it('rounds half away from zero, once', () => {
    expect(applyBasisPoints(10, 500)).toBe(1);
    expect(applyBasisPoints(-10, 500)).toBe(-1);
    expect(applyBasisPoints(42005, 300)).toBe(1260);
    expect(applyBasisPoints(43939, 500)).toBe(2197);
    expect(multiplyRational(3970, 21, 121)).toBe(689);
    expect(multiplyRational(-1, 1, -2)).toBe(1);
  });

  it('gives the same by the fast path as by BigInt', () => {
    const rate = fc.integer({ min: -50_000, max: 50_000 });
    const divisor = fc.integer({ min: 1, max: 20_000 });
    fc.assert(
      fc.property(fc.maxSafeInteger(), rate, divisor, (value, n, d) => {
        const doubled = 2n * BigInt(value) * BigInt(n);
        const away = doubled < 0n ? -BigInt(d) : BigInt(d);
        const exact = (doubled + away) / (2n * BigInt(d));
        if (Number.isSafeInteger(Number(exact))) expect(multiplyRational(value, n, d)).toBe(Number(exact));
        else expect(() => multiplyRational(value, n, d)).toThrow(MoneyError);
      }),
    );
  });

  it('refuses fractions, unsafe results and division by zero', () => {
    expect(() => applyBasisPoints(0.5, 100)).toThrow(/minor units/);
    expect(() => sum([Number.MAX_SAFE_INTEGER, 1])).toThrow(MoneyError);
    expect(() => multiplyRational(1, 1, 0)).toThrow(/zero/);
    expect(() => addMoney(money(1, 'EUR'), money(1, 'USD'))).toThrow(/EUR and USD/);
  });
});

describe('splitting', () => {
  it('example D: 10001 over three equal travellers', () => {
    expect(allocate(10001, [1, 1, 1])).toEqual([3334, 3334, 3333]);
    expect(allocate(1000, [1, 1, 1])).toEqual([334, 333, 333]);
  });

  it('example D: 3333 basis points of the parts of A', () => {
    expect(scaleParts([20000, 200, 1070, 1800, 900], 3333, 10_000)).toEqual([6666, 67, 356, 600, 300]);
  });

  it('keeps the sum, stays within one unit of the exact share and gives zero weights nothing', () => {
    const weights = fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 12 }).filter((w) => w.some((x) => x > 0));
    // Small totals take the path of plain numbers, large ones that of BigInt.
    const totals = fc.oneof(amount, fc.integer({ min: -100_000, max: 100_000 }));
    fc.assert(
      fc.property(totals, weights, (total, w) => {
        const parts = allocate(total, w);
        expect(sum(parts)).toBe(total);
        const all = sum(w);
        parts.forEach((part, i) => {
          const distance = BigInt(part) * BigInt(all) - BigInt(total) * BigInt(w[i] ?? 0);
          expect(distance < BigInt(all) && distance > -BigInt(all)).toBe(true);
          if (w[i] === 0) expect(part).toBe(0);
        });
      }),
    );
  });

  it('splits the same on both sides of the safe range', () => {
    const scale = 1_000_000_000;
    for (const [total, weights] of [
      [10, [3, 3, 3]],
      [7, [5, 1, 5, 1]],
      [100, [1, 2, 4, 8, 16, 32]],
    ] as const) {
      // Weights times a constant are the same proportions, but their products no longer fit a safe integer.
      expect(
        allocate(
          total,
          weights.map((w) => w * scale * 100_000),
        ),
      ).toEqual(allocate(total, weights));
    }
  });

  it('scales parts, also negative ones, to exactly the scaled total', () => {
    const parts = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, fc.nat(10_000), (p, bp) => {
        expect(sum(scaleParts(p, bp, 10_000))).toBe(applyBasisPoints(sum(p), bp));
        expect(scaleParts(p, 10_000, 10_000)).toEqual(p);
      }),
    );
  });

  it('refuses weights that cannot carry the amount', () => {
    expect(() => allocate(5, [])).toThrow(MoneyError);
    expect(() => allocate(5, [0, 0])).toThrow(MoneyError);
    expect(() => allocate(5, [2, -1])).toThrow(/negative/);
  });
});

describe('decimal text', () => {
  it('reads exactly what the currency can hold', () => {
    expect(parseDecimalAmount('472.15', 'EUR', 2)).toEqual({ amount: 47215, currency: 'EUR' });
    expect(parseDecimalAmount('0.1', 'KWD', 3).amount).toBe(100);
    expect(parseDecimalAmount('45000', 'JPY', 0).amount).toBe(45000);
    expect(parseDecimalAmount('45000.00', 'JPY', 0).amount).toBe(45000);
    expect(parseDecimalAmount('-0.00', 'EUR', 2).amount).toBe(0);
    for (const bad of ['1.005', '1e3', '', ' 1', '1,00', '.5', '1.']) {
      expect(() => parseDecimalAmount(bad, 'EUR', 2)).toThrow(MoneyError);
    }
    expect(() => parseDecimalAmount('99999999999999999', 'EUR', 2)).toThrow(MoneyError);
  });

  it('writes and reads back the same amount', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom(0, 2, 3, 4), (value, exponent) => {
        const text = formatDecimalAmount(value, exponent);
        expect(parseDecimalAmount(text, 'EUR', exponent).amount).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('knows the exponents of ISO 4217 and no withdrawn currency', () => {
    expect(['JPY', 'EUR', 'KWD', 'HUF', 'XCG', 'ISK', 'CLP'].map(currencyExponent)).toEqual([0, 2, 3, 2, 2, 0, 0]);
    for (const gone of ['BGN', 'ANG', 'HRK', 'XXX', 'XAU', 'eur', 'ABC']) {
      expect(() => currencyExponent(gone)).toThrow(MoneyError);
    }
  });
});
