export const PERIODS = ['weekly', 'fortnightly', 'monthly'] as const;
/** `fortnightly`: the 1st to the 15th, and the 16th to the end of the month. Weeks begin on Monday (ISO 8601). */
export type PeriodKind = (typeof PERIODS)[number];

/** Calendar days of UTC, ISO 8601; `end` is the day after the last. */
export interface Period {
  readonly start: string;
  readonly end: string;
}

const DAY_MS = 86_400_000;
const dayOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** The day a number of days after another. */
export const addDays = (day: string, days: number): string => dayOf(Date.parse(day) + days * DAY_MS);

/** The period of its kind that holds a day. */
export function periodOf(kind: PeriodKind, day: string): Period {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const firstOf = (ofMonth: number) => dayOf(Date.UTC(year, ofMonth - 1, 1));
  if (kind === 'monthly') return { start: firstOf(month), end: firstOf(month + 1) };
  if (kind === 'fortnightly') {
    const middle = dayOf(Date.UTC(year, month - 1, 16));
    return date < 16 ? { start: firstOf(month), end: middle } : { start: middle, end: firstOf(month + 1) };
  }
  const sinceMonday = (new Date(Date.parse(day)).getUTCDay() + 6) % 7;
  const start = addDays(day, -sinceMonday);
  return { start, end: addDays(start, 7) };
}
