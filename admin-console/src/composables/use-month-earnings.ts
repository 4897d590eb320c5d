import { useApi } from '../api/index.ts';
import type { BookingSummary } from '../api/bookings.ts';
import type { Money } from '../api/types.ts';

/** A cancelled sale still earns what its refund left: the API takes the rest off. */
const SOLD: readonly string[] = ['confirmed', 'ticketed', 'completed', 'cancelled'];
const PAGE = 100;
const MOST_PAGES = 5;

export type MonthEarnings = {
  month: string;
  count: number;
  /** By currency: amounts of different ones are never added. */
  totals: Money[];
  /** Of the currency that earned most; index 0 is the first of the month. */
  days: number[];
  currency: string;
  /** There were more bookings than are read here. */
  isPartial: boolean;
};

/** Adds up what the reader's own level earned on the sales of a month. */
export function sumMonth(bookings: readonly BookingSummary[], month: string, isPartial: boolean): MonthEarnings {
  const sold = bookings.filter((one) => one.createdAt.startsWith(month) && SOLD.includes(one.state) && one.earned);
  const sums = new Map<string, number>();
  for (const { earned } of sold)
    if (earned) sums.set(earned.currency, (sums.get(earned.currency) ?? 0) + earned.amount);
  const totals = [...sums].map(([currency, amount]) => ({ currency, amount })).toSorted((a, b) => b.amount - a.amount);
  const currency = totals[0]?.currency ?? '';
  const length = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
  const days = Array.from({ length }, () => 0);
  for (const { earned, createdAt } of sold) {
    const at = Number(createdAt.slice(8, 10)) - 1;
    if (earned?.currency === currency) days[at] = (days[at] ?? 0) + earned.amount;
  }
  return { month, count: sold.length, totals, days, currency, isPartial };
}

/** Reads this month's bookings, newest first, until the month is over or enough are read. */
export function useMonthEarnings(now: () => Date = () => new Date()) {
  const api = useApi();
  return async (): Promise<MonthEarnings> => {
    const month = now().toISOString().slice(0, 7);
    const found: BookingSummary[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const answer = await api.bookings.list({ sort: '-createdAt', limit: PAGE, cursor });
      found.push(...answer.data);
      cursor = answer.next ?? undefined;
      const last = answer.data.at(-1);
      if (cursor === undefined || !last || last.createdAt.slice(0, 7) < month) return sumMonth(found, month, false);
    }
    return sumMonth(found, month, true);
  };
}
