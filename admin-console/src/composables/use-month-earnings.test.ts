import { describe, expect, it } from 'vitest';
import type { BookingSummary } from '../api/bookings.ts';
import { sumMonth } from './use-month-earnings.ts';

const sale = (createdAt: string, amount: number, over: Partial<BookingSummary> = {}): BookingSummary => ({
  id: createdAt,
  reference: 'ABC123',
  state: 'confirmed',
  title: '',
  product: 'flight',
  leadName: '',
  agency: null,
  brandName: '',
  total: { amount: 0, currency: 'EUR' },
  earned: { amount, currency: 'EUR' },
  paymentMethod: 'card',
  startsOn: '2027-01-01',
  createdAt,
  ...over,
});

describe('what was earned in a month', () => {
  it('adds sales of the month by day, and neither failed nor older ones', () => {
    const month = sumMonth(
      [
        sale('2026-02-03T10:00:00Z', 500),
        sale('2026-02-03T23:59:59Z', 250),
        sale('2026-02-28T00:00:00Z', 1),
        sale('2026-02-04T10:00:00Z', 900, { state: 'failed' }),
        sale('2026-01-31T10:00:00Z', 900),
      ],
      '2026-02',
      false,
    );
    expect([month.count, month.totals, month.days.length, month.days[2], month.days[27]]).toEqual([
      3,
      [{ currency: 'EUR', amount: 751 }],
      28,
      750,
      1,
    ]);
  });

  it('never adds amounts of different currencies', () => {
    const usd = { earned: { amount: 100, currency: 'USD' } };
    expect(
      sumMonth([sale('2026-02-03T10:00:00Z', 500), sale('2026-02-03T11:00:00Z', 0, usd)], '2026-02', false).totals,
    ).toEqual([
      { currency: 'EUR', amount: 500 },
      { currency: 'USD', amount: 100 },
    ]);
  });
});
