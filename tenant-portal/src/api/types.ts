/** Shapes of `/api/v1` that the portal reads. Written by hand beside the server's schemas; `openapi.d.ts` may replace them. */

export type Money = { amount: number; currency: string };
export type Cabin = 'economy' | 'premium_economy' | 'business' | 'first';
export type TravellerType = 'adult' | 'child' | 'infant_without_seat';
export type PricedTraveller = { type: TravellerType; age?: number };

export type Place = {
  code: string;
  kind: 'airport' | 'city';
  name: string;
  cityName: string;
  country: string;
  countryName: string;
  latitude: number;
  longitude: number;
  timeZone: string;
};

export type PlaceRef = { iata: string; name: string; cityName: string; country: string; timeZone: string };
export type Carrier = { iata: string; name: string };
export type Bags = { carryOn: number; checked: number };

export type FlightSegment = {
  marketingCarrier: Carrier;
  operatingCarrier: Carrier;
  flightNumber: string;
  aircraft: string | null;
  origin: PlaceRef;
  destination: PlaceRef;
  originTerminal: string | null;
  destinationTerminal: string | null;
  departureLocal: string;
  arrivalLocal: string;
  departureAt: string;
  arrivalAt: string;
  durationMinutes: number;
  cabin: string;
  bags: Bags;
};

export type FlightSlice = {
  origin: PlaceRef;
  destination: PlaceRef;
  durationMinutes: number;
  dayOffset: number;
  stops: number;
  fareBrand: string | null;
  segments: FlightSegment[];
};

export type FareCondition = { status: 'allowed' | 'not_allowed' | 'unknown'; fee?: Money | null };
export type OwnPrice = { buyPrice: Money; markup: Money; commission: Money; sellPrice: Money };

export type FlightOffer = {
  id: string;
  product: 'flight';
  total: Money;
  own?: OwnPrice;
  slices: FlightSlice[];
  carriers: Carrier[];
  stops: number;
  durationMinutes: number;
  bags: Bags;
  conditions: { change: FareCondition; refund: FareCondition };
  emissionsKg: number | null;
  holdAllowed: boolean;
  expiresAt: string;
};

export type Incomplete = { supplier: string; reason: string };
export type CriteriaPlace = { code: string; label: string };

export type FlightSearch = {
  id: string;
  criteria: {
    slices: { origin: CriteriaPlace; destination: CriteriaPlace; departureDate: string }[];
    passengers: PricedTraveller[];
    cabin: string;
  };
  offers: FlightOffer[];
  total: number;
  facets: {
    stops: { value: number; count: number; from: Money }[];
    carriers: { value: string; name: string; count: number; from: Money }[];
    price: { min: Money; max: Money } | null;
  };
  expiresAt: string;
  next: string | null;
  incomplete: Incomplete[];
};

export type FlightSearchCreate = {
  slices: { origin: string; destination: string; departureDate: string }[];
  passengers: ({ type: 'adult' } | { age: number })[];
  cabin: Cabin;
};

export type Board = 'room_only' | 'breakfast' | 'half_board' | 'full_board' | 'all_inclusive';

export type Hotel = {
  id: string;
  name: string;
  stars: number | null;
  description: string;
  address: { line: string; city: string; postalCode: string; country: string };
  latitude: number;
  longitude: number;
  timeZone: string;
  photos: string[];
  amenities: { code: string; label: string }[];
  reviewScore: number | null;
  reviewCount: number | null;
  checkInAfter: string | null;
  checkOutBefore: string | null;
};

export type StayOffer = {
  id: string;
  product: 'stay';
  hotel: Hotel;
  checkIn: string;
  checkOut: string;
  nights: number;
  rooms: number;
  guests: PricedTraveller[];
  roomName: string;
  beds: string;
  board: Board;
  total: Money;
  own?: OwnPrice;
  dueAtProperty: Money | null;
  cancellation: { before: string; refund: Money }[];
  freeCancellationUntil: string | null;
  conditions: { title: string; text: string }[];
  quantityAvailable: number | null;
  expiresAt: string;
};

export type RoomOccupancy = { adults: number; childAges: number[] };
export type HotelResult = {
  hotel: Hotel;
  from: Money;
  board: Board;
  freeCancellation: boolean;
  distanceKm: number | null;
};
export type HotelSearchCreate = { near: string; checkIn: string; checkOut: string; rooms: RoomOccupancy[] };
export type HotelSearch = {
  id: string;
  criteria: {
    near: { label: string; latitude: number; longitude: number };
    checkIn: string;
    checkOut: string;
    nights: number;
    rooms: RoomOccupancy[];
  };
  hotels: HotelResult[];
  total: number;
  facets: {
    stars: { value: number; count: number }[];
    board: { value: Board; count: number }[];
    price: { min: Money; max: Money } | null;
  };
  expiresAt: string;
  next: string | null;
  incomplete: Incomplete[];
};
export type HotelDetail = { hotel: Hotel; rates: StayOffer[]; expiresAt: string };

export type Offer = FlightOffer | StayOffer;
export type Quote = {
  id: string;
  product: 'flight' | 'stay';
  total: Money;
  previousTotal: Money | null;
  offer: Offer;
  travellers: PricedTraveller[];
  documentsRequired: boolean;
  expiresAt: string;
};

