import { brandsFor, cabinNames, presentRule } from './brands.ts';
import type { Brand, Rule } from './brands.ts';
import { toDecimal } from './cents.ts';
import type { SandboxContext } from './context.ts';
import { priceOffer, routeOf } from './fares.ts';
import { derivedToken, hash32 } from './hash.ts';
import { findItineraries } from './itineraries.ts';
import type { Itinerary } from './itineraries.ts';
import type { OfferRequestRecord, SearchSlice } from './records.ts';
import { asPlace, presentAircraft, presentAirline, presentAirport } from './reference-wire.ts';
import { applyRouteScenario, fixedFareOf, hasStopOnTheWay, isHoldOnly } from './scenarios.ts';
import type { Flight } from './timetable.ts';
import type { CabinClass, Offer, OfferSlice, OfferSliceSegment } from './wire.ts';
import { isoDuration, toLocal } from './zone-clock.ts';
import { expandPlace, findAirport } from '../../reference/index.ts';
import type { AirlineRecord } from '../../reference/index.ts';

/** An offer with what the sandbox knows beyond the wire. */
export interface BuiltOffer {
  offer: Offer;
  route: string;
  slices: readonly Itinerary[];
  baseCents: number;
  taxCents: number;
  brand: Brand;
}

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
    return within(slice.departureTime, toLocal(first.departure, first.from.timeZone)) && within(slice.arrivalTime, toLocal(last.arrival, last.to.timeZone));
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
  return same(outbound.flights[0], inbound.flights.at(-1), 'leave') && same(outbound.flights.at(-1), inbound.flights[0], 'reach');
}

const keyOf = (itinerary: Itinerary): string => itinerary.flights.map((flight) => `${flight.carrier.iata}${flight.number}@${flight.departure}`).join('+');
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

function presentSegment(flight: Flight, id: string, brand: Brand, cabin: CabinClass, passengerIds: readonly { id: string; lap: boolean }[]): OfferSliceSegment {
  const stops =
    flight.stopAt
      ? [{ id: `sto_${id.slice(4)}`, airport: presentAirport(flight.stopAt), arriving_at: toLocal(flight.departure + 2.4 * hour, flight.stopAt.timeZone), departing_at: toLocal(flight.departure + 3.4 * hour, flight.stopAt.timeZone), duration: 'PT1H' }]
      : [];
  return {
    id,
    origin: presentAirport(flight.from),
    destination: presentAirport(flight.to),
    origin_terminal: flight.fromTerminal,
    destination_terminal: flight.toTerminal,
    departing_at: toLocal(flight.departure, flight.from.timeZone),
    arriving_at: toLocal(flight.arrival, flight.to.timeZone),
    duration: isoDuration((flight.arrival - flight.departure) / 60_000),
    distance: flight.km.toFixed(1),
    aircraft: presentAircraft(flight.aircraft),
    marketing_carrier: presentAirline(flight.carrier),
    marketing_carrier_flight_number: flight.number,
    operating_carrier: presentAirline(flight.carrier),
    operating_carrier_flight_number: flight.number,
    stops,
    passengers: passengerIds.map(({ id: passengerId, lap }) => ({
      passenger_id: passengerId,
      cabin_class: cabin,
      cabin_class_marketing_name: cabinNames[cabin],
      fare_basis_code: `${cabin === 'economy' ? 'O' : cabin === 'business' ? 'C' : cabin === 'first' ? 'F' : 'W'}${brand.code}0${flight.carrier.iata}`,
      baggages: lap
        ? [{ type: 'carry_on' as const, quantity: 0 }, { type: 'checked' as const, quantity: 0 }]
        : [{ type: 'carry_on' as const, quantity: brand.carryOn }, { type: 'checked' as const, quantity: brand.checked }],
      cabin: {
        name: cabin,
        marketing_name: cabinNames[cabin],
        amenities: {
          wifi: { available: flight.aircraft.body === 'wide', cost: flight.aircraft.body === 'wide' ? 'paid' : 'n/a' },
          seat: { pitch: 'standard', type: cabin === 'business' || cabin === 'first' ? 'full_flat' : 'standard' },
          power: { available: flight.aircraft.body !== 'regional' },
        },
      },
    })),
  };
}

function presentSlice(itinerary: Itinerary, offerId: string, at: number, brand: Brand, refund: Rule, record: OfferRequestRecord): OfferSlice {
  const first = itinerary.flights[0] as Flight;
  const last = itinerary.flights.at(-1) as Flight;
  const passengers = record.passengers.map((passenger) => ({ id: passenger.id, lap: passenger.type === 'infant_without_seat' }));
  return {
    id: `sli_${derivedToken(22, offerId, at)}`,
    origin_type: 'airport',
    origin: asPlace(presentAirport(first.from)),
    destination_type: 'airport',
    destination: asPlace(presentAirport(last.to)),
    duration: isoDuration(itinerary.minutes),
    fare_brand_name: brand.name,
    ngs_shelf: brand.shelf as OfferSlice['ngs_shelf'],
    comparison_key: Buffer.from(keyOf(itinerary)).toString('base64url').slice(0, 24),
    conditions: {
      refund_before_departure: presentRule(refund),
      change_before_departure: presentRule(brand.change),
      advance_seat_selection: brand.seatChoice,
      priority_boarding: brand.priority,
      priority_check_in: brand.priority,
    },
    segments: itinerary.flights.map((flight, leg) => presentSegment(flight, `seg_${derivedToken(22, offerId, at, leg)}`, brand, record.cabin, passengers)),
  };
}

