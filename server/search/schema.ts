import { z } from 'zod';
import { Day, Instant, LocalTime, MoneyView, Uuid } from '../kernel/http/wire.ts';

const PlaceCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z]{3}$/, { error: 'must be a three-letter airport or city code, e.g. MAD' });

/* ---- places ---- */
export const PlacesQuery = z.strictObject({
  query: z.string().trim().min(1).max(60),
  limit: z.coerce.number().int().min(1).max(20).default(8),
});
export const PlaceView = z
  .object({
    code: z.string(),
    kind: z.enum(['airport', 'city']),
    name: z.string(),
    cityName: z.string(),
    country: z.string(),
    countryName: z.string(),
    latitude: z.number(),
    longitude: z.number(),
    timeZone: z.string(),
  })
  .openapi('Place');
export const PlacesView = z.object({ data: z.array(PlaceView) });

/* ---- flights: request ---- */
export const PassengerInput = z.union([
  z.strictObject({ type: z.literal('adult') }),
  z.strictObject({ age: z.number().int().min(0).max(17) }),
]);
export const FlightSearchCreate = z
  .strictObject({
    slices: z
      .array(z.strictObject({ origin: PlaceCode, destination: PlaceCode, departureDate: Day }))
      .min(1)
      .max(6),
    passengers: z.array(PassengerInput).min(1).max(9),
    cabin: z.enum(['economy', 'premium_economy', 'business', 'first']).default('economy'),
  })
  .openapi('FlightSearchCreate');
export type FlightSearchCreate = z.infer<typeof FlightSearchCreate>;

/** A comma-separated list in a query parameter. */
const list = <T extends string>(item: z.ZodType<T, string>) =>
  z
    .string()
    .max(200)
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(item).max(20));
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

export const FlightResultsQuery = z.strictObject({
  sort: z.enum(['best', 'price', 'duration', 'departure']).default('best'),
  maxStops: z.coerce.number().int().min(0).max(3).optional(),
  carriers: list(z.string().regex(/^[A-Z0-9]{2}$/)).optional(),
  /** Outbound departure window in local minutes after midnight. */
  departFrom: z.coerce.number().int().min(0).max(1439).optional(),
  departTo: z.coerce.number().int().min(0).max(1439).optional(),
  refundable: flag.optional(),
  checkedBag: flag.optional(),
  maxPrice: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
  cursor: z.string().max(100).optional(),
});
export type FlightResultsQuery = z.infer<typeof FlightResultsQuery>;

/* ---- flights: answer ---- */
const PlaceRefView = z.object({
  iata: z.string(),
  name: z.string(),
  cityName: z.string(),
  country: z.string(),
  timeZone: z.string(),
});
const CarrierView = z.object({ iata: z.string(), name: z.string() });
export const SegmentView = z
  .object({
    marketingCarrier: CarrierView,
    operatingCarrier: CarrierView,
    flightNumber: z.string(),
    aircraft: z.string().nullable(),
    origin: PlaceRefView,
    destination: PlaceRefView,
    originTerminal: z.string().nullable(),
    destinationTerminal: z.string().nullable(),
    departureLocal: LocalTime,
    arrivalLocal: LocalTime,
    departureAt: Instant,
    arrivalAt: Instant,
    durationMinutes: z.number().int(),
    cabin: z.string(),
    bags: z.object({ carryOn: z.number().int(), checked: z.number().int() }),
  })
  .openapi('FlightSegment');
export const SliceView = z
  .object({
    origin: PlaceRefView,
    destination: PlaceRefView,
    durationMinutes: z.number().int(),
    /** Local arrival day minus local departure day. */
    dayOffset: z.number().int(),
    stops: z.number().int(),
    fareBrand: z.string().nullable(),
    segments: z.array(SegmentView),
  })
  .openapi('FlightSlice');
