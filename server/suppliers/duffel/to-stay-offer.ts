import { SupplierError } from '../errors.ts';
import { daysBetween } from '../local-time.ts';
import type { HotelSummary, StayOffer } from '../offer.ts';
import type { StayCriteria, StayResult } from '../ports.ts';
import { timeZoneAt } from '../time-zone-at.ts';
import { readAmount, readDueAtProperty, readNet, readStayNet } from './amounts.ts';
import { SUPPLIER } from './client.ts';
import { WireStayResult } from './wire.ts';
import type { WireAccommodation, WireRate, WireRoom } from './wire.ts';

const BED_NAMES: Readonly<Record<string, string>> = { single: 'single bed', double: 'double bed', queen: 'queen bed', king: 'king bed', sofabed: 'sofa bed' };

/** "2 single beds, 1 sofa bed". */
function describeBeds(room: WireRoom): string {
  return (room.beds ?? []).map(({ type, count }) => `${count} ${BED_NAMES[type] ?? type}${count === 1 ? '' : 's'}`).join(', ');
}

/** @throws SupplierError `bad_answer` for a hotel without coordinates: neither its zone nor its distance could be told. */
export function toHotel(wire: WireAccommodation): HotelSummary {
  const at = wire.location.geographic_coordinates;
  if (!at) throw new SupplierError(SUPPLIER, 'bad_answer', `Hotel ${wire.id} has no coordinates.`);
  const { address } = wire.location;
  return {
    id: wire.id,
    name: wire.name,
    stars: wire.rating ?? null,
    description: wire.description ?? '',
    address: { line: address.line_one, city: address.city_name, postalCode: address.postal_code ?? '', country: address.country_code },
    latitude: at.latitude,
    longitude: at.longitude,
    timeZone: timeZoneAt(at.latitude, at.longitude),
    photos: (wire.photos ?? []).map((photo) => photo.url),
    amenities: (wire.amenities ?? []).map(({ type, description }) => ({ code: type, label: description })),
    reviewScore: wire.review_score ?? null,
    reviewCount: wire.review_count ?? null,
    checkInAfter: wire.check_in_information?.check_in_after_time ?? null,
    checkOutBefore: wire.check_in_information?.check_out_before_time ?? null,
    phone: wire.phone_number ?? null,
  };
}

const ratesOf = (wire: WireAccommodation): WireRate[] => wire.rooms.flatMap((room) => room.rates);

/** A rate that can be booked through our balance; others would ask for a card we do not hold. */
export const isBookable = (rate: WireRate): boolean => rate.available_payment_methods.includes('balance');

/** Entries ascending; a full refund now, or later, up to the first `before`. */
function hasFreeCancellation(rate: WireRate): boolean {
  const total = readAmount(rate.total_amount, rate.total_currency).amount;
  return rate.cancellation_timeline.some((entry) => entry.currency === rate.total_currency && readAmount(entry.refund_amount, entry.currency).amount === total);
}

/** One hotel of a search's answer. The cheapest bookable rate says the board, where the answer carries rates. */
export function toStayResult(data: unknown): StayResult {
  const parsed = WireStayResult.safeParse(data);
  if (!parsed.success) throw new SupplierError(SUPPLIER, 'bad_answer', `A hotel could not be read: ${parsed.error.issues[0]?.path.join('.') ?? ''}.`);
  const wire = parsed.data;
  const cheapest = ratesOf(wire.accommodation)
    .filter((rate) => isBookable(rate) && rate.total_currency === wire.cheapest_rate_currency)
    .sort((a, b) => readStayNet(a).total - readStayNet(b).total)[0];
  return {
    supplier: SUPPLIER,
    supplierResultId: wire.id,
    hotel: toHotel(wire.accommodation),
    cheapest: {
      net: cheapest ? readStayNet(cheapest) : readNet({ total: wire.cheapest_rate_total_amount, base: wire.cheapest_rate_base_amount, currency: wire.cheapest_rate_currency }),
      board: cheapest?.board_type ?? 'room_only',
      freeCancellation: cheapest !== undefined && hasFreeCancellation(cheapest),
    },
    expiresAt: new Date(wire.expires_at).toISOString(),
  };
}

/** All bookable rates of a hotel, cheapest first. Refunds in another currency than the price are left out: their worth is unknown. */
export function toStayOffers(wire: WireAccommodation, criteria: StayCriteria): StayOffer[] {
  const hotel = toHotel(wire);
  const offers = wire.rooms.flatMap((room) => room.rates.filter(isBookable).map((rate) => toStayOffer(hotel, room, rate, criteria)));
  return offers.sort((a, b) => a.net.total - b.net.total);
}

function toStayOffer(hotel: HotelSummary, room: WireRoom, rate: WireRate, criteria: StayCriteria): StayOffer {
  return {
    product: 'stay',
    supplier: SUPPLIER,
    supplierOfferId: rate.id,
    hotel,
    checkIn: criteria.checkIn,
    checkOut: criteria.checkOut,
    nights: daysBetween(criteria.checkIn, criteria.checkOut),
    rooms: criteria.rooms,
    guests: [...criteria.guests],
    roomName: room.name,
    beds: describeBeds(room),
    board: rate.board_type,
    net: readStayNet(rate),
    dueAtProperty: readDueAtProperty(rate),
    cancellation: rate.cancellation_timeline
      .filter((entry) => entry.currency === rate.total_currency)
      .map((entry) => ({ before: new Date(entry.before).toISOString(), refundNet: readAmount(entry.refund_amount, entry.currency) }))
      .sort((a, b) => (a.before < b.before ? -1 : 1)),
    conditions: rate.conditions.map(({ title, description }) => ({ title, text: description })),
    quantityAvailable: rate.quantity_available ?? null,
    expiresAt: new Date(rate.expires_at).toISOString(),
  };
}
