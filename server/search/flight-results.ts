import type { FlightOffer } from '../suppliers/index.ts';
import type { ShownPrice } from './price.ts';
import type { FlightResultsQuery } from './schema.ts';

/** One offer of a search with its price for the seller. `n` is its place in the supplier's answer and ends its id. */
export interface PricedFlight {
  n: number;
  offer: FlightOffer;
  price: ShownPrice;
}

export const stopsOf = (offer: FlightOffer): number =>
  Math.max(...offer.slices.map((slice) => slice.segments.length - 1));
export const durationOf = (offer: FlightOffer): number =>
  offer.slices.reduce((sum, slice) => sum + slice.durationMinutes, 0);
export const departureOf = (offer: FlightOffer): string => offer.slices[0]?.segments[0]?.departureAt ?? '';

/** Marketing carriers in the order flown, each once. */
export function carriersOf(offer: FlightOffer): Array<{ iata: string; name: string }> {
  const carriers = new Map<string, { iata: string; name: string }>();
  for (const slice of offer.slices)
    for (const { marketingCarrier } of slice.segments) carriers.set(marketingCarrier.iata, marketingCarrier);
  return [...carriers.values()];
}

/** Pieces every traveller has on every segment: the strictest segment counts. */
export function bagsOf(offer: FlightOffer): { carryOn: number; checked: number } {
  const bags = offer.slices.flatMap((slice) => slice.segments.map((segment) => segment.bags));
  return { carryOn: Math.min(...bags.map((bag) => bag.carryOn)), checked: Math.min(...bags.map((bag) => bag.checked)) };
}

function departureMinutes(offer: FlightOffer): number {
  const local = offer.slices[0]?.segments[0]?.departureLocal ?? '';
  return Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16));
}

/** Whether a window of the day holds a minute; from 22:00 to 06:00 runs over midnight. */
function isWithin(minute: number, from = 0, to = 1439): boolean {
  return from <= to ? minute >= from && minute <= to : minute >= from || minute <= to;
}

/** `refundable` asks for fares known to be refundable; what the airline left open does not count as such. */
export function filterFlights(rows: readonly PricedFlight[], query: FlightResultsQuery): PricedFlight[] {
  return rows.filter(({ offer, price }) => {
    if (query.maxStops !== undefined && stopsOf(offer) > query.maxStops) return false;
    if (query.maxPrice !== undefined && price.total > query.maxPrice) return false;
    if (query.carriers?.length && !carriersOf(offer).some((carrier) => query.carriers?.includes(carrier.iata)))
      return false;
    if (query.refundable !== undefined && (offer.conditions.refund.status === 'allowed') !== query.refundable)
      return false;
    if (query.checkedBag !== undefined && bagsOf(offer).checked > 0 !== query.checkedBag) return false;
    return isWithin(departureMinutes(offer), query.departFrom, query.departTo);
  });
}

/** Price against the cheapest, time against the quickest (which weighs half), and a little for each stop. Lower is better. */
function scoreFlights(rows: readonly PricedFlight[]): Map<number, number> {
  const cheapest = Math.max(1, Math.min(...rows.map(({ price }) => price.total)));
  const quickest = Math.max(1, Math.min(...rows.map(({ offer }) => durationOf(offer))));
  return new Map(
    rows.map(({ n, offer, price }) => [
      n,
      price.total / cheapest + 0.5 * (durationOf(offer) / quickest) + 0.1 * stopsOf(offer),
    ]),
  );
}

/** In the order asked; equals by price, then by place in the supplier's answer, so that pages never overlap. */
export function sortFlights(rows: readonly PricedFlight[], sort: FlightResultsQuery['sort']): PricedFlight[] {
  const scores = sort === 'best' ? scoreFlights(rows) : undefined;
  const compare = (a: PricedFlight, b: PricedFlight): number => {
    if (sort === 'duration') return durationOf(a.offer) - durationOf(b.offer);
    if (sort === 'departure')
      return departureOf(a.offer) < departureOf(b.offer) ? -1 : departureOf(a.offer) > departureOf(b.offer) ? 1 : 0;
    return scores ? (scores.get(a.n) ?? 0) - (scores.get(b.n) ?? 0) : 0;
  };
  return [...rows].sort((a, b) => compare(a, b) || a.price.total - b.price.total || a.n - b.n);
}

export interface FlightFacetCounts {
  stops: Array<{ value: number; count: number; from: number }>;
  carriers: Array<{ value: string; name: string; count: number; from: number }>;
  price: { min: number; max: number } | null;
}

/** Counts and lowest prices over the whole search, whatever the filter: so that a page can show what widening it would bring. */
export function countFlightFacets(rows: readonly PricedFlight[]): FlightFacetCounts {
  const stops = new Map<number, { value: number; count: number; from: number }>();
  const carriers = new Map<string, { value: string; name: string; count: number; from: number }>();
  let min = Infinity;
  let max = 0;
  for (const { offer, price } of rows) {
    const value = stopsOf(offer);
    const stop = stops.get(value) ?? { value, count: 0, from: Infinity };
    stops.set(value, { value, count: stop.count + 1, from: Math.min(stop.from, price.total) });
    for (const { iata, name } of carriersOf(offer)) {
      const carrier = carriers.get(iata) ?? { value: iata, name, count: 0, from: Infinity };
      carriers.set(iata, { ...carrier, count: carrier.count + 1, from: Math.min(carrier.from, price.total) });
    }
    min = Math.min(min, price.total);
    max = Math.max(max, price.total);
  }
  return {
    stops: [...stops.values()].sort((a, b) => a.value - b.value),
    carriers: [...carriers.values()].sort((a, b) => a.from - b.from || (a.value < b.value ? -1 : 1)),
    price: rows.length === 0 ? null : { min, max },
  };
}
