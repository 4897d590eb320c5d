import { Temporal } from 'temporal-polyfill';

/**
 * The instant (UTC, ISO 8601 with milliseconds) of a wall-clock time at a place. In a spring gap the later reading is taken, in an
 * autumn overlap the earlier one, as RFC 5545 does.
 * @throws RangeError for an unknown zone or an impossible date.
 */
export function toInstant(local: string, timeZone: string): string {
  const zoned = Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone);
  return new Date(zoned.epochMilliseconds).toISOString();
}

/** The calendar day at a place at an instant. */
export const localDay = (instant: Date, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();

/** Whole days from one calendar day to another; negative when the second is earlier. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
