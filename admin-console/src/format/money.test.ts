import { describe, expect, it } from 'vitest';
import { formatAmount, formatMoney, parseDecimal, parseMoney } from './money.ts';

describe('reading a typed amount', () => {
  it.each([
    ['120', 12000],
    ['120.5', 12050],
    ['120,50', 12050],
    ['1,234.56', 123456],
    ['1,234', 123400],
    [' 1 234.56 ', 123456],
    ['.5', 50],
    ['-3', -300],
    ['−3.05', -305],
    ['-0', 0],
    ['0.29', 29],
    ['4.35', 435],
    ['90071992547409.91', 9007199254740991],
  ])('reads %j as %d euro cents', (text, minor) => {
    expect(parseMoney(text, 'EUR', 'en')).toBe(minor);
  });

  it.each(['', ' ', '.', '-', '1.234', '12,34,5', 'abc', '1e3', '1.2.3', '12.345', '90071992547409.92', '1,23.4,5'])(
    'refuses %j',
    (text) => {
      expect(parseMoney(text, 'EUR', 'en')).toBeUndefined();
    },
  );

  it('groups by point and parts by comma in Spanish', () => {
    expect(parseMoney('1.234,56', 'EUR', 'es')).toBe(123456);
    expect(parseMoney('1.234', 'EUR', 'es')).toBe(123400);
    expect(parseMoney('12.5', 'EUR', 'es')).toBe(1250);
    expect(parseMoney('0.500', 'KWD', 'es')).toBe(500);
  });

  it('follows the minor units of the currency', () => {
    expect(parseMoney('1500', 'JPY', 'en')).toBe(1500);
    expect(parseMoney('1500.5', 'JPY', 'en')).toBeUndefined();
    expect(parseMoney('1.234', 'KWD', 'en')).toBe(1234);
  });

  it('reads what it writes, in every language and size', () => {
    for (const locale of ['en', 'es']) {
      for (const exponent of [0, 2, 3]) {
        for (const minor of [0, 1, 9, 10, 99, 100, 999, 1000, 123456, 98765432, -1, -1050]) {
          expect(parseDecimal(formatAmount(minor, exponent, locale), exponent, locale)).toBe(minor);
        }
      }
    }
  });
});

describe('writing money', () => {
  it('keeps every cent of large amounts', () => {
    expect(formatMoney({ amount: 900719925474099, currency: 'EUR' }, 'en')).toBe('€9,007,199,254,740.99');
    expect(formatMoney({ amount: -5, currency: 'EUR' }, 'en')).toBe('-€0.05');
    expect(formatMoney({ amount: 1500, currency: 'JPY' }, 'en')).toContain('1,500');
  });
});
