import { REGIONS } from './money.ts';
import type { Locale } from '../contract.ts';

const DAY_MS = 86_400_000;

/** A wall-clock time or day without offset, read as if it were UTC so that no zone can move it. */
const wallClock = (local: string): Date =>
  new Date(local.length === 10 ? `${local}T00:00:00Z` : `${local.slice(0, 16)}:00Z`);

/** Making a formatter costs a hundred times its use, and a page of results uses many of few kinds. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterFor(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let formatter = formatters.get(key);
  if (!formatter) formatters.set(key, (formatter = new Intl.DateTimeFormat(REGIONS[locale], options)));
  return formatter;
}

const format = (locale: Locale, date: Date, options: Intl.DateTimeFormatOptions): string =>
  formatterFor(locale, { ...options, timeZone: 'UTC' }).format(date);

/** `2026-12-01` or a local time → "Tue 1 Dec". */
export const formatDay = (local: string, locale: Locale): string =>
  format(locale, wallClock(local.slice(0, 10)), { weekday: 'short', day: 'numeric', month: 'short' });

export const formatDayWithYear = (local: string, locale: Locale): string =>
  format(locale, wallClock(local.slice(0, 10)), { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });

/** `2026-12-01T10:05` → "10:05", as the clock at the place shows. */
export const formatClock = (local: string): string => local.slice(11, 16);

/** An instant at a place's clock, its zone named: "1 Dec 2026, 23:59 CET". Without a zone, at the reader's own. */
export function formatInstant(instant: string, locale: Locale, zone?: string): string {
  return formatterFor(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
    ...(zone === undefined ? {} : { timeZone: zone }),
  }).format(new Date(instant));
}

/** 515 → "8 h 35 min". */
export function formatDuration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** Seconds left as "12:05", or "1:02:05" from an hour on. */
export function formatCountdown(seconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const clock = `${hours > 0 ? two(Math.floor((seconds % 3600) / 60)) : Math.floor(seconds / 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${clock}` : clock;
}

export const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));

export const addDays = (day: string, days: number): string =>
  new Date(wallClock(day).getTime() + days * DAY_MS).toISOString().slice(0, 10);

export const countNights = (from: string, to: string): number =>
  Math.round((wallClock(to).getTime() - wallClock(from).getTime()) / DAY_MS);

/** Whole years lived on a day; someone born on 29 February ages on 1 March of common years. */
export function ageOn(bornOn: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return day.slice(5) < bornOn.slice(5) ? years - 1 : years;
}
