const DAY_MS = 86_400_000;

export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
export const addDays = (day: string, days: number): string => dayOf(new Date(Date.parse(day) + days * DAY_MS));

function nextMonth(day: string): string {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return dayOf(new Date(Date.UTC(year, month, 1)));
}

/** A stretch of days (UTC) that is counted by itself; `endsBefore` is the day after the last. */
export interface Period {
  startsOn: string;
  endsBefore: string;
}

export interface PeriodTerms {
  period: 'month' | 'range';
  startsOn: string;
  /** Last day; null: until it is closed. */
  endsOn: string | null;
}

/** Periods of a campaign that began by a day, oldest first. One that begins or ends within a month has a shorter first or last one. */
export function periodsOf({ period, startsOn, endsOn }: PeriodTerms, until: string): Period[] {
  const end = endsOn === null ? null : addDays(endsOn, 1);
  if (period === 'range' && end !== null) return startsOn <= until ? [{ startsOn, endsBefore: end }] : [];
  const periods: Period[] = [];
  for (let from = startsOn; from <= until && (end === null || from < end);) {
    const month = nextMonth(from);
    const endsBefore = end !== null && end < month ? end : month;
    periods.push({ startsOn: from, endsBefore });
    from = endsBefore;
  }
  return periods;
}