export const ConditionView = z
  .object({ status: z.enum(['allowed', 'not_allowed', 'unknown']), fee: MoneyView.nullable().optional() })
  .openapi('FareCondition');

/** What the selling agency's own people see of a price; never an ancestor's figure. Absent for customers. */
export const OwnPriceView = z
  .object({ buyPrice: MoneyView, markup: MoneyView, commission: MoneyView, sellPrice: MoneyView })
  .openapi('OwnPrice');

export const FlightOfferView = z
  .object({
    id: z.string(),
    product: z.literal('flight'),
    total: MoneyView,
    own: OwnPriceView.optional(),
    slices: z.array(SliceView),
    carriers: z.array(CarrierView),
    stops: z.number().int(),
    durationMinutes: z.number().int(),
    bags: z.object({ carryOn: z.number().int(), checked: z.number().int() }),
    conditions: z.object({ change: ConditionView, refund: ConditionView }),
    emissionsKg: z.number().nullable(),
    holdAllowed: z.boolean(),
    expiresAt: Instant,
  })
  .openapi('FlightOffer');
export type FlightOfferView = z.infer<typeof FlightOfferView>;

export const FlightFacets = z.object({
  stops: z.array(z.object({ value: z.number().int(), count: z.number().int(), from: MoneyView })),
  carriers: z.array(z.object({ value: z.string(), name: z.string(), count: z.number().int(), from: MoneyView })),
  price: z.object({ min: MoneyView, max: MoneyView }).nullable(),
});

export const FlightSearchView = z
  .object({
    id: Uuid,
    criteria: z.object({
      slices: z.array(
        z.object({
          origin: PlaceRefView.partial().extend({ code: z.string(), label: z.string() }),
          destination: PlaceRefView.partial().extend({ code: z.string(), label: z.string() }),
          departureDate: Day,
        }),
      ),
      passengers: z.array(
        z.object({ type: z.enum(['adult', 'child', 'infant_without_seat']), age: z.number().int().optional() }),
      ),
      cabin: z.string(),
    }),
    offers: z.array(FlightOfferView),
    /** Offers after the filter, over all pages. */
    total: z.number().int(),
    facets: FlightFacets,
    expiresAt: Instant,
    next: z.string().nullable(),
    /** Suppliers that did not answer in time, so that a page can say the list is partial. */
    incomplete: z.array(z.object({ supplier: z.string(), reason: z.string() })),
  })
  .openapi('FlightSearch');
export type FlightSearchView = z.infer<typeof FlightSearchView>;

/* ---- hotels ---- */
export const HotelSearchCreate = z
  .strictObject({
    near: z.union([
      PlaceCode,
      z.strictObject({
        latitude: z.number().min(-90).max(90),
        longitude: z.number().min(-180).max(180),
        radiusKm: z.number().min(1).max(50).default(10),
      }),
    ]),
    checkIn: Day,
    checkOut: Day,
    rooms: z
      .array(
        z.strictObject({
          adults: z.number().int().min(1).max(6),
          childAges: z.array(z.number().int().min(0).max(17)).max(4).default([]),
        }),
      )
      .min(1)
      .max(4),
  })
  .openapi('HotelSearchCreate');
export type HotelSearchCreate = z.infer<typeof HotelSearchCreate>;

export const BoardView = z.enum(['room_only', 'breakfast', 'half_board', 'full_board', 'all_inclusive']);
export const HotelResultsQuery = z.strictObject({
  sort: z.enum(['best', 'price', 'stars', 'review']).default('best'),
  stars: list(z.string().regex(/^[1-5]$/)).optional(),
  board: list(BoardView).optional(),
  refundable: flag.optional(),
  maxPrice: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(20),
  cursor: z.string().max(100).optional(),
});
export type HotelResultsQuery = z.infer<typeof HotelResultsQuery>;

