import type { Money } from '../kernel/money.ts';

/** Who flies, as the supplier was asked: adults by type, anyone under 18 by age on the last departure. */
export interface PassengerSpec {
  type: 'adult' | 'child' | 'infant_without_seat';
  age?: number;
}

export interface PlaceRef {
  iata: string;
  name: string;
  cityName: string;
  country: string;
  timeZone: string;
}

export interface FlightSegment {
  marketingCarrier: { iata: string; name: string };
  operatingCarrier: { iata: string; name: string };
  flightNumber: string;
  aircraft: string | null;
  origin: PlaceRef;
  destination: PlaceRef;
  originTerminal: string | null;
  destinationTerminal: string | null;
  /** Wall-clock time at the airport, no offset. */
  departureLocal: string;
  arrivalLocal: string;
  /** The same instants in UTC. */
  departureAt: string;
  arrivalAt: string;
  durationMinutes: number;
  cabin: string;
  /** Pieces for each traveller; the strictest traveller counts. */
  bags: { carryOn: number; checked: number };
}

export interface FlightSlice {
  origin: PlaceRef;
  destination: PlaceRef;
  durationMinutes: number;
  fareBrand: string | null;
  segments: FlightSegment[];
}

/**
 * What the fare allows before departure. `unknown`: the airline did not say (never shown as "no"). `fee` null with `allowed`: there is
 * a fee, but its amount is not known.
 */
export type Condition = { status: 'allowed'; fee: Money | null } | { status: 'not_allowed' } | { status: 'unknown' };

/** Net price at the supplier. `base + taxes = total`. */
export interface NetPrice {
  base: number;
  taxes: number;
  total: number;
  currency: string;
}

export interface FlightOffer {
  product: 'flight';
  supplier: string;
  supplierOfferId: string;
  /** The supplier's search this offer came from: at most one order is made from each (see FlightSupplier.claim). */
  supplierSearchId: string;
  net: NetPrice;
  expiresAt: string;
  slices: FlightSlice[];
  /** Ids that an order must name its travellers by, in the order of the search. */
  passengers: Array<PassengerSpec & { supplierPassengerId: string }>;
  conditions: { change: Condition; refund: Condition };
  documentsRequired: boolean;
  /** Whether the airline takes a passport with the order; where it does not, giving one is refused. */
  documentsAccepted: boolean;
  holdAllowed: boolean;
  emissionsKg: number | null;
}

export interface HotelSummary {
  id: string;
  name: string;
  /** Name of the chain it belongs to. */
  chain?: string | null;
  stars: number | null;
  description: string;
  address: { line: string; city: string; postalCode: string; country: string };
  latitude: number;
  longitude: number;
  timeZone: string;
  photos: string[];
  amenities: Array<{ code: string; label: string }>;
  reviewScore: number | null;
  reviewCount: number | null;
  checkInAfter: string | null;
  checkOutBefore: string | null;
  phone: string | null;
}

export type Board = 'room_only' | 'breakfast' | 'half_board' | 'full_board' | 'all_inclusive';

export interface StayOffer {
  product: 'stay';
  supplier: string;
  /** Rate id, which a quote is asked for; in a quoted offer the supplier's quote id, which is booked. */
  supplierOfferId: string;
  hotel: HotelSummary;
  checkIn: string;
  checkOut: string;
  nights: number;
  rooms: number;
  guests: PassengerSpec[];
  roomName: string;
  beds: string;
  board: Board;
  net: NetPrice;
  /** What the hotel wants the public to be asked at least; null or left out where it does not say. */
  suggested?: Money | null;
  /** Paid at the hotel in its own currency; never part of our total. */
  dueAtProperty: Money | null;
  /** Ascending; the first entry with now < before applies; after the last nothing is refunded. Refunds are of the net price. */
  cancellation: Array<{ before: string; refundNet: Money }>;
  conditions: Array<{ title: string; text: string }>;
  quantityAvailable: number | null;
  expiresAt: string;
}

export type SupplierOffer = FlightOffer | StayOffer;
