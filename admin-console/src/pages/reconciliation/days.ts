import type { ReconciledDay } from '../../api/reconciliation.ts';

export type DayBar = { day: string; compared: number; unmatched: number };

/** One bar a day, oldest first: both counterparties together. */
export function barsOf(days: readonly ReconciledDay[]): DayBar[] {
  const bars = new Map<string, DayBar>();
  for (const { day, compared, unmatched } of days) {
    const bar = bars.get(day) ?? { day, compared: 0, unmatched: 0 };
    bars.set(day, { day, compared: bar.compared + compared, unmatched: bar.unmatched + unmatched });
  }
  return [...bars.values()].toSorted((a, b) => a.day.localeCompare(b.day));
}
