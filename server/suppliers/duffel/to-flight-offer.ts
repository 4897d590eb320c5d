import { SupplierError } from '../errors.ts';
import { toInstant } from '../local-time.ts';
import type { Condition, FlightOffer, FlightSegment, FlightSlice, PassengerSpec, PlaceRef } from '../offer.ts';
import { readAmount, readNet } from './amounts.ts';
import { SUPPLIER } from './client.ts';
import { WireOffer } from './wire.ts';
import type { WireAirport, WireCondition, WireSegment, WireSlice } from './wire.ts';

const MINUTE = 60_000;

const toPlace = (airport: WireAirport): PlaceRef => ({
  iata: airport.iata_code,
  name: airport.name,
  cityName: airport.city_name ?? airport.name,
  country: airport.iata_country_code,
  timeZone: airport.time_zone,
});

/** Under 2 on the lap, up to 17 by age; everybody else an adult. */
export function toPassengerSpec(wire: { type: string | null; age?: number | null | undefined }): PassengerSpec {
  const age = wire.age ?? undefined;
  if (wire.type === 'infant_without_seat' || (age !== undefined && age < 2))
    return { type: 'infant_without_seat', ...(age === undefined ? {} : { age }) };
  return age !== undefined && age < 18 ? { type: 'child', age } : { type: 'adult' };
}

/** A null condition is one the airline did not state; a null amount is a fee it did not name. */
function toCondition(wire: WireCondition | undefined): Condition {
  if (!wire) return { status: 'unknown' };
  if (!wire.allowed) return { status: 'not_allowed' };
  return {
    status: 'allowed',
    fee:
      wire.penalty_amount !== null && wire.penalty_currency !== null
        ? readAmount(wire.penalty_amount, wire.penalty_currency)
        : null,
  };
}

function strictestBags(segment: WireSegment, seated: ReadonlySet<string>): FlightSegment['bags'] {
  const counts = segment.passengers
    .filter((passenger) => seated.has(passenger.passenger_id))
    .map(({ baggages }) => {
      const count = (type: string) =>
        baggages.filter((bag) => bag.type === type).reduce((sum, bag) => sum + bag.quantity, 0);
      return { carryOn: count('carry_on'), checked: count('checked') };
    });
  if (counts.length === 0) return { carryOn: 0, checked: 0 };
  return {
    carryOn: Math.min(...counts.map((bags) => bags.carryOn)),
    checked: Math.min(...counts.map((bags) => bags.checked)),
  };
}

const toCarrier = (carrier: { iata_code: string | null; name: string }) => ({
  iata: carrier.iata_code ?? '',
  name: carrier.name,
});

function toSegment(segment: WireSegment, seated: ReadonlySet<string>): FlightSegment {
  const departureAt = toInstant(segment.departing_at, segment.origin.time_zone);
  const arrivalAt = toInstant(segment.arriving_at, segment.destination.time_zone);
  return {
    marketingCarrier: toCarrier(segment.marketing_carrier),
    operatingCarrier: toCarrier(segment.operating_carrier),
    flightNumber: segment.marketing_carrier_flight_number,
    aircraft: segment.aircraft?.name ?? null,
    origin: toPlace(segment.origin),
    destination: toPlace(segment.destination),
    originTerminal: segment.origin_terminal || null,
    destinationTerminal: segment.destination_terminal || null,
    departureLocal: segment.departing_at,
    arrivalLocal: segment.arriving_at,
    departureAt,
    arrivalAt,
    durationMinutes: Math.round((Date.parse(arrivalAt) - Date.parse(departureAt)) / MINUTE),
    cabin: segment.passengers[0]?.cabin_class ?? 'economy',
    bags: strictestBags(segment, seated),
  };
}

function toSlice(slice: WireSlice, seated: ReadonlySet<string>): FlightSlice {
  const segments = slice.segments.map((segment) => toSegment(segment, seated));
  const first = segments[0] as FlightSegment;
  const last = segments.at(-1) as FlightSegment;
  return {
    origin: first.origin,
    destination: last.destination,
    durationMinutes: Math.round((Date.parse(last.arrivalAt) - Date.parse(first.departureAt)) / MINUTE),
    fareBrand: slice.fare_brand_name,
    segments,
  };
}

/**
 * Our offer of Duffel's. Instants are worked out from local times and zones; amounts are read exactly.
 * @throws SupplierError `bad_answer` for an offer that lacks what we need, or whose times run backwards.
 */
export function toFlightOffer(data: unknown, supplierSearchId: string): FlightOffer {
  const parsed = WireOffer.safeParse(data);
  if (!parsed.success)
    throw new SupplierError(
      SUPPLIER,
      'bad_answer',
      `An offer could not be read: ${parsed.error.issues[0]?.path.join('.') ?? ''}.`,
    );
  const wire = parsed.data;
  const passengers = wire.passengers.map((passenger) => ({
    ...toPassengerSpec(passenger),
    supplierPassengerId: passenger.id,
  }));
  const seated = new Set(
    passengers
      .filter((passenger) => passenger.type !== 'infant_without_seat')
      .map((passenger) => passenger.supplierPassengerId),
  );
  const slices = wire.slices.map((slice) => toSlice(slice, seated));
  if (slices.some((slice) => slice.segments.some((segment) => segment.durationMinutes <= 0)))
    throw new SupplierError(SUPPLIER, 'bad_answer', 'An offer lands before it departs.');
  const emissions = wire.total_emissions_kg ? Number(wire.total_emissions_kg) : NaN;
  return {
    product: 'flight',
    supplier: SUPPLIER,
    supplierOfferId: wire.id,
    supplierSearchId,
    net: readNet({
      total: wire.total_amount,
      base: wire.base_currency === wire.total_currency ? wire.base_amount : null,
      currency: wire.total_currency,
    }),
    expiresAt: new Date(wire.expires_at).toISOString(),
    slices,
    passengers,
    conditions: {
      change: toCondition(wire.conditions.change_before_departure),
      refund: toCondition(wire.conditions.refund_before_departure),
    },
    documentsRequired: wire.passenger_identity_documents_required,
    documentsAccepted:
      wire.passenger_identity_documents_required ||
      (wire.supported_passenger_identity_document_types ?? []).includes('passport'),
    holdAllowed: !wire.payment_requirements.requires_instant_payment,
    emissionsKg: Number.isFinite(emissions) ? emissions : null,
  };
}