export type Title = 'mr' | 'mrs' | 'ms' | 'miss' | 'dr';
export type TravellerInput = {
  type: TravellerType;
  title: Title;
  gender: 'm' | 'f';
  givenName: string;
  familyName: string;
  bornOn: string;
  document?: { type: 'passport'; number: string; issuingCountry: string; expiresOn: string };
};
export type ContactInput = { givenName: string; familyName: string; email: string; phone: string };
export type PayMethod = 'card' | 'wallet' | 'link';
export type BookingCreate = {
  items: [{ quoteId: string }];
  travellers: TravellerInput[];
  contact: ContactInput;
  payment: { method: PayMethod };
  /** With the codes. */
  expectedTotal: Money;
  promoCodes: string[];
  locale: 'en' | 'es';
};
/** What codes take off a quote. */
export type PromoCheck = {
  total: Money;
  before: Money;
  own?: OwnPrice;
  discounts: { code: string; amount: Money }[];
};

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
export type PaymentState =
  | 'created'
  | 'requires_action'
  | 'authorised'
  | 'processing'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'refunded'
  | 'partially_refunded'
  | 'disputed';

export type Payment = {
  id: string;
  method: 'card' | 'wallet' | 'credit';
  state: PaymentState;
  amount: Money;
  refunded: Money;
  actionUrl: string | null;
  failure: string | null;
};

export type PaymentLinkState = 'open' | 'processing' | 'booked' | 'failed' | 'expired' | 'revoked' | 'cancelled';
/** A booking's payment link as its seller sees it; `url` only in the answer that made it. */
export type PaymentLink = {
  state: PaymentLinkState;
  sentAt: string;
  expiresAt: string;
  openedAt: string | null;
  url?: string;
};
/** What the client of a payment link sees. */
/** A card the payment service keeps for the customer. */
export type SavedCard = { id: string; brand: string; last4: string; expMonth: number; expYear: number };
export type PaymentLinkPage = {
  state: PaymentLinkState;
  reference: string;
  sellerName: string;
  recipientName: string | null;
  expiresAt: string;
  trip: {
    title: string;
    total: Money;
    items: { id: string; offer: Offer }[];
    travellers: { givenName: string; familyInitial: string }[];
  } | null;
  payment: { actionUrl: string | null; failure: string | null } | null;
};

export type Earnings = { buyPrice: Money; markup: Money; sellPrice: Money; commission: Money; earned: Money };

export type Booking = {
  id: string;
  reference: string;
  state: BookingState;
  title: string;
  /** What codes took off the total. */
  discount: { total: Money; codes: string[] } | null;
  total: Money;
  startsOn: string;
  endsOn: string;
  createdAt: string;
  confirmedAt: string | null;
  cancelledAt: string | null;
  expiresAt: string | null;
  failureReason: string | null;
  brand: { id: string; name: string };
  agency: { id: string; name: string } | null;
  /** The colleague of the agency who booked for the customer. */
  bookedBy: { id: string; name: string } | null;
  leadName: string;
  contact?: { givenName: string; familyName: string; email: string; phone: string | null };
  items: {
    id: string;
    product: 'flight' | 'stay';
    state: string;
    supplierReference: string | null;
    offer: Offer;
    total: Money;
  }[];
  travellers: {
    id: string;
    type: string;
    title: string | null;
    givenName: string;
    familyName: string;
    bornOn?: string | null;
    ticketNumber: string | null;
  }[];
  payment: Payment | null;
  earnings?: Earnings;
  documents: { kind: 'itinerary' | 'ics' | 'invoice'; url: string; fileName: string }[];
  /** Only for the seller. */
  paymentLink?: PaymentLink | null;
  actions: ('pay' | 'cancel' | 'send_payment_link')[];

  guestToken?: string;
};

export type BookingSummary = {
  id: string;
  reference: string;
  state: BookingState;
  title: string;
  product: 'flight' | 'stay';
  leadName: string;
  total: Money;
  earned?: Money;
  paymentMethod: string;
  startsOn: string;
  createdAt: string;
};

export type Page<T> = { data: T[]; next: string | null };
export type CancellationQuote = { id: string; bookingId: string; refund: Money; penalty: Money; expiresAt: string };

export type LegalForm = 'company' | 'self_employed' | 'cooperative' | 'association' | 'public_body' | 'other';
export type BookingVolume = 'under_20' | '20_to_100' | '100_to_500' | 'over_500';
export type PartnerPaper =
  'licence' | 'registration' | 'tax_certificate' | 'insurance' | 'bank_certificate' | 'identity' | 'other';
export type PartnerDetailsInput = {
  companyName: string;
  legalForm: LegalForm;
  taxId: string;
  licenceNumber: string;
  iban: string;
  bic: string | null;
  address: { street: string; postalCode: string; city: string; country: string };
  contact: { givenName: string; familyName: string; phone: string };
  website: string | null;
  expectedMonthlyBookings: BookingVolume;
  message: string | null;
};
export type PartnerApplicationCreate = Omit<PartnerDetailsInput, 'contact'> & {
  contact: PartnerDetailsInput['contact'] & { email: string };
  acceptedTerms: string;
  locale: 'en' | 'es';
};
export type PartnerApplication = {
  state: 'draft' | 'submitted' | 'information_requested' | 'approved' | 'rejected';
  details: Omit<PartnerDetailsInput, 'contact'> & { contact: PartnerDetailsInput['contact'] & { email: string } };
  documents: { id: string; kind: PartnerPaper; contentType: string; bytes: number; createdAt: string }[];
  reviewerMessage: string | null;
  editable: boolean;
  linkExpiresAt: string;
};
