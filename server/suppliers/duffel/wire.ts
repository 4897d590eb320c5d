import { z } from 'zod';

/**
 * What we read of Duffel's answers (API v2), and nothing more: a field added there cannot break us, a field we need that is missing or
 * of another shape is found at the border.
 */
const Decimal = z.string().regex(/^-?\d+(\.\d+)?$/);
const Currency = z.string().regex(/^[A-Z]{3}$/);
const Local = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/);
const Instant = z.iso.datetime({ offset: true });

const Carrier = z.object({ iata_code: z.string().nullable(), name: z.string() });
const Airport = z.object({
  iata_code: z.string(),
  name: z.string(),
  city_name: z.string().nullish(),
  iata_country_code: z.string(),
  time_zone: z.string(),
});
export type WireAirport = z.infer<typeof Airport>;

const Condition = z
  .object({ allowed: z.boolean(), penalty_amount: Decimal.nullable(), penalty_currency: Currency.nullable() })
  .nullable();
export type WireCondition = z.infer<typeof Condition>;

const Segment = z.object({
  marketing_carrier: Carrier,
  operating_carrier: Carrier,
  marketing_carrier_flight_number: z.string(),
  aircraft: z.object({ name: z.string() }).nullish(),
  origin: Airport,
  destination: Airport,
  origin_terminal: z.string().nullish(),
  destination_terminal: z.string().nullish(),
  departing_at: Local,
  arriving_at: Local,
  passengers: z.array(
    z.object({
      passenger_id: z.string(),
      cabin_class: z.string(),
      baggages: z.array(z.object({ type: z.enum(['carry_on', 'checked']), quantity: z.number().int() })),
    }),
  ),
});
export type WireSegment = z.infer<typeof Segment>;

const Slice = z.object({ fare_brand_name: z.string().nullable(), segments: z.array(Segment).min(1) });
export type WireSlice = z.infer<typeof Slice>;

export const WireOffer = z.object({
  id: z.string(),
  base_amount: Decimal,
  base_currency: Currency,
  tax_amount: Decimal.nullable(),
  total_amount: Decimal,
  total_currency: Currency,
  total_emissions_kg: z.string().nullish(),
  expires_at: Instant,
  passenger_identity_documents_required: z.boolean(),
  supported_passenger_identity_document_types: z.array(z.string()).nullish(),
  payment_requirements: z.object({ requires_instant_payment: z.boolean() }),
  conditions: z.object({
    refund_before_departure: Condition.optional(),
    change_before_departure: Condition.optional(),
  }),
  passengers: z.array(z.object({ id: z.string(), type: z.string().nullable(), age: z.number().int().nullish() })),
  slices: z.array(Slice).min(1),
});
export type WireOffer = z.infer<typeof WireOffer>;

export const WireOfferRequest = z.object({ id: z.string(), offers: z.array(z.unknown()) });

export const WireOrder = z.object({
  id: z.string(),
  booking_reference: z.string().nullish(),
  created_at: Instant,
  total_amount: Decimal,
  total_currency: Currency,
  cancelled_at: Instant.nullish(),
  passengers: z.array(z.object({ id: z.string() })),
  documents: z
    .array(z.object({ type: z.string(), unique_identifier: z.string(), passenger_ids: z.array(z.string()) }))
    .nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export type WireOrder = z.infer<typeof WireOrder>;

export const WireCancellation = z.object({
  id: z.string(),
  refund_amount: Decimal.nullable(),
  refund_currency: Currency.nullable(),
  refund_to: z.string().nullish(),
  expires_at: Instant.nullish(),
  confirmed_at: Instant.nullish(),
});
export type WireCancellation = z.infer<typeof WireCancellation>;

/* ---- stays ---- */
const StayBoard = z.enum(['room_only', 'breakfast', 'half_board', 'full_board', 'all_inclusive']);
const Amounts = z.object({
  total_amount: Decimal,
  total_currency: Currency,
  base_amount: Decimal.nullable(),
  tax_amount: Decimal.nullable(),
  fee_amount: Decimal.nullable(),
  due_at_accommodation_amount: Decimal.nullable(),
  due_at_accommodation_currency: Currency.nullish(),
});
export type WireAmounts = z.infer<typeof Amounts>;

export const WireRate = Amounts.extend({
  id: z.string(),
  board_type: StayBoard,
  expires_at: Instant,
  quantity_available: z.number().int().nullish(),
  available_payment_methods: z.array(z.string()),
  conditions: z.array(z.object({ title: z.string(), description: z.string() })),
  cancellation_timeline: z.array(z.object({ before: Instant, refund_amount: Decimal, currency: Currency })),
});
export type WireRate = z.infer<typeof WireRate>;

const Room = z.object({
  name: z.string(),
  beds: z.array(z.object({ type: z.string(), count: z.number().int() })).nullish(),
  rates: z.array(WireRate),
});
export type WireRoom = z.infer<typeof Room>;

export const WireAccommodation = z.object({
  id: z.string(),
  name: z.string(),
  chain: z.object({ name: z.string() }).nullish(),
  description: z.string().nullish(),
  rating: z.number().nullish(),
  review_score: z.number().nullish(),
  review_count: z.number().int().nullish(),
  phone_number: z.string().nullish(),
  photos: z.array(z.object({ url: z.string() })).nullish(),
  amenities: z.array(z.object({ type: z.string(), description: z.string() })).nullish(),
  check_in_information: z.object({ check_in_after_time: z.string(), check_out_before_time: z.string() }).nullish(),
  location: z.object({
    address: z.object({
      line_one: z.string(),
      city_name: z.string(),
      postal_code: z.string().nullish(),
      country_code: z.string(),
    }),
    geographic_coordinates: z.object({ latitude: z.number(), longitude: z.number() }).nullable(),
  }),
  rooms: z.array(Room),
});
export type WireAccommodation = z.infer<typeof WireAccommodation>;

export const WireStayResult = z.object({
  id: z.string(),
  check_in_date: z.string(),
  check_out_date: z.string(),
  rooms: z.number().int(),
  accommodation: WireAccommodation,
  cheapest_rate_total_amount: Decimal,
  cheapest_rate_currency: Currency,
  cheapest_rate_public_amount: Decimal.nullish(),
  cheapest_rate_public_currency: Currency.nullish(),
  expires_at: Instant,
});
export type WireStayResult = z.infer<typeof WireStayResult>;
export const WireStaySearch = z.object({ results: z.array(z.unknown()) });
/** What the first of two searches is asked for: which hotels there are. */
export const WireFoundHotel = z.object({ accommodation: z.object({ id: z.string() }) });

export const WireStayQuote = Amounts.extend({
  id: z.string(),
  check_in_date: z.string(),
  check_out_date: z.string(),
  rooms: z.number().int(),
});
export type WireStayQuote = z.infer<typeof WireStayQuote>;

export const WireStayBooking = z.object({
  id: z.string(),
  reference: z.string().nullable(),
  status: z.string(),
  confirmed_at: Instant.nullish(),
  cancelled_at: Instant.nullish(),
  metadata: z.record(z.string(), z.string()).nullish(),
});
export type WireStayBooking = z.infer<typeof WireStayBooking>;
