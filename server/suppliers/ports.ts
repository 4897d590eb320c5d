import type { Money } from '../kernel/money.ts';
import type { FlightOffer, HotelSummary, NetPrice, PassengerSpec, StayOffer } from './offer.ts';

export type Cabin = 'economy' | 'premium_economy' | 'business' | 'first';

export interface FlightCriteria {
  /** Airport or metropolitan codes; days are local to the origin. */
  slices: ReadonlyArray<{ origin: string; destination: string; departureDate: string }>;
  passengers: readonly PassengerSpec[];
  cabin: Cabin;
}

/** Offers of one search. `expiresAt` is the earliest expiry among them. */
export interface FlightResults {
  supplierSearchId: string;
  offers: FlightOffer[];
  expiresAt: string;
}

/** A person as the passport names them; the adapter writes names as its wire wants them. */
export interface TravellerDetails {
  type: PassengerSpec['type'];
  title: 'mr' | 'mrs' | 'ms' | 'miss' | 'dr';
  gender: 'm' | 'f';
  givenName: string;
  familyName: string;
  /** Calendar day YYYY-MM-DD. */
  bornOn: string;
  document?: { type: 'passport'; number: string; issuingCountry: string; expiresOn: string };
}

export interface ContactDetails {
  email: string;
  /** E.164, e.g. +34600000001. */
  phone: string;
}

/** One document per traveller where the supplier gives them (tickets); positions are those of the travellers given to `book`. */
export interface SupplierDocument {
  kind: string;
  number: string;
  travellerPositions: number[];
}

export interface SupplierOrder {
  orderId: string;
  /** What the airline or hotel knows the booking by (PNR); null until the supplier gives it. */
  reference: string | null;
  state: 'confirmed' | 'cancelled';
  documents: SupplierDocument[];
  /** What the supplier was paid; null where it does not say. */
  total: Money | null;
}

/**
 * How an attempt to book ended.
 * `refused`: the supplier said no; no order and no money moved. `priceChanged` carries the new net when that was the reason.
 * `not_created`: certainly no order, for a passing reason; the same attempt may be made again.
 * `unknown`: an order may exist. It must be looked up with findByBookingId and never be sent again.
 */
export type BookOutcome =
  | ({ outcome: 'ok' } & SupplierOrder)
  | { outcome: 'refused'; code: RefusalCode; reason: string; priceChanged?: NetPrice }
  | { outcome: 'not_created'; reason: string }
  | { outcome: 'unknown'; reason: string };

export type RefusalCode =
  'price_changed' | 'offer_gone' | 'invalid_travellers' | 'insufficient_funds' | 'supplier_account' | 'refused';

/** How an attempt to cancel ended; `unknown` must be looked up with `get`. */
export type CancelOutcome =
  | { outcome: 'ok'; cancelledAt: string; refund: Money | null }
  | { outcome: 'refused'; code: 'already_cancelled' | 'expired' | 'not_cancellable' | 'refused'; reason: string }
  | { outcome: 'not_done'; reason: string }
  | { outcome: 'unknown'; reason: string };

export interface BookFlightInput {
  offer: FlightOffer;
  /** In the order of `offer.passengers`. */
  travellers: readonly TravellerDetails[];
  contact: ContactDetails;
  bookingId: string;
  tenantId: string;
  /** Net price the caller reckons with, paid to the supplier to the cent. */
  amount: Money;
}

export interface FlightCancellationQuote {
  id: string;
  /** Null: the airline does not say; ask before promising anything. */
  refund: Money | null;
  refundTo: string;
  expiresAt: string;
}

/**
 * A seller of flights. Methods other than `book` and `cancelConfirm` throw SupplierError when the supplier cannot be reached or
 * answers nonsense, and `reprice` throws OfferGone when the offer is no more.
 */
export interface FlightSupplier {
  readonly code: string;
  /** Names the account without revealing its secret; results are cached by it. */
  readonly account: string;
  search(criteria: FlightCriteria, signal?: AbortSignal): Promise<FlightResults>;
  /**
   * Takes a search's one order for `owner` (a shopper's own search). False: somebody else has it, or it was booked; the caller
   * must search afresh for its own.
   */
  claim(offer: Pick<FlightOffer, 'supplierSearchId'>, owner: string): Promise<boolean>;
  /** Reads the offer again: its price now. */
  reprice(offer: FlightOffer): Promise<FlightOffer>;
  book(input: BookFlightInput): Promise<BookOutcome>;
  /** The order made for a booking of ours, or null. Reads the newest orders back to `since` (the time of the attempt). */
  findByBookingId(bookingId: string, since: Date): Promise<SupplierOrder | null>;
  get(orderId: string): Promise<SupplierOrder>;
  cancelQuote(orderId: string): Promise<FlightCancellationQuote>;
  cancelConfirm(quoteId: string): Promise<CancelOutcome>;
}

export interface StayCriteria {
  latitude: number;
  longitude: number;
  radiusKm: number;
  /** Local days of the property. */
  checkIn: string;
  checkOut: string;
  rooms: number;
  guests: readonly PassengerSpec[];
}

export interface StayOption {
  net: NetPrice;
  /** What the hotel wants the public to be asked at least. */
  suggested?: Money | null;
  board: StayOffer['board'];
  freeCancellation: boolean;
}

export interface StayResult {
  supplier: string;
  /** What rates are asked for. */
  supplierResultId: string;
  hotel: HotelSummary;
  /** The cheapest rate of each board, with and without free cancellation; cheapest first, never empty. */
  options: StayOption[];
  expiresAt: string;
}

export interface StayResults {
  results: StayResult[];
  expiresAt: string;
}

export interface BookStayInput {
  /** As quoted: supplierOfferId is the supplier's quote. */
  offer: StayOffer;
  /** Lead guest first; one for each room at least. */
  guests: ReadonlyArray<Pick<TravellerDetails, 'givenName' | 'familyName'>>;
  contact: ContactDetails;
  bookingId: string;
  tenantId: string;
  amount: Money;
}

/** A seller of stays; errors as for FlightSupplier. */
export interface StaySupplier {
  readonly code: string;
  readonly account: string;
  search(criteria: StayCriteria, signal?: AbortSignal): Promise<StayResults>;
  /** All rates of one hotel found by `search`. */
  rates(result: StayResult, criteria: StayCriteria): Promise<StayOffer[]>;
  /** Asks the hotel for this rate's price and room now; the offer it answers is what `book` takes. */
  quote(offer: StayOffer): Promise<StayOffer>;
  book(input: BookStayInput): Promise<BookOutcome>;
  findByBookingId(bookingId: string, since: Date): Promise<SupplierOrder | null>;
  get(orderId: string): Promise<SupplierOrder>;
  /** There is no quote at the supplier: what is refunded follows from the offer's cancellation timeline. */
  cancel(orderId: string): Promise<CancelOutcome>;
}
