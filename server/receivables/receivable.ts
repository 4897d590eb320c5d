/** How far the reminders of one thing have gone: before it is due, and three times after. */
export const REMINDER_LEVELS = [1, 2, 3, 4] as const;
export type ReminderLevel = (typeof REMINDER_LEVELS)[number];

/** Days to the due day at which something unpaid is first mentioned, and days after it of the reminders proper. */
const BEFORE = 3;
const AFTER: readonly (readonly [days: number, level: ReminderLevel])[] = [
  [30, 4],
  [14, 3],
  [3, 2],
];

/**
 * The level of reminder that something unpaid has reached; undefined while it has reached none. What had no more than three days to be paid
 * is not mentioned before it is due.
 * @param days it is overdue; below zero, it has so many left
 * @param paymentDays it had from the beginning
 */
export function reachedLevel(days: number, paymentDays: number): ReminderLevel | undefined {
  const after = AFTER.find(([from]) => days >= from);
  if (after) return after[1];
  return days >= -BEFORE && days <= 0 && paymentDays > BEFORE ? 1 : undefined;
}
