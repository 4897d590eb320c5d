import type { FlightOffer } from '../suppliers/index.ts';

const keyOf = (offer: FlightOffer): string =>
  offer.slices
    .map(
      (slice) =>
        `${slice.fareBrand ?? ''}:${slice.segments.map((segment) => `${segment.marketingCarrier.iata}${segment.flightNumber}@${segment.departureLocal}/${segment.cabin}`).join('+')}`,
    )
    .join('|');

/** Whether two offers of different searches are the same flights, cabins and fare brands. */
export const sameItinerary = (a: FlightOffer, b: FlightOffer): boolean => keyOf(a) === keyOf(b);
