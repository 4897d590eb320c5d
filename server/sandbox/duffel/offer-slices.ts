import { cabinNames, presentRule } from './brands.ts';
import type { Brand, Rule } from './brands.ts';
import { derivedToken } from './hash.ts';
import type { Itinerary } from './itineraries.ts';
import { keyOf } from './journeys.ts';
import type { OfferRequestRecord } from './records.ts';
import { asPlace, presentAircraft, presentAirline, presentAirport } from './reference-wire.ts';
import type { Flight } from './timetable.ts';
import type { CabinClass, OfferSlice, OfferSliceSegment } from './wire.ts';
import { isoDuration, toLocal } from './zone-clock.ts';

const hour = 3_600_000;

function presentSegment(
  flight: Flight,
  id: string,
  brand: Brand,
  cabin: CabinClass,
  passengerIds: readonly { id: string; lap: boolean }[],
): OfferSliceSegment {
  const stops = flight.stopAt
    ? [
        {
          id: `sto_${id.slice(4)}`,
          airport: presentAirport(flight.stopAt),
          arriving_at: toLocal(flight.departure + 2.4 * hour, flight.stopAt.timeZone),
          departing_at: toLocal(flight.departure + 3.4 * hour, flight.stopAt.timeZone),
          duration: 'PT1H',
        },
      ]
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
        ? [
            { type: 'carry_on' as const, quantity: 0 },
            { type: 'checked' as const, quantity: 0 },
          ]
        : [
            { type: 'carry_on' as const, quantity: brand.carryOn },
            { type: 'checked' as const, quantity: brand.checked },
          ],
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

/** One slice of an offer on the wire, with the conditions of its brand. */
export function presentSlice(
  itinerary: Itinerary,
  offerId: string,
  at: number,
  brand: Brand,
  refund: Rule,
  record: OfferRequestRecord,
): OfferSlice {
  const first = itinerary.flights[0] as Flight;
  const last = itinerary.flights.at(-1) as Flight;
  const passengers = record.passengers.map((passenger) => ({
    id: passenger.id,
    lap: passenger.type === 'infant_without_seat',
  }));
  return {
    id: `sli_${derivedToken(22, offerId, at)}`,
    origin_type: 'airport',
    origin: asPlace(presentAirport(first.from)),
    destination_type: 'airport',
    destination: asPlace(presentAirport(last.to)),
    duration: isoDuration(itinerary.minutes),
    fare_brand_name: brand.name,
    ngs_shelf: brand.shelf,
    comparison_key: Buffer.from(keyOf(itinerary)).toString('base64url').slice(0, 24),
    conditions: {
      refund_before_departure: presentRule(refund),
      change_before_departure: presentRule(brand.change),
      advance_seat_selection: brand.seatChoice,
      priority_boarding: brand.priority,
      priority_check_in: brand.priority,
    },
    segments: itinerary.flights.map((flight, leg) =>
      presentSegment(flight, `seg_${derivedToken(22, offerId, at, leg)}`, brand, record.cabin, passengers),
    ),
  };
}
