import { describe, expect, it } from 'vitest';
import { addDays, ageOn, formatClock, formatCountdown, formatDay, formatDuration, formatInstant } from './dates.ts';
import { decimalOf, formatMoney } from './money.ts';

describe('money', () => {
  it('places the decimals by the currency, not by habit', () => {
    expect(decimalOf({ amount: 23970, currency: 'EUR' })).toBe('239.70');
    expect(decimalOf({ amount: -5, currency: 'EUR' })).toBe('-0.05');
    expect(decimalOf({ amount: 23970, currency: 'JPY' })).toBe('23970');
    expect(decimalOf({ amount: 23970, currency: 'KWD' })).toBe('23.970');
  });

  it('writes amounts as the reader does, exact beyond what a float holds', () => {
    expect(formatMoney({ amount: 41890, currency: 'EUR' }, 'en')).toBe('€418.90');
    expect(formatMoney({ amount: 41890, currency: 'EUR' }, 'es').replace(/\s/g, ' ')).toBe('418,90 €');
    expect(formatMoney({ amount: 9007199254740991, currency: 'EUR' }, 'en')).toBe('€90,071,992,547,409.91');
  });
});

describe('dates', () => {
  it('never moves a local day or time', () => {
    expect(formatDay('2026-12-01', 'en')).toBe('Tue 1 Dec');
    expect(formatDay('2026-12-01T23:59', 'en')).toBe('Tue 1 Dec');
    expect(formatClock('2026-12-01T00:05')).toBe('00:05');
  });

  it('writes an instant on the clock of the place', () => {
    expect(formatInstant('2026-12-01T22:59:00Z', 'en', 'Europe/Madrid')).toContain('23:59');
    expect(formatInstant('2026-12-01T22:59:00Z', 'en', 'Asia/Tokyo')).toContain('2 Dec 2026');
  });

  it('counts ages by birthdays', () => {
    expect(ageOn('2014-12-02', '2026-12-01')).toBe(11);
    expect(ageOn('2014-12-02', '2026-12-02')).toBe(12);
    expect(ageOn('2008-02-29', '2026-02-28')).toBe(17);
  });

  it('writes durations, countdowns and further days', () => {
    expect([formatDuration(515), formatDuration(45), formatDuration(120)]).toEqual(['8 h 35 min', '45 min', '2 h']);
    expect([formatCountdown(65), formatCountdown(3725)]).toEqual(['1:05', '1:02:05']);
    expect(addDays('2026-12-30', 3)).toBe('2027-01-02');
  });
});
