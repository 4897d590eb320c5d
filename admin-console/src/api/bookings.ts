import type { FrozenExchange } from './exchange.ts';
import type { Http, Query } from './http.ts';
import type { RuleInput } from './pricing.ts';
import type { Money, Named, Page } from './types.ts';

export const BOOKING_STATES = [
  'draft',
  'pending',
  'held',
  'confirmed',
  'ticketed',
  'completed',
  'payment_failed',
  'expired',
  'failed',
  'cancelling',
  'cancelled',
  'changing',
  'needs_attention',
] as const;
export type BookingState = (typeof BOOKING_STATES)[number];

export type BookingSummary = {
  id: string;
  reference: string;
  state: BookingState;
  title: string;
  product: 'flight' | 'stay';
  leadName: string;
  agency: Named | null;
  brandName: string;
  total: Money;
  earned?: Money;
  paymentMethod: string;
  startsOn: string;
  createdAt: string;
};

type PlaceRef = { iata: string; name: string; cityName: string; timeZone: string };
export type FlightSegment = {
  marketingCarrier: { iata: string; name: string };
  operatingCarrier: { iata: string; name: string };
  flightNumber: string;
  origin: PlaceRef;
  destination: PlaceRef;
  departureLocal: string;
  arrivalLocal: string;
  durationMinutes: number;
  cabin: string;
};
export type FlightOffer = {
  product: 'flight';
  slices: {
    origin: PlaceRef;
    destination: PlaceRef;
    durationMinutes: number;
    fareBrand: string | null;
    segments: FlightSegment[];
  }[];
};
export type StayOffer = {
  product: 'stay';
  hotel: { name: string; stars: number | null; address: { line: string; city: string; country: string } };
  checkIn: string;
  checkOut: string;
  nights: number;
  rooms: number;
  roomName: string;
  board: string;
  freeCancellationUntil: string | null;
};

export type ChainLevel = {
  agencyId: string | null;
  agencyName: string;
  tier: string | null;
  buyPrice: Money;
  markup: Money;
  commission: Money;
  earned: Money;
};
export type Earnings = {
  buyPrice: Money;
  markup: Money;
  sellPrice: Money;
  commission: Money;
  earned: Money;
  /** The reseller alone is given the chain and the three below. */
  chain?: ChainLevel[];
  net?: Money;
  fx?: FrozenExchange;
  /** What codes took off the reader's own earnings. */
  discount?: Money;
  platformFee?: Money;
  margin?: Money;
};

export type Payment = {
  method: string;
  state: string;
  amount: Money;
  refunded: Money;
  actionUrl: string | null;
  failure: string | null;
};

export type PaymentLink = {
  state: 'open' | 'processing' | 'booked' | 'failed' | 'expired' | 'revoked' | 'cancelled';
  sentAt: string;
  expiresAt: string;
  openedAt: string | null;
  url?: string;
};

export type Booking = {
  id: string;
  reference: string;
  state: BookingState;
  title: string;
  total: Money;
  startsOn: string;
  endsOn: string;
  createdAt: string;
  confirmedAt: string | null;
  cancelledAt: string | null;
  expiresAt: string | null;
  failureReason: string | null;
  brand: Named;
  agency: Named | null;
  /** The colleague who booked for the customer. */
  bookedBy: Named | null;
  contact?: { givenName: string; familyName: string; email: string; phone: string | null };
  items: {
    id: string;
    state: string;
    supplierReference: string | null;
    offer: FlightOffer | StayOffer;
    total: Money;
  }[];
  travellers: {
    id: string;
    type: string;
    givenName: string;
    familyName: string;
    bornOn?: string | null;
    ticketNumber: string | null;
  }[];
  payment: Payment | null;
  earnings?: Earnings;
  documents: { kind: string; url: string; fileName: string }[];
  /** Only for the seller. */
  paymentLink?: PaymentLink | null;
  actions: string[];
};

export type ExplainedLevel = {
  agencyId: string | null;
  agencyName: string | null;
  buyPrice: Money;
  markup: Money;
  sellPrice: Money;
  rules: { id: string; version: number; amount: Money; words: (RuleInput & { currency: string | null }) | null }[];
  tierDiscount: { amount: Money; tier: string | null; agencyName: string } | null;
  tier: string | null;
  commission: Money;
  commissionRateBp?: number;
};
/** The reader's own level; the reseller is given all of them and the chain. */
export type PriceExplanation = {
  currency: string;
  levels: ExplainedLevel[];
  chain?: {
    net: Money;
    taxes: Money;
    commissionable: Money;
    platformFee: { amount: Money; discount: Money; paidFrom: 'margin' | 'price' };
    guard: {
      outcome: 'kept' | 'capped' | 'blocked' | 'allowed';
      floor: Money;
      marginBefore: Money;
      commissionCut: Money;
      margin: Money;
    };
  };
};

export type Timeline = {
  data: { at: string; kind: string; actor: string; detail: Record<string, unknown> }[];
  saga: {
    state: string;
    step: string;
    steps: { step: string; direction: string; state: string; attempts: number; error: string | null }[];
  } | null;
};

export const createBookingsApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<BookingSummary>>('/bookings', query, signal),
  read: (id: string) => http.get<Booking>(`/bookings/${encodeURIComponent(id)}`),
  paymentLink: (id: string) => http.get<PaymentLink>(`/bookings/${encodeURIComponent(id)}/payment-link`),
  sendPaymentLink: (id: string) =>
    http.post<PaymentLink>(`/bookings/${encodeURIComponent(id)}/payment-link`, undefined),
  withdrawPaymentLink: (id: string) => http.delete(`/bookings/${encodeURIComponent(id)}/payment-link`),
  explainPrice: (id: string) => http.get<PriceExplanation>(`/bookings/${encodeURIComponent(id)}/price-explanation`),
  timeline: (id: string) => http.get<Timeline>(`/bookings/${encodeURIComponent(id)}/timeline`),
});
