import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { Day } from '../../kernel/http/wire.ts';

/** Longer ones are asked for in parts. */
const MOST_DAYS = 366;

/** First and last day, UTC, both included. */
const Days = z.strictObject({ from: Day.optional(), to: Day.optional() });
export type Days = z.infer<typeof Days>;

/** The days a statement is asked for: from the first of the month to today where they are left out. */
export function daysOf(query: Days, now: Date): { from: string; to: string } {
  const to = query.to ?? now.toISOString().slice(0, 10);
  return { from: query.from ?? `${to.slice(0, 7)}-01`, to };
}

/** The query of a statement: a year at most, also where a day is left out. */
export const statementQuery = (clock: Clock) =>
  Days.refine(
    (query) => {
      const { from, to } = daysOf(query, clock.now());
      return from <= to && Date.parse(to) - Date.parse(from) < MOST_DAYS * 86_400_000;
    },
    {
      error: `"to" (today if left out) must not be before "from", nor more than ${MOST_DAYS} days later`,
      path: ['to'],
    },
  );