function emissionsOf(slices: readonly Itinerary[], cabin: CabinClass, seats: number): string {
  const weight = { economy: 1, premium_economy: 1.5, business: 2.6, first: 3.6 }[cabin];
  const grams = slices.flatMap((itinerary) => itinerary.flights).reduce((sum, flight) => sum + flight.km * flight.aircraft.gramsPerSeatKm, 0);
  return String(Math.round((grams * weight * seats) / 1000));
}

/** Some carriers let a far enough departure be held: three days to pay, two with the price guaranteed. */
function paymentRequirements(owner: AirlineRecord, route: string, departure: number, createdAt: number): Offer['payment_requirements'] {
  const holds = isHoldOnly(route) || owner.iata === 'ZZ' || (owner.kind === 'full' && hash32('holds', owner.iata) % 10 < 5);
  const due = Math.min(createdAt + 72 * hour, departure - 24 * hour);
  if (!holds || due < createdAt + 24 * hour) return { requires_instant_payment: true, price_guarantee_expires_at: null, payment_required_by: null };
  return {
    requires_instant_payment: false,
    price_guarantee_expires_at: new Date(Math.min(createdAt + 48 * hour, due)).toISOString(),
    payment_required_by: new Date(due).toISOString(),
  };
}

function buildOffer(ctx: SandboxContext, record: OfferRequestRecord, slices: readonly Itinerary[], brand: Brand, index: number): BuiltOffer {
  const id = `off_${record.token}${index.toString(36).padStart(6, '0')}`;
  const owner = (slices[0] as Itinerary).owner;
  const route = slices.length === 1 ? routeOf(slices[0] as Itinerary) : record.slices.length === 0 ? '' : `${record.slices[0]?.origin}-${record.slices[0]?.destination}`;
  const price = priceOffer(ctx.seed, slices, brand, record.cabin, record.passengers, record.createdAt.slice(0, 10));
  const fixed = owner.iata === 'ZZ' && slices.length === 1 && brand.code === 'CLS' ? fixedFareOf(route) : undefined;
  const refund: Rule = fixed ? { kind: 'yes', penalty: fixed.refundPenalty } : brand.refund;
  const createdAt = Date.parse(record.createdAt);
  const international = slices.some((itinerary) => itinerary.flights.some((flight) => flight.from.country !== flight.to.country));
  const farOff = slices.some((itinerary) => itinerary.flights.some((flight) => flight.km > 3500));
  const offer: Offer = {
    id,
    live_mode: false,
    partial: false,
    created_at: record.createdAt,
    updated_at: record.createdAt,
    expires_at: new Date(createdAt + ctx.offerLifetimeMinutes * 60_000).toISOString(),
    owner: presentAirline(owner),
    base_amount: toDecimal(price.base),
    base_currency: 'EUR',
    tax_amount: toDecimal(price.tax),
    tax_currency: 'EUR',
    total_amount: toDecimal(price.base + price.tax),
    total_currency: 'EUR',
    total_emissions_kg: emissionsOf(slices, record.cabin, record.passengers.filter((passenger) => passenger.type !== 'infant_without_seat').length),
    passengers: record.passengers.map((passenger) => ({ id: passenger.id, type: passenger.type, age: passenger.age, fare_type: null })),
    slices: slices.map((itinerary, at) => presentSlice(itinerary, id, at, brand, refund, record)),
    conditions: { refund_before_departure: presentRule(refund), change_before_departure: presentRule(brand.change) },
    payment_requirements: paymentRequirements(owner, route, slices[0]?.flights[0]?.departure ?? 0, createdAt),
    passenger_identity_documents_required: international && farOff,
    supported_passenger_identity_document_types: international ? ['passport'] : [],
    supported_loyalty_programmes: [owner.iata],
    private_fares: [],
    available_services: [],
  };
  return { offer, route, slices, baseCents: price.base, taxCents: price.tax, brand };
}

/** A longer flight number with a stop in Vienna, for the route that tests it. */
function withStop(itinerary: Itinerary): Itinerary {
  const stopAt = findAirport('VIE') ?? null;
  const flights = itinerary.flights.map((flight) => ({ ...flight, stopAt, arrival: flight.arrival + 1.5 * hour }));
  return { ...itinerary, flights, minutes: itinerary.minutes + 90 };
}

/** All offers of a request, cheapest first. The same request, seed and day always gives the same ones. */
export function buildOffers(ctx: SandboxContext, record: OfferRequestRecord): BuiltOffer[] {
  const perSlice = record.slices.map((slice) => {
    const found = searchSlice(ctx, slice, record.maxConnections, Date.parse(record.createdAt));
    return hasStopOnTheWay(`${slice.origin}-${slice.destination}`) ? found.map(withStop) : found;
  });
  if (perSlice.some((list) => list.length === 0)) return [];
  const built: BuiltOffer[] = [];
  for (const combo of thinOut(combine(perSlice), record.cabin === 'economy' ? 3 : 2)) {
    const owner = (combo[0] as Itinerary).owner;
    const longHaul = combo.some((itinerary) => itinerary.flights.some((flight) => flight.km > 4600));
    const isFixed = owner.iata === 'ZZ' && combo.length === 1 && record.cabin === 'economy' && fixedFareOf(routeOf(combo[0] as Itinerary)) !== undefined;
    if (isFixed && built.some((other) => other.slices[0]?.owner === owner)) continue;
    for (const brand of brandsFor(owner, record.cabin, longHaul)) {
      if (isFixed && brand.code === 'LGT') continue;
      built.push(buildOffer(ctx, record, combo, brand, built.length));
    }
  }
  return built.sort((a, b) => a.baseCents + a.taxCents - (b.baseCents + b.taxCents));
}