export const HotelView = z
  .object({
    id: z.string(),
    name: z.string(),
    stars: z.number().nullable(),
    description: z.string(),
    address: z.object({ line: z.string(), city: z.string(), postalCode: z.string(), country: z.string() }),
    latitude: z.number(),
    longitude: z.number(),
    timeZone: z.string(),
    photos: z.array(z.string()),
    amenities: z.array(z.object({ code: z.string(), label: z.string() })),
    reviewScore: z.number().nullable(),
    reviewCount: z.number().int().nullable(),
    checkInAfter: z.string().nullable(),
    checkOutBefore: z.string().nullable(),
  })
  .openapi('Hotel');

export const StayOfferView = z
  .object({
    id: z.string(),
    product: z.literal('stay'),
    hotel: HotelView,
    checkIn: Day,
    checkOut: Day,
    nights: z.number().int(),
    rooms: z.number().int(),
    guests: z.array(
      z.object({ type: z.enum(['adult', 'child', 'infant_without_seat']), age: z.number().int().optional() }),
    ),
    roomName: z.string(),
    beds: z.string(),
    board: BoardView,
    total: MoneyView,
    own: OwnPriceView.optional(),
    dueAtProperty: MoneyView.nullable(),
    /** Ascending; refunds in the customer's terms. Empty: not refundable. */
    cancellation: z.array(z.object({ before: Instant, refund: MoneyView })),
    freeCancellationUntil: Instant.nullable(),
    conditions: z.array(z.object({ title: z.string(), text: z.string() })),
    quantityAvailable: z.number().int().nullable(),
    expiresAt: Instant,
  })
  .openapi('StayOffer');
export type StayOfferView = z.infer<typeof StayOfferView>;

export const HotelResultView = z
  .object({
    hotel: HotelView,
    from: MoneyView,
    board: BoardView,
    freeCancellation: z.boolean(),
    distanceKm: z.number().nullable(),
  })
  .openapi('HotelResult');
export const HotelSearchView = z
  .object({
    id: Uuid,
    criteria: z.object({
      near: z.object({ label: z.string(), latitude: z.number(), longitude: z.number() }),
      checkIn: Day,
      checkOut: Day,
      nights: z.number().int(),
      rooms: z.array(z.object({ adults: z.number().int(), childAges: z.array(z.number().int()) })),
    }),
    hotels: z.array(HotelResultView),
    total: z.number().int(),
    facets: z.object({
      stars: z.array(z.object({ value: z.number().int(), count: z.number().int() })),
      board: z.array(z.object({ value: BoardView, count: z.number().int() })),
      price: z.object({ min: MoneyView, max: MoneyView }).nullable(),
    }),
    expiresAt: Instant,
    next: z.string().nullable(),
    incomplete: z.array(z.object({ supplier: z.string(), reason: z.string() })),
  })
  .openapi('HotelSearch');
export const HotelDetailQuery = z.strictObject({ searchId: Uuid });
export const HotelDetailView = z
  .object({ hotel: HotelView, rates: z.array(StayOfferView), expiresAt: Instant })
  .openapi('HotelDetail');
export const HotelQuoteCreate = z.strictObject({ offerId: z.string().max(80) });

/* ---- quotes: a frozen, expiring price ---- */
export const OfferView = z.discriminatedUnion('product', [FlightOfferView, StayOfferView]);
export type OfferView = z.infer<typeof OfferView>;
export const QuoteView = z
  .object({
    id: Uuid,
    product: z.enum(['flight', 'stay']),
    total: MoneyView,
    /** What the search had shown, when the supplier has changed the price since. */
    previousTotal: MoneyView.nullable(),
    offer: OfferView,
    travellers: z.array(
      z.object({ type: z.enum(['adult', 'child', 'infant_without_seat']), age: z.number().int().optional() }),
    ),
    documentsRequired: z.boolean(),
    expiresAt: Instant,
  })
  .openapi('Quote');
export type QuoteView = z.infer<typeof QuoteView>;
