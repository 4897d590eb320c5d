import { cities } from '../reference/index.ts';
import type { FlightCriteria, SupplierOffer } from '../suppliers/index.ts';
import type { SearchAgain } from './errors.ts';
import type { StayAsked } from './hotel-results.ts';

const withParams = (path: string, params: Record<string, string | number | undefined>): string => {
  const given = Object.entries(params).flatMap(([key, value]): Array<[string, string]> =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  return `${path}?${new URLSearchParams(given).toString()}`;
};

/** The storefront's page for a flight search. It knows one way and return; for other journeys it opens with the first flight. */
function flightsLink(criteria: FlightCriteria): string {
  const [out, back] = criteria.slices;
  const isReturn =
    criteria.slices.length === 2 && back?.origin === out?.destination && back?.destination === out?.origin;
  const who = {
    adults: criteria.passengers.filter((passenger) => passenger.type === 'adult').length,
    children: criteria.passengers.flatMap((passenger) => passenger.age ?? []).join(','),
    cabin: criteria.cabin,
  };
  return withParams('/flights', {
    from: out?.origin,
    to: out?.destination,
    depart: out?.departureDate,
    return: isReturn ? back?.departureDate : undefined,
    ...who,
  });
}

export const flightsAgain = (criteria: FlightCriteria): SearchAgain => ({
  path: '/api/v1/flights/searches',
  body: {
    slices: criteria.slices,
    passengers: criteria.passengers.map((passenger) =>
      passenger.type === 'adult' ? { type: 'adult' } : { age: passenger.age ?? 0 },
    ),
    cabin: criteria.cabin,
  },
  link: flightsLink(criteria),
});

const NEAR_KM = 40;

/** The city with hotels nearest to a point, for a page that searches by city. */
function nearestCity({ latitude, longitude }: { latitude: number; longitude: number }): string | undefined {
  const kmOf = (city: { latitude: number; longitude: number }) =>
    Math.hypot(
      (city.latitude - latitude) * 111,
      (city.longitude - longitude) * 111 * Math.cos((latitude * Math.PI) / 180),
    );
  const [nearest] = cities()
    .filter((city) => city.hasStays && kmOf(city) <= NEAR_KM)
    .sort((a, b) => kmOf(a) - kmOf(b));
  return nearest?.code;
}

/** Rooms in a link: "2" for two adults, "2+7+4" for two adults and children of 7 and 4; rooms apart by commas. */
export const staysAgain = (asked: StayAsked): SearchAgain => ({
  path: '/api/v1/hotels/searches',
  body: { near: asked.near, checkIn: asked.checkIn, checkOut: asked.checkOut, rooms: asked.rooms },
  link: withParams('/hotels', {
    near: typeof asked.near === 'string' ? asked.near : nearestCity(asked.near),
    checkIn: asked.checkIn,
    checkOut: asked.checkOut,
    rooms: asked.rooms.map((room) => [room.adults, ...room.childAges].join('+')).join(','),
  }),
});

/** The storefront's page that searches again for what an offer was found by: for people whose offer expired before they paid. */
export function searchAgainLink(offer: SupplierOffer): string {
  if (offer.product === 'flight') {
    const slices = offer.slices.map((slice) => ({
      origin: slice.origin.iata,
      destination: slice.destination.iata,
      departureDate: slice.segments[0]?.departureLocal.slice(0, 10) ?? '',
    }));
    const cabin = (offer.slices[0]?.segments[0]?.cabin ?? 'economy') as FlightCriteria['cabin'];
    return flightsLink({ slices, passengers: offer.passengers, cabin });
  }
  const { latitude, longitude } = offer.hotel;
  const adults = offer.guests.filter((guest) => guest.type === 'adult').length;
  const childAges = offer.guests.flatMap((guest) => guest.age ?? []);
  // Who sleeps where is not kept with an offer: adults are spread evenly, children join the first room.
  const rooms = Array.from({ length: offer.rooms }, (_, at) => ({
    adults: Math.max(1, Math.floor(adults / offer.rooms) + (at < adults % offer.rooms ? 1 : 0)),
    childAges: at === 0 ? childAges : [],
  }));
  return staysAgain({
    near: { latitude, longitude, radiusKm: 5 },
    checkIn: offer.checkIn,
    checkOut: offer.checkOut,
    rooms,
  }).link;
}
