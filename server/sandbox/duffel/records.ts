import type {
  CabinClass,
  Order,
  PassengerType,
  StaysAccommodation,
  StaysBooking,
  StaysQuote,
  StaysRoomRate,
} from './wire.ts';

export interface SearchPassenger {
  id: string;
  type: PassengerType;
  age: number | null;
  givenName: string | null;
  familyName: string | null;
}

export interface SearchSlice {
  origin: string;
  destination: string;
  date: string;
  departureTime: { from: string; to: string } | null;
  arrivalTime: { from: string; to: string } | null;
}

/** What was asked. Its offers are worked out from it whenever they are needed, so only this is kept. */
export interface OfferRequestRecord {
  token: string;
  createdAt: string;
  cabin: CabinClass;
  maxConnections: number;
  slices: SearchSlice[];
  passengers: SearchPassenger[];
}

/** What happened to one offer since the search. */
export interface OfferState {
  createdAt: string;
  raisedCents: number;
  gone: boolean;
}

export interface OrderRecord {
  order: Order;
  type: 'instant' | 'hold';
  offerId: string;
  offerRequestId: string;
  /** First departure as an instant, and the origin country, which decide refunds. */
  departsAt: string;
}

export interface StaysSearchRecord {
  token: string;
  createdAt: string;
  checkIn: string;
  checkOut: string;
  rooms: number;
  guests: ({ type: 'adult' } | { type: 'child'; age: number })[];
  accommodationIds: string[];
  freeCancellationOnly: boolean;
}

export interface QuoteRecord {
  quote: StaysQuote;
  rate: StaysRoomRate;
  createdAt: string;
  bookingId: string | null;
}

export interface BookingRecord {
  booking: StaysBooking;
  rate: StaysRoomRate;
  accommodation: StaysAccommodation;
  createdAt: string;
}
