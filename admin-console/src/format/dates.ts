import { regionOf } from './money.ts';

const DAY_MS = 86_400_000;

/** A calendar day or wall-clock time without offset, read as if it were UTC so that no zone can move it. */
const wallClock = (local: string): Date =>
  new Date(local.length === 10 ? `${local}T00:00:00Z` : `${local.slice(0, 16)}:00Z`);

export const formatDay = (day: string, locale: string): string =>
  new Intl.DateTimeFormat(regionOf(locale), {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(wallClock(day.slice(0, 10)));

/** Wall-clock time at the place: "1 Dec, 10:05". */
export const formatLocalTime = (local: string, locale: string): string =>
  new Intl.DateTimeFormat(regionOf(locale), {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
  }).format(wallClock(local));

/** An instant at the reader's own clock. */
export const formatInstant = (instant: string, locale: string): string =>
  new Intl.DateTimeFormat(regionOf(locale), {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant));

export function formatDuration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** Start of a UTC day as an instant. */
export const startOfDay = (day: string): string => `${day}T00:00:00.000Z`;
export const dayOf = (instant: string): string => instant.slice(0, 10);
export const addDays = (day: string, days: number): string =>
  new Date(wallClock(day).getTime() + days * DAY_MS).toISOString().slice(0, 10);
