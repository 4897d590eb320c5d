import { expandPlace, findAirport } from '../../reference/index.ts';
import type { SandboxContext } from './context.ts';
import { findItineraries } from './itineraries.ts';
import type { Itinerary } from './itineraries.ts';
import type { OfferRequestRecord, SearchSlice } from './records.ts';
import { applyRouteScenario, hasStopOnTheWay } from './scenarios.ts';
import type { Flight } from './timetable.ts';
import { toLocal } from './zone-clock.ts';

const mostOffers = 60;
const hour = 3_600_000;

function within(window: { from: string; to: string } | null, local: string): boolean {
  const time = local.slice(11, 16);
  return !window || (time >= window.from.slice(0, 5) && time <= window.to.slice(0, 5));
}

function searchSlice(ctx: SandboxContext, slice: SearchSlice, maxConnections: number, searchedAt: number): Itinerary[] {
  const found = findItineraries({
    seed: ctx.seed,
    from: expandPlace(slice.origin),
    to: expandPlace(slice.destination),
    date: slice.date,
    maxConnections,
    notBefore: searchedAt + 2 * hour,
  });
  const usable = found.filter((itinerary) => {
    const first = itinerary.flights[0] as Flight;
    const last = itinerary.flights.at(-1) as Flight;
    return (
      within(slice.departureTime, toLocal(first.departure, first.from.timeZone)) &&
      within(slice.arrivalTime, toLocal(last.arrival, last.to.timeZone))
    );
  });
  return applyRouteScenario(`${slice.origin}-${slice.destination}`, usable);
}

/** Journeys sold as one ticket: the same carrier on every slice, paired best with best, in time order. */
function combine(perSlice: readonly Itinerary[][]): Itinerary[][] {
  const owners = [...new Set(perSlice[0]?.map((itinerary) => itinerary.owner) ?? [])];
  const combos = owners.flatMap((owner) => {
    const own = perSlice.map((list) => list.filter((itinerary) => itinerary.owner === owner));
    if (own.some((list) => list.length === 0)) return [];
    return pairUp(own).filter(isInOrder).filter(returnsWhereItLeft);
  });
  const unique = new Map(combos.map((combo) => [combo.map(keyOf).join('/'), combo]));
  return [...unique.values()].sort((a, b) => minutesOf(a) - minutesOf(b));
}

/** Every combination of up to two slices; from three on, best with best, second with second. */
function pairUp(own: readonly Itinerary[][]): Itinerary[][] {
  const [first = [], second] = own;
  if (own.length === 1) return first.map((itinerary) => [itinerary]);
  if (own.length === 2 && second) return first.flatMap((outbound) => second.map((inbound) => [outbound, inbound]));
  const width = Math.max(...own.map((list) => list.length));
  return Array.from({ length: width }, (_, round) => own.map((list) => list[round % list.length] as Itinerary));
}

/** A return within one city pair uses the same airports both ways. */
function returnsWhereItLeft(combo: readonly Itinerary[]): boolean {
  const [outbound, inbound] = combo;
  if (combo.length !== 2 || !outbound || !inbound) return true;
  const same = (one: Flight | undefined, other: Flight | undefined, side: 'leave' | 'reach'): boolean => {
    const a = side === 'leave' ? one?.from : one?.to;
    const b = side === 'leave' ? other?.to : other?.from;
    return a?.cityCode !== b?.cityCode || a === b;
  };
  return (
    same(outbound.flights[0], inbound.flights.at(-1), 'leave') &&
    same(outbound.flights.at(-1), inbound.flights[0], 'reach')
  );
}

export const keyOf = (itinerary: Itinerary): string =>
  itinerary.flights.map((flight) => `${flight.carrier.iata}${flight.number}@${flight.departure}`).join('+');
const minutesOf = (combo: readonly Itinerary[]): number => combo.reduce((sum, itinerary) => sum + itinerary.minutes, 0);

function isInOrder(combo: readonly Itinerary[]): boolean {
  return combo.every((itinerary, at) => {
    const previous = combo[at - 1]?.flights.at(-1);
    return !previous || (itinerary.flights[0]?.departure ?? 0) >= previous.arrival + hour;
  });
}

/** Keep at most twenty journeys, dropping the slowest of the carriers that have most. */
function thinOut(combos: readonly Itinerary[][], brandCount: number): Itinerary[][] {
  const room = Math.floor(mostOffers / Math.max(1, brandCount));
  const rank = new Map<string, number>();
  return combos
    .map((combo) => {
      const owner = combo[0]?.owner.iata ?? '';
      const place = rank.get(owner) ?? 0;
      rank.set(owner, place + 1);
      return { combo, place };
    })
    .sort((a, b) => a.place - b.place || minutesOf(a.combo) - minutesOf(b.combo))
    .slice(0, room)
    .map(({ combo }) => combo);
}

/** A longer flight number with a stop in Vienna, for the route that tests it. */
function withStop(itinerary: Itinerary): Itinerary {
  const stopAt = findAirport('VIE') ?? null;
  const flights = itinerary.flights.map((flight) => ({ ...flight, stopAt, arrival: flight.arrival + 1.5 * hour }));
  return { ...itinerary, flights, minutes: itinerary.minutes + 90 };
}

/** The journeys of a request, one itinerary per slice, as many as fill the answer with `brandCount` fares each. */
export function findJourneys(ctx: SandboxContext, record: OfferRequestRecord, brandCount: number): Itinerary[][] {
  const perSlice = record.slices.map((slice) => {
    const found = searchSlice(ctx, slice, record.maxConnections, Date.parse(record.createdAt));
    return hasStopOnTheWay(`${slice.origin}-${slice.destination}`) ? found.map(withStop) : found;
  });
  return perSlice.some((list) => list.length === 0) ? [] : thinOut(combine(perSlice), brandCount);
}
