import { readRooms, writeHotelCriteria } from '../search/hotel-criteria.ts';
import { writeFlightCriteria } from '../search/flight-criteria.ts';
import type { RouteLocationRaw } from 'vue-router';
import type { Quote } from '../api/types.ts';

/** A fresh search like the one a quote came from. */
export function searchLike(quote: Quote | undefined, product: 'flight' | 'stay'): RouteLocationRaw {
  if (quote === undefined) return product === 'stay' ? '/hotels' : '/flights';
  const { offer } = quote;
  if (offer.product === 'stay') {
    const adults = offer.guests.filter((guest) => guest.type === 'adult').length;
    const ages = offer.guests.flatMap((guest) => guest.age ?? []);
    return {
      path: '/hotels',
      query: writeHotelCriteria({
        near: offer.hotel.address.city,
        checkIn: offer.checkIn,
        checkOut: offer.checkOut,
        rooms: readRooms([adults, ...ages].join('+')),
      }),
    };
  }
  const [out, back] = offer.slices;
  return {
    path: '/flights',
    query: writeFlightCriteria({
      from: out?.origin.iata ?? '',
      to: out?.destination.iata ?? '',
      depart: out?.segments[0]?.departureLocal.slice(0, 10) ?? '',
      return: back?.segments[0]?.departureLocal.slice(0, 10) ?? '',
      adults: quote.travellers.filter((each) => each.type === 'adult').length,
      childAges: quote.travellers.flatMap((each) => (each.type === 'adult' ? [] : (each.age ?? 0))),
      cabin: 'economy',
    }),
  };
}
