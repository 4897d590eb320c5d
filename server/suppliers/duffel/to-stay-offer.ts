import type { Money } from '../../kernel/money.ts';
import { SupplierError } from '../errors.ts';
import { daysBetween } from '../local-time.ts';
import type { HotelSummary, StayOffer } from '../offer.ts';
import type { StayCriteria, StayOption, StayResult } from '../ports.ts';
import { timeZoneAt } from '../time-zone-at.ts';
import { readAmount, readDueAtProperty, readStayNet } from './amounts.ts';
import { SUPPLIER } from './client.ts';
import { WireStayResult } from './wire.ts';
import type { WireAccommodation, WireRate, WireRoom, WireStayResult as StayResultWire } from './wire.ts';

const BED_NAMES: Readonly<Record<string, string>> = {
  single: 'single bed',
  double: 'double bed',
  queen: 'queen bed',
  king: 'king bed',
  sofabed: 'sofa bed',
};

/** "2 single beds, 1 sofa bed". */
function describeBeds(room: WireRoom): string {
  return (room.beds ?? [])
    .map(({ type, count }) => `${count} ${BED_NAMES[type] ?? type}${count === 1 ? '' : 's'}`)
    .join(', ');
}

/** @throws SupplierError `bad_answer` for a hotel without coordinates: neither its zone nor its distance could be told. */
export function toHotel(wire: WireAccommodation): HotelSummary {
  const at = wire.location.geographic_coordinates;
  if (!at) throw new SupplierError(SUPPLIER, 'bad_answer', `Hotel ${wire.id} has no coordinates.`);
  const { address } = wire.location;
  return {
    id: wire.id,
    name: wire.name,
    ...(wire.chain ? { chain: wire.chain.name } : {}),
    stars: wire.rating ?? null,
    description: wire.description ?? '',
    address: {
      line: address.line_one,
      city: address.city_name,
      postalCode: address.postal_code ?? '',
      country: address.country_code,
    },
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

/** A rate that can be booked through our balance; others would ask for a card we do not hold. */
export const isBookable = (rate: WireRate): boolean => rate.available_payment_methods.includes('balance');

/** Entries ascending; a full refund now, or later, up to the first `before`. */
function hasFreeCancellation(rate: WireRate): boolean {
  const total = readAmount(rate.total_amount, rate.total_currency).amount;
  return rate.cancellation_timeline.some(
    (entry) =>
      entry.currency === rate.total_currency && readAmount(entry.refund_amount, entry.currency).amount === total,
  );
}

/**
 * Duffel tells the public price of a result's cheapest rate alone: the rates that cost as much have it, of others nothing is known. One in
 * another currency than the rate is no floor for it.
 */
function readSuggested(wire: StayResultWire, rate: WireRate): Money | null {
  const { cheapest_rate_public_amount: amount, cheapest_rate_public_currency: currency } = wire;
  const isCheapest = rate.total_amount === wire.cheapest_rate_total_amount;
  return amount && isCheapest && currency === rate.total_currency ? readAmount(amount, currency) : null;
}

/** The cheapest of each board, refundable or not, cheapest first. Rates in another currency than the cheapest are left out. */
function readOptions(wire: StayResultWire): StayOption[] {
  const found = new Map<string, StayOption>();
  for (const rate of wire.accommodation.rooms.flatMap((room) => room.rates)) {
    if (!isBookable(rate) || rate.total_currency !== wire.cheapest_rate_currency) continue;
    const option: StayOption = {
      net: readStayNet(rate),
      suggested: readSuggested(wire, rate),
      board: rate.board_type,
      freeCancellation: hasFreeCancellation(rate),
    };
    const key = `${option.board} ${option.freeCancellation}`;
    const known = found.get(key);
    if (!known || option.net.total < known.net.total) found.set(key, option);
  }
  return [...found.values()].sort((a, b) => a.net.total - b.net.total);
}

/** One hotel of a search's answer; null when it has no rate that we can book. */
export function toStayResult(data: unknown): StayResult | null {
  const parsed = WireStayResult.safeParse(data);
  if (!parsed.success)
    throw new SupplierError(
      SUPPLIER,
      'bad_answer',
      `A hotel could not be read: ${parsed.error.issues[0]?.path.join('.') ?? ''}.`,
    );
  const wire = parsed.data;
  const options = readOptions(wire);
  if (options.length === 0) return null;
  return {
    supplier: SUPPLIER,
    supplierResultId: wire.id,
    hotel: toHotel(wire.accommodation),
    options,
    expiresAt: new Date(wire.expires_at).toISOString(),
  };
}

/** All bookable rates of a hotel, cheapest first. Refunds in another currency than the price are left out: their worth is unknown. */
export function toStayOffers(wire: StayResultWire, criteria: StayCriteria): StayOffer[] {
  const hotel = toHotel(wire.accommodation);
  const offers = wire.accommodation.rooms.flatMap((room) =>
    room.rates
      .filter(isBookable)
      .map((rate) => ({ ...toStayOffer(hotel, room, rate, criteria), suggested: readSuggested(wire, rate) })),
  );
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
      .map((entry) => ({
        before: new Date(entry.before).toISOString(),
        refundNet: readAmount(entry.refund_amount, entry.currency),
      }))
      .sort((a, b) => (a.before < b.before ? -1 : 1)),
    conditions: rate.conditions.map(({ title, description }) => ({ title, text: description })),
    quantityAvailable: rate.quantity_available ?? null,
    expiresAt: new Date(rate.expires_at).toISOString(),
  };
}
