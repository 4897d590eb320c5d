import { findAirport } from '../reference/index.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import type { OfferFacts } from '../pricing/index.ts';
import { daysBetween } from '../suppliers/index.ts';
import type { FlightOffer, HotelSummary, PlaceRef, StayOffer, SupplierOffer } from '../suppliers/index.ts';

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

const unique = (values: string[]): string | string[] => {
  const all = [...new Set(values)];
  return all.length === 1 ? (all[0] as string) : all;
};

/** Airport, its city and its country: a rule may name any of them. */
const placeCodes = (place: PlaceRef): string[] => [
  ...new Set([place.iata, findAirport(place.iata)?.cityCode ?? place.iata, place.country]),
];

/** Who buys and where: what markup rules may ask of the sale itself. */
export type SaleFacts = Required<Pick<OfferFacts, 'segment' | 'pointOfSale'>> & { readonly at: number };

/**
 * Segments: `guest` and `member` (a customer who signed in) buy for themselves, `agency` and `reseller` are the seller's own people. The
 * point of sale is the host.
 */
export function saleFacts({ actor, brand }: Pick<RequestContext, 'actor' | 'brand'>, at: number): SaleFacts {
  const segment =
    actor.role === null
      ? 'guest'
      : actor.role === 'customer'
        ? 'member'
        : actor.agencyId === null
          ? 'reseller'
          : 'agency';
  return { segment, pointOfSale: brand.hostname, at };
}

/** What markup rules may ask of a flight. Route: where the first slice leaves from and lands, so that a return is not "MAD to MAD". */
export function flightFacts(offer: FlightOffer, sale: SaleFacts): OfferFacts {
  const [outbound] = offer.slices;
  const segments = offer.slices.flatMap((slice) => slice.segments);
  const travelDate = outbound?.segments[0]?.departureLocal.slice(0, 10);
  const fareBrand = outbound?.fareBrand;
  return {
    product: 'flight',
    supplier: offer.supplier,
    carrier: unique(segments.map((segment) => segment.marketingCarrier.iata)),
    cabin: unique(segments.map((segment) => segment.cabin)),
    ...(fareBrand ? { fareBrand } : {}),
    ...(outbound ? { origin: placeCodes(outbound.origin), destination: placeCodes(outbound.destination) } : {}),
    ...(travelDate ? { travelDate, leadDays: daysBetween(dayOf(sale.at), travelDate) } : {}),
    travellers: offer.passengers.length,
    segments: segments.length,
    ...sale,
  };
}

/** What markup rules may ask of any offer, sold by this request at an instant (milliseconds). */
export const offerFacts = (
  ctx: Pick<RequestContext, 'actor' | 'brand'>,
  offer: SupplierOffer,
  at: number,
): OfferFacts =>
  offer.product === 'flight' ? flightFacts(offer, saleFacts(ctx, at)) : stayFacts(offer, saleFacts(ctx, at));

/** The same of what was sold at an instant (milliseconds), without who bought and where. */
export const soldFacts = (offer: SupplierOffer, at: number): OfferFacts => {
  const sale = { segment: '', pointOfSale: '', at };
  return offer.product === 'flight' ? flightFacts(offer, sale) : stayFacts(offer, sale);
};

/** What markup rules may ask of a stay. Its destination is the hotel's city by name and its country by code. */
export function stayFacts(
  stay: { supplier: string; hotel: HotelSummary; checkIn: string; nights: number; guests: StayOffer['guests'] },
  sale: SaleFacts,
): OfferFacts {
  const { hotel } = stay;
  return {
    product: 'stay',
    supplier: stay.supplier,
    destination: [hotel.address.city, hotel.address.country],
    hotelId: hotel.id,
    ...(hotel.chain ? { hotelChain: hotel.chain } : {}),
    ...(hotel.stars === null ? {} : { stars: Math.floor(hotel.stars) }),
    travelDate: stay.checkIn,
    leadDays: daysBetween(dayOf(sale.at), stay.checkIn),
    travellers: stay.guests.length,
    nights: stay.nights,
    ...sale,
  };
}
