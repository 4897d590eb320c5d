import { must } from '../kernel/must.ts';
import type { BuildUp } from '../pricing/index.ts';
import type { FlightOffer, SupplierDocument, SupplierOffer } from '../suppliers/index.ts';

export type BookingState =
  | 'draft'
  | 'pending'
  | 'held'
  | 'confirmed'
  | 'ticketed'
  | 'completed'
  | 'payment_failed'
  | 'expired'
  | 'failed'
  | 'cancelling'
  | 'cancelled'
  | 'changing'
  | 'needs_attention';

export interface BookingItem {
  id: string;
  position: number;
  product: 'flight' | 'stay';
  state: string;
  quoteId: string;
  supplier: string;
  supplierOrderId: string | null;
  supplierReference: string | null;
  supplierDocuments: SupplierDocument[];
  offer: SupplierOffer;
  buildUp: BuildUp;
  netMinor: number;
  totalMinor: number;
  currency: string;
}

export interface Traveller {
  id: string;
  position: number;
  type: 'adult' | 'child' | 'infant_without_seat';
  title: 'mr' | 'mrs' | 'ms' | 'miss' | 'dr';
  gender: 'm' | 'f';
  givenName: string;
  familyName: string;
  /** Sealed; opened only where a supplier or the traveller needs it. Null once it was erased. */
  bornOnEncrypted: string | null;
  documentEncrypted: string | null;
}

export interface Booking {
  id: string;
  reference: string;
  state: BookingState;
  brandId: string;
  /** Selling agency; null when the reseller sells itself. */
  agencyId: string | null;
  agencyPath: string;
  customerId: string | null;
  bookedById: string | null;
  title: string;
  leadName: string;
  contact: { givenName: string; familyName: string; email: string };
  contactPhoneEncrypted: string | null;
  locale: string;
  currency: string;
  totalMinor: number;
  paymentMethod: 'card' | 'wallet' | 'credit' | 'hold';
  guestTokenHash: string | null;
  startsOn: string;
  endsOn: string;
  expiresAt: Date | null;
  failureReason: string | null;
  createdAt: Date;
  confirmedAt: Date | null;
  cancelledAt: Date | null;
  /** Part of its price the supplier gave back, once cancelled (minor units of the supplier's currency). */
  supplierRefundMinor: number | null;
  items: BookingItem[];
  travellers: Traveller[];
}

/** States a booking may go to from each state; every change goes through `canBecome`. */
const NEXT: Record<BookingState, readonly BookingState[]> = {
  draft: ['pending'],
  pending: ['held', 'confirmed', 'ticketed', 'payment_failed', 'expired', 'failed', 'needs_attention'],
  payment_failed: ['pending', 'confirmed', 'ticketed', 'expired', 'failed', 'needs_attention'],
  held: ['confirmed', 'ticketed', 'expired', 'failed', 'cancelling', 'needs_attention'],
  confirmed: ['ticketed', 'completed', 'cancelling', 'changing', 'needs_attention'],
  ticketed: ['completed', 'cancelling', 'changing', 'needs_attention'],
  changing: ['confirmed', 'ticketed', 'needs_attention'],
  cancelling: ['cancelled', 'confirmed', 'ticketed', 'needs_attention'],
  needs_attention: ['confirmed', 'ticketed', 'failed', 'cancelled'],
  completed: [],
  expired: [],
  failed: [],
  cancelled: [],
};

export const canBecome = (from: BookingState, to: BookingState): boolean => NEXT[from].includes(to);

/** Still waiting for its payment. */
export const awaitsPayment = (state: BookingState): boolean => state === 'pending' || state === 'payment_failed';

/** Bought and not over. */
export const isLive = (state: BookingState): boolean => state === 'confirmed' || state === 'ticketed';

/** A booking is of one item; several in one are not sold yet. */
export const itemOf = (booking: Booking): BookingItem => must(booking.items[0], `the item of booking ${booking.id}`);

/** The supplier's order of an item that was reserved. */
export const orderIdOf = (item: BookingItem): string =>
  must(item.supplierOrderId, `the supplier's order of item ${item.id}`);

/** A flight has slices, a slice has segments: suppliers' answers without are refused where they arrive. */
const lastSliceOf = (offer: FlightOffer) => must(offer.slices.at(-1), 'the last slice of a flight offer');

/** What a person calls the trip: `Madrid – New York`, or the hotel's name and city. */
export function titleOf(offer: SupplierOffer): string {
  if (offer.product === 'stay') return `${offer.hotel.name}, ${offer.hotel.address.city}`;
  const stops = offer.slices.map((slice) => slice.origin.cityName);
  const last = lastSliceOf(offer).destination.cityName;
  const isReturn = offer.slices.length === 2 && last === stops[0];
  return isReturn ? `${stops[0]} – ${stops[1]}` : [...stops, last].join(' – ');
}

