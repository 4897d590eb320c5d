import { toCents, toDecimalOf } from '../cents.ts';
import type { SandboxContext } from '../context.ts';
import { invalid, invalidState, notFound, required } from '../envelope.ts';
import { randomToken } from '../hash.ts';
import type { StaysSearchRecord } from '../records.ts';
import type { Reply, SandboxRequest } from '../router.ts';
import type { StaysAccommodation, StaysRoomRate, StaysSearchResult } from '../wire.ts';
import { addDays, daysBetween } from '../zone-clock.ts';
import { hotelBook, presentHotel } from './hotels.ts';
import type { Hotel } from './hotels.ts';
import { roomsFor } from './rates.ts';

type Input = Record<string, unknown>;
const mostResults = 200;

function parseDates(ctx: SandboxContext, input: Input): { checkIn: string; checkOut: string } {
  const [checkIn, checkOut] = [input['check_in_date'], input['check_out_date']];
  if (typeof checkIn !== 'string') throw required('/check_in_date');
  if (typeof checkOut !== 'string') throw required('/check_out_date');
  for (const [field, date] of [
    ['check_in_date', checkIn],
    ['check_out_date', checkOut],
  ] as const)
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || Number.isNaN(Date.parse(date)))
      throw invalid('validation_format', `Field '${field}' must be a date such as 2027-01-31`, `/${field}`);
  const earliest = new Date(ctx.now().getTime() - 12 * 3_600_000).toISOString().slice(0, 10);
  if (checkIn < earliest)
    throw invalid('validation_in_future', "Field 'check_in_date' must not be in the past", '/check_in_date');
  if (checkIn > addDays(earliest, 330))
    throw invalid('validation_range', "Field 'check_in_date' must be within 330 days", '/check_in_date');
  const nights = daysBetween(checkIn, checkOut);
  if (nights < 1 || nights > 99)
    throw invalid(
      'validation_range',
      "Field 'check_out_date' must be 1 to 99 nights after 'check_in_date'",
      '/check_out_date',
    );
  return { checkIn, checkOut };
}

function parseGuests(value: unknown, rooms: number): StaysSearchRecord['guests'] {
  const rows = Array.isArray(value) ? (value as Input[]) : [];
  if (rows.length === 0) throw required('/guests');
  const guests = rows.map((row, at): StaysSearchRecord['guests'][number] => {
    if (row['type'] === 'adult') return { type: 'adult' };
    const age = row['age'];
    if (row['type'] !== 'child')
      throw invalid('validation_inclusion', "Field 'type' must be adult or child", `/guests/${at}/type`);
    if (!Number.isInteger(age) || (age as number) < 0 || (age as number) > 17)
      throw invalid('validation_range', "Field 'age' of a child must be 0 to 17", `/guests/${at}/age`);
    return { type: 'child', age: age as number };
  });
  const adults = guests.filter((guest) => guest.type === 'adult').length;
  if (adults < rooms) throw invalid('validation_length', 'There must be at least one adult per room', '/guests');
  if (guests.length > rooms * 4) throw invalid('validation_length', 'At most four guests fit in a room', '/guests');
  return guests;
}

function findHotels(ctx: SandboxContext, input: Input): Hotel[] {
  const book = hotelBook(ctx.seed);
  const accommodation = input['accommodation'] as { ids?: unknown } | undefined;
  if (accommodation) {
    if (!Array.isArray(accommodation.ids) || accommodation.ids.length === 0 || accommodation.ids.length > 200)
      throw invalid('validation_length', "Field 'ids' must name 1 to 200 accommodation", '/accommodation/ids');
    return accommodation.ids.flatMap((id) => book.byId(String(id)) ?? []);
  }
  const location = input['location'] as
    { radius?: unknown; geographic_coordinates?: { latitude?: unknown; longitude?: unknown } } | undefined;
  if (!location) throw required('/location');
  const { latitude, longitude } = location.geographic_coordinates ?? {};
  if (typeof latitude !== 'number' || typeof longitude !== 'number') throw required('/location/geographic_coordinates');
  const radius = location.radius ?? 5;
  if (typeof radius !== 'number' || radius < 1 || radius > 100)
    throw invalid('validation_range', "Field 'radius' must be 1 to 100 kilometres", '/location/radius');
  return book.near(latitude, longitude, radius).slice(0, mostResults);
}

const code = (value: number, width: number): string => value.toString(36).padStart(width, '0');
const resultId = (record: StaysSearchRecord, at: number): string => `srr_${record.token}${code(at, 6)}`;
const rateIdFor = (record: StaysSearchRecord, at: number) => (index: number) =>
  `rat_${record.token}${code(at, 3)}${code(index, 3)}`;

