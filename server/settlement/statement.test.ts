import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { electronicIban, ibanFault, isBic } from './bank-account.ts';
import { addDays, periodOf, PERIODS } from './period.ts';
import { settle } from './statement.ts';

const none = { released: 0, clawbacks: 0, memos: 0, carriedIn: 0, reserveReleased: 0 };

describe('a statement', () => {
  it('example M: 98000 − 14520 − 6500 − 3000 − 10 % reserve pays 64180, the next is carried', () => {
    const terms = { reserveBp: 1000, minimumPayout: 1000 };
    const first = settle({ ...none, released: 98000, clawbacks: -14520, memos: -6500, carriedIn: -3000 }, terms);
    expect(first).toEqual({ reserve: 9800, payout: 64180, carriedOut: 0 });
    const next = settle({ ...none, released: 2000, clawbacks: -7500, carriedIn: first.carriedOut }, terms);
    expect(next).toEqual({ reserve: 0, payout: 0, carriedOut: -5500 });
  });

  it('carries what is below the minimum', () => {
    const terms = { reserveBp: 0, minimumPayout: 1000 };
    expect(settle({ ...none, released: 999 }, terms)).toEqual({ reserve: 0, payout: 0, carriedOut: 999 });
    expect(settle({ ...none, released: 1, carriedIn: 999 }, terms).payout).toBe(1000);
  });

  it('loses nothing and never pays a debt, whatever the figures', () => {
    const minor = fc.integer({ min: -1_000_000, max: 1_000_000 });
    fc.assert(
      fc.property(
        fc.record({
          released: fc.nat(1_000_000),
          clawbacks: minor,
          memos: minor,
          carriedIn: minor,
          reserveReleased: fc.nat(100_000),
        }),
        fc.integer({ min: 0, max: 10_000 }),
        fc.nat(50_000),
        (input, reserveBp, minimumPayout) => {
          const { reserve, payout, carriedOut } = settle(input, { reserveBp, minimumPayout });
          const net = input.released + input.clawbacks + input.memos + input.carriedIn + input.reserveReleased;
          expect(reserve + payout + carriedOut).toBe(net);
          expect(reserve).toBeGreaterThanOrEqual(0);
          expect(payout === 0 || payout >= minimumPayout).toBe(true);
          if (net <= 0) expect([reserve, payout]).toEqual([0, 0]);
        },
      ),
    );
  });
});

describe('periods', () => {
  it('weeks begin on Monday, fortnights on the 1st and the 16th, months on the 1st', () => {
    expect(periodOf('weekly', '2026-11-24')).toEqual({ start: '2026-11-23', end: '2026-11-30' });
    expect(periodOf('weekly', '2026-11-29')).toEqual({ start: '2026-11-23', end: '2026-11-30' });
    expect(periodOf('fortnightly', '2026-02-15')).toEqual({ start: '2026-02-01', end: '2026-02-16' });
    expect(periodOf('fortnightly', '2026-02-16')).toEqual({ start: '2026-02-16', end: '2026-03-01' });
    expect(periodOf('monthly', '2026-12-31')).toEqual({ start: '2026-12-01', end: '2027-01-01' });
  });

  it('follow each other without a gap and hold their day', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PERIODS), fc.integer({ min: 0, max: 20_000 }), (kind, days) => {
        const day = addDays('2000-01-01', days);
        const { start, end } = periodOf(kind, day);
        expect(start <= day && day < end).toBe(true);
        expect(periodOf(kind, end).start).toBe(end);
        expect(periodOf(kind, addDays(end, -1))).toEqual({ start, end });
      }),
    );
  });
});

describe('bank accounts', () => {
  it('are judged by country, length and check digits', () => {
    expect(ibanFault('ES91 2100 0418 4502 0005 1332')).toBeUndefined();
    expect(ibanFault('de89-3704-0044-0532-0130-00')).toBeUndefined();
    expect(ibanFault('FR1420041010050500013M02606')).toBeUndefined();
    expect(ibanFault('ES91 2100 0418 4502 0005 1323')).toBe('check_digits');
    expect(ibanFault('ES912100041845020005133')).toBe('length');
    expect(ibanFault('US12345678901234567890')).toBe('country');
    expect(ibanFault('nothing')).toBe('form');
    expect([isBic('CAIXESBBXXX'), isBic('CAIXESBB'), isBic('CAIXESB')]).toEqual([true, true, false]);
  });

  it('a changed digit or two swapped ones are noticed', () => {
    const iban = electronicIban('ES91 2100 0418 4502 0005 1332');
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 23 }), fc.integer({ min: 0, max: 9 }), (at, digit) => {
        const changed = `${iban.slice(0, at)}${digit}${iban.slice(at + 1)}`;
        expect(ibanFault(changed) === undefined).toBe(changed === iban);
      }),
    );
  });
});
