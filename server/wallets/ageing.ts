import { assertMinor } from '../kernel/money.ts';

/** Something that was taken from a wallet: minor units, more than zero. */
export interface Debit {
  readonly amount: number;
  readonly at: Date;
}

/** How long overdue what an agency owes is. */
export const AGE_BUCKETS = ['notDue', 'upTo30', 'upTo60', 'upTo90', 'over90'] as const;
export type AgeBucket = (typeof AGE_BUCKETS)[number];

export interface Ageing {
  /** What is owed by how long it is overdue; together all of it. Minor units. */
  readonly buckets: Readonly<Record<AgeBucket, number>>;
  /** Day (UTC) the oldest unpaid debit was or will be due; null when nothing is owed or nothing is ever due. */
  readonly oldestDueOn: string | null;
  /** Whole days the oldest unpaid debit is overdue; 0 when none is. */
  readonly daysOverdue: number;
}

const DAY_MS = 86_400_000;
const dayNumber = (at: Date): number => Math.floor(at.getTime() / DAY_MS);
const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** A debit is due a whole number of days (UTC) after the day it was made. */
export const daysOverdue = (at: Date, paymentDays: number, now: Date): number =>
  dayNumber(now) - dayNumber(at) - paymentDays;

export function bucketOf(days: number): AgeBucket {
  if (days <= 0) return 'notDue';
  if (days <= 30) return 'upTo30';
  if (days <= 60) return 'upTo60';
  return days <= 90 ? 'upTo90' : 'over90';
}

/**
 * Sorts what an agency owes by how long it is overdue. Money that came in paid the oldest debits first, so what is unpaid are the newest
 * debits that add up to what is owed, the last of them perhaps in part.
 * @param owed minor units, zero or more
 * @param newestFirst debits, newest first, at least as many as add up to `owed`; what they leave is taken as not due
 * @param paymentDays null: nothing is ever due
 */
export function ageDebt(
  owed: number,
  newestFirst: Iterable<Debit>,
  { paymentDays, now }: { paymentDays: number | null; now: Date },
): Ageing {
  const buckets: Record<AgeBucket, number> = { notDue: 0, upTo30: 0, upTo60: 0, upTo90: 0, over90: 0 };
  let left = assertMinor(owed, 'debt');
  let oldest: Date | undefined;
  for (const { amount, at } of newestFirst) {
    if (left <= 0) break;
    const unpaid = Math.min(left, amount);
    buckets[paymentDays === null ? 'notDue' : bucketOf(daysOverdue(at, paymentDays, now))] += unpaid;
    left -= unpaid;
    oldest = at;
  }
  if (left > 0) buckets.notDue += left;
  if (oldest === undefined || paymentDays === null) return { buckets, oldestDueOn: null, daysOverdue: 0 };
  return {
    buckets,
    oldestDueOn: dayText(dayNumber(oldest) + paymentDays),
    daysOverdue: Math.max(0, daysOverdue(oldest, paymentDays, now)),
  };
}

/** What of a debt is past its day. */
export const overdueOf = ({ buckets }: Pick<Ageing, 'buckets'>): number =>
  buckets.upTo30 + buckets.upTo60 + buckets.upTo90 + buckets.over90;

/** Whether what is overdue blocks new bookings. */
export const blocks = (ageing: Ageing, graceDays: number | null): boolean =>
  graceDays !== null && overdueOf(ageing) > 0 && ageing.daysOverdue > graceDays;
