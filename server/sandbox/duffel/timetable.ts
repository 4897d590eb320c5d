import { aircraft } from '../../reference/index.ts';
import type { AircraftRecord, AirlineRecord, AirportRecord } from '../../reference/index.ts';
import { blockMinutes, distanceKm, eastwardDegrees } from './geo.ts';
import { between, hash32, pick, unit } from './hash.ts';
import { tierOf, weeklyFlights } from './network.ts';
import { toInstant, weekdayOf } from './zone-clock.ts';

/** One departure. Instants are milliseconds UTC. */
export interface Flight {
  carrier: AirlineRecord;
  number: string;
  from: AirportRecord;
  to: AirportRecord;
  departure: number;
  arrival: number;
  km: number;
  aircraft: AircraftRecord;
  fromTerminal: string | null;
  toTerminal: string | null;
  /** A technical stop on the way, same flight number. */
  stopAt: AirportRecord | null;
}

const budgetTypes = new Set(['320', '32N', '321', '32Q', '73H', '7M8', '332', '339', '788', '789']);
const superjumbos = new Set(['EK', 'SQ', 'LH', 'BA', 'QF', 'KE', 'EY', 'QR']);

function isFlownBy(type: AircraftRecord, carrier: AirlineRecord): boolean {
  if (type.iata === '388') return superjumbos.has(carrier.iata);
  return !carrier.kind.startsWith('low_cost') || budgetTypes.has(type.iata);
}

function chooseAircraft(
  seed: string,
  carrier: AirlineRecord,
  from: AirportRecord,
  to: AirportRecord,
  km: number,
  index: number,
): AircraftRecord {
  const able = aircraft().filter((type) => type.rangeKm >= km * 1.08);
  const thin = Math.min(tierOf(from), tierOf(to)) <= 1;
  const bodies =
    km > 5000
      ? ['wide']
      : km < 1400 && thin && !carrier.kind.startsWith('low_cost')
        ? ['regional', 'narrow']
        : ['narrow'];
  const suitable = able.filter((type) => bodies.includes(type.body) && isFlownBy(type, carrier));
  return pick(suitable.length > 0 ? suitable : able, seed, 'aircraft', carrier.iata, from.iata, to.iata, index);
}

/** Minutes after local midnight of the index-th of `count` departures: spread over the day, long flights in the hours that suit the direction. */
function departureMinute(
  seed: string,
  key: string,
  from: AirportRecord,
  to: AirportRecord,
  km: number,
  index: number,
  count: number,
): number {
  const east = eastwardDegrees(from, to);
  const [first, last] = km < 3500 ? [375, 1275] : east > 25 ? [960, 1380] : east < -25 ? [570, 1020] : [690, 1420];
  const width = (last - first) / count;
  const minute = first + width * index + unit(seed, 'minute', key, index) * width;
  return Math.round(minute / 5) * 5;
}

export const terminalOf = (airport: AirportRecord, carrierCode: string): string | null =>
  tierOf(airport) < 2
    ? null
    : String(1 + (hash32('terminal', airport.iata, carrierCode) % (tierOf(airport) === 3 ? 4 : 2)));

/** The carrier's departures on the origin's local date; empty when it does not fly the route that day. */
export function flightsOn(
  seed: string,
  carrier: AirlineRecord,
  from: AirportRecord,
  to: AirportRecord,
  date: string,
): Flight[] {
  const weekly = weeklyFlights(seed, carrier, from, to);
  if (weekly === 0) return [];
  const key = `${carrier.iata}${from.iata}${to.iata}`;
  const rest = weekly % 7;
  const extra = (weekdayOf(date) * 3 + hash32(seed, 'days', key)) % 7 < rest ? 1 : 0;
  const count = Math.floor(weekly / 7) + extra;
  const km = distanceKm(from, to);
  const block = blockMinutes(from, to);
  return Array.from({ length: count }, (_, index): Flight => {
    const minute = departureMinute(seed, key, from, to, km, index, count);
    const wall = `${date}T${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
    const departure = toInstant(wall, from.timeZone);
    const stopAt = null;
    return {
      carrier,
      number: String(100 + ((hash32('number', key) + index * 37) % 8900)),
      from,
      to,
      departure,
      arrival: departure + block * 60_000,
      km,
      aircraft: chooseAircraft(seed, carrier, from, to, km, index),
      fromTerminal: terminalOf(from, carrier.iata),
      toTerminal: terminalOf(to, carrier.iata),
      stopAt,
    };
  });
}

/** Busy days and flights cost more: 0.75 to 1.45, the same for a flight and date. */
export const demandOf = (seed: string, flight: Flight, date: string): number =>
  0.75 + between(0, 700, seed, 'demand', flight.carrier.iata, flight.number, flight.from.iata, date) / 1000;