/** First and last local calendar day of the trip. */
export function daysOf(offer: SupplierOffer): { startsOn: string; endsOn: string } {
  if (offer.product === 'stay') return { startsOn: offer.checkIn, endsOn: offer.checkOut };
  const first = must(offer.slices[0]?.segments[0], 'the first segment of a flight offer');
  const last = must(lastSliceOf(offer).segments.at(-1), 'the last segment of a flight offer');
  return { startsOn: first.departureLocal.slice(0, 10), endsOn: last.arrivalLocal.slice(0, 10) };
}

/** The day whose ages suppliers go by. */
function lastDepartureDayOf(offer: SupplierOffer): string {
  if (offer.product === 'stay') return offer.checkIn;
  const segment = must(lastSliceOf(offer).segments[0], 'the last departure of a flight offer');
  return segment.departureLocal.slice(0, 10);
}

/** Whole years of age on a calendar day; someone born on 29 February ages on 1 March in common years. */
export function ageOn(bornOn: string, day: string): number {
  const years = Number(day.slice(0, 4)) - Number(bornOn.slice(0, 4));
  return day.slice(5) < bornOn.slice(5) ? years - 1 : years;
}

export interface TravellerFault {
  pointer: string;
  code: string;
  detail: string;
}

interface TravellerFacts {
  type: Traveller['type'];
  bornOn: string;
  givenName: string;
  familyName: string;
  document?: { expiresOn: string } | undefined;
}

/**
 * Checks travellers against what was priced: number, kinds, ages on the day of the last departure (the day suppliers go by), documents
 * where the airline demands them, no person twice. Pure; returns every fault at once.
 */
export function checkTravellers(offer: SupplierOffer, travellers: readonly TravellerFacts[]): TravellerFault[] {
  const expected = offer.product === 'flight' ? offer.passengers : offer.guests;
  if (travellers.length !== expected.length) {
    return [
      {
        pointer: '/travellers',
        code: 'traveller_count',
        detail: `The price is for ${expected.length} travellers; ${travellers.length} were given`,
      },
    ];
  }
  const day = lastDepartureDayOf(offer);
  const faults = travellers.flatMap((traveller, index) => {
    const priced = must(expected[index], `the traveller priced at ${index}`);
    return checkTraveller(traveller, priced, index, day, offer);
  });
  const names = new Map<string, number>();
  travellers.forEach((traveller, index) => {
    const name = `${traveller.givenName} ${traveller.familyName}`.toLowerCase();
    if (names.has(name))
      faults.push({
        pointer: `/travellers/${index}/givenName`,
        code: 'traveller_twice',
        detail: 'This name is already used for another traveller of the booking',
      });
    names.set(name, index);
  });
  return faults;
}

function checkTraveller(
  traveller: TravellerFacts,
  expected: { type: string; age?: number | undefined },
  index: number,
  day: string,
  offer: SupplierOffer,
): TravellerFault[] {
  const at = (field: string, code: string, detail: string): TravellerFault => ({
    pointer: `/travellers/${index}/${field}`,
    code,
    detail,
  });
  if (traveller.type !== expected.type)
    return [at('type', 'traveller_type', `Traveller ${index + 1} was priced as ${expected.type.replaceAll('_', ' ')}`)];
  const age = ageOn(traveller.bornOn, day);
  const faults: TravellerFault[] = [];
  if (age < 0 || age > 120) faults.push(at('bornOn', 'born_on', 'Check the date of birth'));
  else if (expected.age !== undefined && age !== expected.age)
    faults.push(
      at(
        'bornOn',
        'age_mismatch',
        `The price is for a traveller aged ${expected.age} on ${day}; this date of birth gives ${age}`,
      ),
    );
  else if (expected.type === 'adult' && age < (offer.product === 'flight' ? 12 : 18))
    faults.push(at('bornOn', 'age_mismatch', `This traveller is ${age} on ${day} and was priced as an adult`));
  if (offer.product === 'flight' && offer.documentsRequired && !traveller.document)
    faults.push(at('document', 'document_required', 'The airline asks for the passport of every traveller'));
  const lastDay = daysOf(offer).endsOn;
  if (traveller.document && traveller.document.expiresOn < lastDay)
    faults.push(at('document/expiresOn', 'document_expired', `The passport must be valid until ${lastDay}`));
  return faults;
}