const cheapestOf = (rooms: StaysAccommodation['rooms']): StaysRoomRate | undefined =>
  rooms
    .flatMap((room) => room.rates)
    .reduce<StaysRoomRate | undefined>(
      (best, rate) => (best && (toCents(best.total_amount) ?? 0) <= (toCents(rate.total_amount) ?? 0) ? best : rate),
      undefined,
    );

function presentResult(
  ctx: SandboxContext,
  record: StaysSearchRecord,
  at: number,
  withRooms: boolean,
): StaysSearchResult | undefined {
  const hotel = hotelBook(ctx.seed).byId(record.accommodationIds[at] ?? '');
  if (!hotel) return undefined;
  const rooms = roomsFor(ctx, hotel, record, rateIdFor(record, at));
  const cheapest = cheapestOf(rooms);
  if (!cheapest) return undefined;
  return {
    id: resultId(record, at),
    check_in_date: record.checkIn,
    check_out_date: record.checkOut,
    rooms: record.rooms,
    guests: record.guests,
    accommodation: { ...presentHotel(ctx.url(), hotel), rooms: withRooms ? rooms : [] },
    cheapest_rate_total_amount: cheapest.total_amount,
    cheapest_rate_currency: cheapest.total_currency,
    cheapest_rate_base_amount: cheapest.base_amount,
    cheapest_rate_base_currency: cheapest.base_currency,
    cheapest_rate_public_amount:
      hotel.publicPercent === null
        ? null
        : toDecimalOf(
            Math.round(((toCents(cheapest.total_amount) ?? 0) * hotel.publicPercent) / 100),
            cheapest.total_currency,
          ),
    cheapest_rate_public_currency: cheapest.total_currency,
    cheapest_rate_due_at_accommodation_amount: cheapest.due_at_accommodation_amount,
    cheapest_rate_due_at_accommodation_currency: cheapest.due_at_accommodation_currency,
    expires_at: cheapest.expires_at,
  };
}

/** Hotels around a point or by id with their cheapest rate; full ones are left out. */
export function searchStays(ctx: SandboxContext, request: SandboxRequest): Reply {
  const input = request.body;
  const rooms = Number(input['rooms'] ?? 1);
  if (!Number.isInteger(rooms) || rooms < 1 || rooms > 8)
    throw invalid('validation_range', "Field 'rooms' must be 1 to 8", '/rooms');
  const record: StaysSearchRecord = {
    token: randomToken(16),
    createdAt: ctx.now().toISOString(),
    ...parseDates(ctx, input),
    rooms,
    guests: parseGuests(input['guests'], rooms),
    accommodationIds: findHotels(ctx, input).map((hotel) => hotel.id),
    freeCancellationOnly: input['free_cancellation_only'] === true,
  };
  ctx.store.put('stays_searches', record.token, record);
  const withRates = (input['accommodation'] as { fetch_rates?: unknown } | undefined)?.fetch_rates === true;
  const results = record.accommodationIds.flatMap((_, at) => presentResult(ctx, record, at, withRates) ?? []);
  return { data: { created_at: record.createdAt, results } };
}

function requireSearch(ctx: SandboxContext, id: string, prefix: string, what: string): StaysSearchRecord {
  const record =
    id.startsWith(prefix) && id.length === 26 ? ctx.store.get('stays_searches', id.slice(4, 20)) : undefined;
  if (!record) throw notFound(what);
  if (Date.parse(record.createdAt) + ctx.offerLifetimeMinutes * 60_000 <= ctx.now().getTime())
    throw invalidState(
      `${prefix === 'srr_' ? 'search_result' : 'rate'}_expired`,
      `The ${what} has expired; search again.`,
    );
  return record;
}

export function fetchAllRates(ctx: SandboxContext, request: SandboxRequest): Reply {
  const id = request.params['id'] ?? '';
  const record = requireSearch(ctx, id, 'srr_', 'search result');
  const result = presentResult(ctx, record, Number.parseInt(id.slice(20), 36), true);
  if (!result) throw notFound('search result');
  return { data: result };
}

export interface FoundRate {
  search: StaysSearchRecord;
  hotel: Hotel;
  room: StaysAccommodation['rooms'][number];
  rate: StaysRoomRate;
}

/** The rate behind an id, priced again. Throws not_found or rate_expired. */
export function requireRate(ctx: SandboxContext, id: string): FoundRate {
  const search = requireSearch(ctx, id, 'rat_', 'rate');
  const at = Number.parseInt(id.slice(20, 23), 36);
  const hotel = hotelBook(ctx.seed).byId(search.accommodationIds[at] ?? '');
  const rooms = hotel ? roomsFor(ctx, hotel, search, rateIdFor(search, at)) : [];
  for (const room of rooms) {
    const rate = room.rates.find((candidate) => candidate.id === id);
    if (hotel && rate) return { search, hotel, room, rate };
  }
  throw notFound('rate');
}
