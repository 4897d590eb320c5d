import { airlines, findAirport } from '../../reference/index.ts';
import type { AirlineRecord, AirportRecord } from '../../reference/index.ts';
import { distanceKm } from './geo.ts';
import { weeklyFlights } from './network.ts';
import { flightsOn } from './timetable.ts';
import type { Flight } from './timetable.ts';
import { addDays, toLocal } from './zone-clock.ts';

/** Flights from one place to another, sold by `owner`. */
export interface Itinerary {
  owner: AirlineRecord;
  flights: readonly Flight[];
  minutes: number;
}

export interface ItineraryQuery {
  seed: string;
  from: readonly AirportRecord[];
  to: readonly AirportRecord[];
  date: string;
  maxConnections: number;
  /** Earliest departure as an instant; earlier flights have left or closed. */
  notBefore: number;
}

const minutesOf = (flights: readonly Flight[]): number =>
  ((flights.at(-1)?.arrival ?? 0) - (flights[0]?.departure ?? 0)) / 60_000;

const asItinerary = (owner: AirlineRecord, flights: readonly Flight[]): Itinerary => ({
  owner,
  flights,
  minutes: minutesOf(flights),
});

/** Minimum connection time in minutes. */
const connectionTime = (arriving: Flight, departing: Flight): number =>
  arriving.from.country === arriving.to.country && departing.from.country === departing.to.country ? 45 : 70;

function connect(
  seed: string,
  first: readonly Flight[],
  carrier: AirlineRecord,
  hub: AirportRecord,
  to: AirportRecord,
): Flight[][] {
  return first.flatMap((arriving) => {
    const localDate = toLocal(arriving.arrival, hub.timeZone).slice(0, 10);
    const onward = [localDate, addDays(localDate, 1)].flatMap((date) => flightsOn(seed, carrier, hub, to, date));
    const longest = arriving.km + distanceKm(hub, to) > 6000 ? 9 * 60 : 5 * 60;
    const caught = onward.find((departing) => {
      const wait = (departing.departure - arriving.arrival) / 60_000;
      return wait >= connectionTime(arriving, departing) && wait <= longest;
    });
    return caught ? [[arriving, caught]] : [];
  });
}

const alliesOf = (carrier: AirlineRecord): AirlineRecord[] =>
  carrier.alliance === null
    ? []
    : airlines().filter((other) => other.alliance === carrier.alliance && other.iata !== carrier.iata);

/** The carrier itself, else the first of its allies based at one end that flies the leg. */
function legCarrier(
  seed: string,
  carrier: AirlineRecord,
  allies: readonly AirlineRecord[],
  from: AirportRecord,
  to: AirportRecord,
): AirlineRecord | undefined {
  if (weeklyFlights(seed, carrier, from, to) > 0) return carrier;
  return allies.find(
    (ally) => (ally.hubs.includes(from.iata) || ally.hubs.includes(to.iata)) && weeklyFlights(seed, ally, from, to) > 0,
  );
}

function connectionsOf(
  query: ItineraryQuery,
  carrier: AirlineRecord,
  from: AirportRecord,
  to: AirportRecord,
): Itinerary[] {
  const direct = distanceKm(from, to);
  if (carrier.kind.startsWith('low_cost') || direct < 350) return [];
  const allies = alliesOf(carrier);
  return carrier.hubs.flatMap((code) => {
    const hub = findAirport(code);
    if (!hub || hub.iata === from.iata || hub.iata === to.iata) return [];
    const flown = distanceKm(from, hub) + distanceKm(hub, to);
    if (flown > Math.max(direct * 1.45, direct + 700)) return [];
    const first = legCarrier(query.seed, carrier, allies, from, hub);
    const second = legCarrier(query.seed, carrier, allies, hub, to);
    if (!first || !second || (first !== carrier && second !== carrier)) return [];
    const early = flightsOn(query.seed, first, from, hub, query.date).filter(
      (flight) => flight.departure >= query.notBefore,
    );
    return connect(query.seed, early, second, hub, to)
      .map((flights) => asItinerary(carrier, flights))
      .sort((a, b) => a.minutes - b.minutes)
      .slice(0, 2);
  });
}

/** Two connections, only for places nothing else reaches: spoke to home hub, to a partner's hub, to spoke. */
function doubleConnections(query: ItineraryQuery, from: AirportRecord, to: AirportRecord): Itinerary[] {
  const sandbox = airlines().find((carrier) => carrier.iata === 'ZZ');
  if (!sandbox) return [];
  const hubs = sandbox.hubs
    .flatMap((code) => findAirport(code) ?? [])
    .filter((hub) => hub.iata !== from.iata && hub.iata !== to.iata);
  const near = (point: AirportRecord) => [...hubs].sort((a, b) => distanceKm(a, point) - distanceKm(b, point))[0];
  const [start, end] = [near(from), near(to)];
  if (!start || !end || start === end) return [];
  const early = flightsOn(query.seed, sandbox, from, start, query.date).filter(
    (flight) => flight.departure >= query.notBefore,
  );
  return connect(query.seed, early, sandbox, start, end).flatMap((pair) => {
    const last = pair.at(-1);
    return last
      ? connect(query.seed, [last], sandbox, end, to).map((tail) => asItinerary(sandbox, [...pair, ...tail.slice(1)]))
      : [];
  });
}

/** Everything sellable for one slice, fastest first, at most three of a carrier between two airports, without journeys nobody would choose. */
export function findItineraries(query: ItineraryQuery): Itinerary[] {
  const found: Itinerary[] = [];
  for (const from of query.from) {
    for (const to of query.to) {
      if (from.iata === to.iata) continue;
      for (const carrier of airlines()) {
        for (const flight of flightsOn(query.seed, carrier, from, to, query.date))
          if (flight.departure >= query.notBefore) found.push(asItinerary(carrier, [flight]));
        if (query.maxConnections >= 1) found.push(...connectionsOf(query, carrier, from, to));
      }
      if (query.maxConnections >= 2 && found.length < 2) found.push(...doubleConnections(query, from, to));
    }
  }
  found.sort((a, b) => a.minutes - b.minutes || (a.flights[0]?.departure ?? 0) - (b.flights[0]?.departure ?? 0));
  const fastest = found[0]?.minutes ?? 0;
  const perCarrier = new Map<string, number>();
  return found.filter((itinerary) => {
    const key = `${itinerary.owner.iata}${itinerary.flights[0]?.from.iata}${itinerary.flights.at(-1)?.to.iata}`;
    const kept = perCarrier.get(key) ?? 0;
    if (kept >= 3 || itinerary.minutes > fastest * 2.4 + 300) return false;
    perCarrier.set(key, kept + 1);
    return true;
  });
}
