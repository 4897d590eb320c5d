import type { FlightCriteria, SupplierOffer } from '../suppliers/index.ts';
import type { SearchAgain } from './errors.ts';
import type { StayAsked } from './hotel-results.ts';

const withParams = (path: string, params: Record<string, string | number | undefined>): string => {
  const given = Object.entries(params).flatMap(([key, value]): Array<[string, string]> =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  return `${path}?${new URLSearchParams(given).toString()}`;
};

/** The storefront's page for a flight search: from, to, depart, return for one way and return; legs for the rest. */
function flightsLink(criteria: FlightCriteria): string {
  const [out, back] = criteria.slices;
  const isReturn =
    criteria.slices.length === 2 && back?.origin === out?.destination && back?.destination === out?.origin;
  const who = {
    adults: criteria.passengers.filter((passenger) => passenger.type === 'adult').length,
    ages: criteria.passengers.flatMap((passenger) => passenger.age ?? []).join(','),
    cabin: criteria.cabin,
  };
  if (criteria.slices.length === 1 || isReturn) {
    return withParams('/flights', {
      from: out?.origin,
      to: out?.destination,
      depart: out?.departureDate,
      return: isReturn ? back?.departureDate : undefined,
      ...who,
    });
  }
  return withParams('/flights', {
    legs: criteria.slices.map((slice) => `${slice.origin}-${slice.destination}-${slice.departureDate}`).join(','),
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

/** Rooms in a link: "2" for two adults, "2-7-4" for two adults and children of 7 and 4; rooms apart by commas. */
export const staysAgain = (asked: StayAsked): SearchAgain => ({
  path: '/api/v1/hotels/searches',
  body: { near: asked.near, checkIn: asked.checkIn, checkOut: asked.checkOut, rooms: asked.rooms },
  link: withParams('/hotels', {
    ...(typeof asked.near === 'string'
      ? { near: asked.near }
      : { lat: asked.near.latitude, lng: asked.near.longitude }),
    checkIn: asked.checkIn,
    checkOut: asked.checkOut,
    rooms: asked.rooms.map((room) => [room.adults, ...room.childAges].join('-')).join(','),
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
