import { describe, expect, it } from 'vitest';
import type { Booking } from '../bookings/index.ts';
import type { Brand } from '../kernel/http/context.ts';
import { renderCalendar } from './calendar.ts';

const brand = { name: 'Shore; Trips, "S.L."', hostname: 'shore.test', origin: 'https://shore.test' } as Brand;
const place = (iata: string, timeZone: string) => ({
  iata,
  name: `${iata} Airport`,
  cityName: iata,
  country: 'XX',
  timeZone,
});
const segment = (from: [string, string], to: [string, string], local: [string, string], utc: [string, string]) => ({
  marketingCarrier: { iata: 'ZZ', name: 'Sandbox Airways' },
  operatingCarrier: { iata: 'ZZ', name: 'Sandbox Airways' },
  flightNumber: '17',
  origin: place(...from),
  destination: place(...to),
  originTerminal: '4',
  destinationTerminal: null,
  departureLocal: local[0],
  arrivalLocal: local[1],
  departureAt: utc[0],
  arrivalAt: utc[1],
});
const item = (offer: unknown) => ({ id: '01890000-0000-7000-8000-000000000001', supplierReference: 'ABC123', offer });
const booking = (...offers: unknown[]) =>
  ({
    reference: 'H34CHU',
    confirmedAt: new Date('2027-01-05T10:00:00Z'),
    createdAt: new Date('2027-01-05T09:00:00Z'),
    items: offers.map(item),
  }) as unknown as Booking;
/** Lines with their folds undone (RFC 5545, 3.1). */
const lines = (of: Booking) =>
  renderCalendar(of, brand)
    .toString()
    .replaceAll(/\r\n[ \t]/g, '')
    .split('\r\n');

const flight = {
  product: 'flight',
  slices: [
    {
      segments: [
        segment(
          ['MAD', 'Europe/Madrid'],
          ['JFK', 'America/New_York'],
          ['2027-03-28T01:30:00', '2027-03-28T05:00:00'],
          ['2027-03-28T00:30:00Z', '2027-03-28T09:00:00Z'],
        ),
      ],
    },
  ],
};
const stay = {
  product: 'stay',
  checkIn: '2027-04-01',
  checkOut: '2027-04-04',
  roomName: 'Double',
  hotel: { name: 'Hotel Sole, Roma', address: { line: 'Via Appia 1', city: 'Rome' }, latitude: 41.9, longitude: 12.5 },
};

describe('the calendar of a trip', () => {
  it('gives a flight its instants in UTC, across a change of summer time', () => {
    expect(lines(booking(flight))).toEqual(
      expect.arrayContaining(['DTSTART:20270328T003000Z', 'DTEND:20270328T090000Z']),
    );
  });

  it('gives a stay whole days, the last one not included', () => {
    expect(lines(booking(stay))).toEqual(
      expect.arrayContaining(['DTSTART;VALUE=DATE:20270401', 'DTEND;VALUE=DATE:20270404']),
    );
  });

  it('gives every event the same UID each time, so that importing again doubles nothing', () => {
    const uids = (of: Booking) => lines(of).filter((line) => line.startsWith('UID:'));
    expect(uids(booking(flight))).toEqual(uids(booking(flight)));
    expect(uids(booking(flight))).toHaveLength(1);
  });

  it('escapes what would end a line or a value, and folds long lines', () => {
    expect(lines(booking(stay))).toContain('SUMMARY:Hotel Sole\\, Roma');
    const raw = renderCalendar(booking(flight, stay), brand).toString().split('\r\n');
    expect(raw.every((line) => Buffer.byteLength(line) <= 75)).toBe(true);
    expect(raw.at(0)).toBe('BEGIN:VCALENDAR');
  });
});
