import { addDays } from '../formatting/dates.ts';
import { writeFlightCriteria } from './flight-criteria.ts';
import { writeHotelCriteria } from './hotel-criteria.ts';
import type { RouteLocationRaw } from 'vue-router';

type CityKey = 'city.MAD' | 'city.BCN' | 'city.NYC' | 'city.LON' | 'city.ROM' | 'city.PAR' | 'city.LIS' | 'city.BUE';
export type PopularRoute = {
  key: string;
  kind: 'flight' | 'hotel';
  codes: string;
  title: CityKey;
  origin: CityKey;
  to: RouteLocationRaw;
};

const FLIGHTS = [
  ['MAD', 'NYC'],
  ['MAD', 'LON'],
  ['BCN', 'PAR'],
  ['MAD', 'BUE'],
] as const;
const HOTELS = ['ROM', 'LIS'] as const;

/** Links to searches a month ahead; the results and their prices come from the search itself. */
export function findPopularRoutes(today: string): PopularRoute[] {
  const depart = addDays(today, 30);
  const flights = FLIGHTS.map(([from, to]): PopularRoute => ({
    key: from + to,
    kind: 'flight',
    codes: `${from} → ${to}`,
    title: `city.${to}`,
    origin: `city.${from}`,
    to: {
      path: '/flights',
      query: writeFlightCriteria({
        from,
        to,
        depart,
        return: addDays(depart, 7),
        adults: 1,
        childAges: [],
        cabin: 'economy',
      }),
    },
  }));
  const hotels = HOTELS.map((near): PopularRoute => ({
    key: near,
    kind: 'hotel',
    codes: near,
    title: `city.${near}`,
    origin: `city.${near}`,
    to: {
      path: '/hotels',
      query: writeHotelCriteria({
        near,
        checkIn: depart,
        checkOut: addDays(depart, 3),
        rooms: [{ adults: 2, childAges: [] }],
      }),
    },
  }));
  return [...flights, ...hotels];
}
