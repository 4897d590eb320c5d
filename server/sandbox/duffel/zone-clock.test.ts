import { describe, expect, it } from 'vitest';
import { isoDuration, toInstant, toLocal } from './zone-clock.ts';

describe('wall time', () => {
  it.each([
    ['2027-01-15T12:00', 'Europe/Madrid', '2027-01-15T11:00:00.000Z'],
    ['2027-07-15T12:00', 'Europe/Madrid', '2027-07-15T10:00:00.000Z'],
    ['2026-10-25T01:30', 'Europe/Madrid', '2026-10-24T23:30:00.000Z'],
    ['2026-10-25T04:00', 'Europe/Madrid', '2026-10-25T03:00:00.000Z'],
    ['2027-03-28T00:30', 'Europe/Madrid', '2027-03-27T23:30:00.000Z'],
    ['2027-03-28T05:00', 'Europe/Madrid', '2027-03-28T03:00:00.000Z'],
    ['2026-12-01T22:55', 'Asia/Tokyo', '2026-12-01T13:55:00.000Z'],
    ['2026-12-01T10:00', 'Asia/Kolkata', '2026-12-01T04:30:00.000Z'],
    ['2026-12-01T10:00', 'Asia/Kathmandu', '2026-12-01T04:15:00.000Z'],
    ['2026-12-01T10:00', 'Pacific/Auckland', '2026-11-30T21:00:00.000Z'],
    ['2026-11-01T12:00', 'America/New_York', '2026-11-01T17:00:00.000Z'],
  ])('%s in %s is %s', (local, zone, instant) => {
    expect(new Date(toInstant(local, zone)).toISOString()).toBe(instant);
    expect(toLocal(Date.parse(instant), zone)).toBe(`${local}:00`);
  });

  it('moves a time that daylight saving skips to the hour after', () => {
    expect(toLocal(toInstant('2027-03-28T02:30', 'Europe/Madrid'), 'Europe/Madrid')).toBe('2027-03-28T03:30:00');
  });

  it('writes durations', () => {
    expect([500, 60, 45, 1440, 1571].map(isoDuration)).toEqual(['PT8H20M', 'PT1H', 'PT45M', 'P1D', 'P1DT2H11M']);
  });
});
