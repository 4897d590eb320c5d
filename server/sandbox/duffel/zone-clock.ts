const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, Map<number, number | null>>();

function formatFor(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formats.set(zone, format);
  }
  return format;
}

const quarterMs = 900_000;
const dayMs = 86_400_000;

function computeOffset(instant: number, zone: string): number {
  const part = Object.fromEntries(
    formatFor(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<string, number>;
  const wall = Date.UTC(
    part['year'] ?? 0,
    (part['month'] ?? 1) - 1,
    part['day'],
    part['hour'],
    part['minute'],
    part['second'],
  );
  return wall - instant;
}

/** The offset of a whole UTC day, or null on the few days when the zone changes. */
function dayOffset(day: number, zone: string, kept: Map<number, number | null>): number | null {
  const known = kept.get(day);
  if (known !== undefined) return known;
  const [start, end] = [computeOffset(day * dayMs, zone), computeOffset((day + 1) * dayMs, zone)];
  const offset = start === end ? start : null;
  kept.set(day, offset);
  return offset;
}

/** Milliseconds to add to UTC for the zone's wall time. Zones change on quarter hours only. */
function offsetAt(instant: number, zone: string): number {
  let kept = offsets.get(zone);
  if (!kept) offsets.set(zone, (kept = new Map()));
  return (
    dayOffset(Math.floor(instant / dayMs), zone, kept) ??
    computeOffset(Math.floor(instant / quarterMs) * quarterMs, zone)
  );
}

/** Wall time in the zone, no offset: 2026-12-01T14:20:00. */
export const toLocal = (instant: number, zone: string): string =>
  new Date(instant + offsetAt(instant, zone)).toISOString().slice(0, 19);

/** The instant of a wall time (YYYY-MM-DDTHH:MM). A time skipped by daylight saving moves to the hour after; one that happens twice means the first. */
export function toInstant(local: string, zone: string): number {
  const wall = Date.parse(`${local}Z`);
  const guess = wall - offsetAt(wall, zone);
  return wall - offsetAt(guess, zone);
}

export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);

/** 0 Sunday to 6 Saturday. */
export const weekdayOf = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay();

/** ISO 8601 duration of whole minutes: PT8H20M, P1DT2H. */
export function isoDuration(minutes: number): string {
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor((minutes % 1440) / 60);
  const rest = minutes % 60;
  const time = `${hours ? `${hours}H` : ''}${rest ? `${rest}M` : ''}`;
  return days || time ? `P${days ? `${days}D` : ''}${time ? `T${time}` : ''}` : 'PT0M';
}
