import { brandsFor, presentRule } from './brands.ts';
import type { Brand, Rule } from './brands.ts';
import { toDecimal } from './cents.ts';
import type { SandboxContext } from './context.ts';
import { priceOffer, routeOf } from './fares.ts';
import { hash32 } from './hash.ts';
import type { Itinerary } from './itineraries.ts';
import { findJourneys } from './journeys.ts';
import { presentSlice } from './offer-slices.ts';
import type { OfferRequestRecord } from './records.ts';
import { presentAirline } from './reference-wire.ts';
import { fixedFareOf, isHoldOnly } from './scenarios.ts';
import type { CabinClass, Offer } from './wire.ts';
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

const hour = 3_600_000;

function emissionsOf(slices: readonly Itinerary[], cabin: CabinClass, seats: number): string {
  const weight = { economy: 1, premium_economy: 1.5, business: 2.6, first: 3.6 }[cabin];
  const grams = slices
    .flatMap((itinerary) => itinerary.flights)
    .reduce((sum, flight) => sum + flight.km * flight.aircraft.gramsPerSeatKm, 0);
  return String(Math.round((grams * weight * seats) / 1000));
}

/** Some carriers let a far enough departure be held: three days to pay, two with the price guaranteed. */
function paymentRequirements(
  owner: AirlineRecord,
  route: string,
  departure: number,
  createdAt: number,
): Offer['payment_requirements'] {
  const holds =
    isHoldOnly(route) || owner.iata === 'ZZ' || (owner.kind === 'full' && hash32('holds', owner.iata) % 10 < 5);
  const due = Math.min(createdAt + 72 * hour, departure - 24 * hour);
  if (!holds || due < createdAt + 24 * hour)
    return { requires_instant_payment: true, price_guarantee_expires_at: null, payment_required_by: null };
  return {
    requires_instant_payment: false,
    price_guarantee_expires_at: new Date(Math.min(createdAt + 48 * hour, due)).toISOString(),
    payment_required_by: new Date(due).toISOString(),
  };
}

function buildOffer(
  ctx: SandboxContext,
  record: OfferRequestRecord,
  slices: readonly Itinerary[],
  brand: Brand,
  index: number,
): BuiltOffer {
  const id = `off_${record.token}${index.toString(36).padStart(6, '0')}`;
  const owner = (slices[0] as Itinerary).owner;
  const route =
    slices.length === 1
      ? routeOf(slices[0] as Itinerary)
      : record.slices.length === 0
        ? ''
        : `${record.slices[0]?.origin}-${record.slices[0]?.destination}`;
  const price = priceOffer(ctx.seed, slices, brand, record.cabin, record.passengers, record.createdAt.slice(0, 10));
  const fixed = owner.iata === 'ZZ' && slices.length === 1 && brand.code === 'CLS' ? fixedFareOf(route) : undefined;
  const refund: Rule = fixed ? { kind: 'yes', penalty: fixed.refundPenalty } : brand.refund;
  const createdAt = Date.parse(record.createdAt);
  const international = slices.some((itinerary) =>
    itinerary.flights.some((flight) => flight.from.country !== flight.to.country),
  );
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
    total_emissions_kg: emissionsOf(
      slices,
      record.cabin,
      record.passengers.filter((passenger) => passenger.type !== 'infant_without_seat').length,
    ),
    passengers: record.passengers.map((passenger) => ({
      id: passenger.id,
      type: passenger.type,
      age: passenger.age,
      fare_type: null,
    })),
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

/** All offers of a request, cheapest first. The same request, seed and day always gives the same ones. */
export function buildOffers(ctx: SandboxContext, record: OfferRequestRecord): BuiltOffer[] {
  const built: BuiltOffer[] = [];
  for (const combo of findJourneys(ctx, record, record.cabin === 'economy' ? 3 : 2)) {
    const owner = (combo[0] as Itinerary).owner;
    const longHaul = combo.some((itinerary) => itinerary.flights.some((flight) => flight.km > 4600));
    const isFixed =
      owner.iata === 'ZZ' &&
      combo.length === 1 &&
      record.cabin === 'economy' &&
      fixedFareOf(routeOf(combo[0] as Itinerary)) !== undefined;
    if (isFixed && built.some((other) => other.slices[0]?.owner === owner)) continue;
    for (const brand of brandsFor(owner, record.cabin, longHaul)) {
      if (isFixed && brand.code === 'LGT') continue;
      built.push(buildOffer(ctx, record, combo, brand, built.length));
    }
  }
  return built.sort((a, b) => a.baseCents + a.taxCents - (b.baseCents + b.taxCents));
}
