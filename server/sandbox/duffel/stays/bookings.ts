import { toCents, toDecimalOf } from '../cents.ts';
import type { SandboxContext } from '../context.ts';
import { invalid, invalidState, notFound, paginate, required } from '../envelope.ts';
import { randomReference, randomToken } from '../hash.ts';
import type { BookingRecord, QuoteRecord } from '../records.ts';
import type { Reply, SandboxRequest } from '../router.ts';
import { textOf } from '../text-of.ts';
import type { StaysBooking, StaysQuote, StaysRoomRate } from '../wire.ts';
import { toInstant } from '../zone-clock.ts';
import { hotelBook, presentHotel } from './hotels.ts';
import { requireRate } from './search.ts';

type Input = Record<string, unknown>;

const unavailable = () =>
  invalidState('rate_unavailable', 'The rate is no longer available. Fetch the rates again and choose another.');

/** The rate at a higher price: what the traveller is quoted when the price moved since the search. */
function raise(rate: StaysRoomRate): StaysRoomRate {
  const extra = Math.round((toCents(rate.total_amount) ?? 0) * 0.07);
  const more = (amount: string | null): string => toDecimalOf((toCents(amount) ?? 0) + extra, rate.total_currency);
  const full = rate.total_amount;
  return {
    ...rate,
    base_amount: more(rate.base_amount),
    total_amount: more(rate.total_amount),
    cancellation_timeline: rate.cancellation_timeline.map((step) =>
      step.refund_amount === full ? { ...step, refund_amount: more(full) } : step,
    ),
  };
}

/** Checks price and availability again; the quote may differ from the rate or be refused. */
export function createQuote(ctx: SandboxContext, request: SandboxRequest): Reply {
  const found = requireRate(ctx, textOf(request.body['rate_id']));
  const { search, hotel, room } = found;
  if (hotel.scenario === 'gone_at_quote' || request.fault === 'gone' || request.fault === 'expired')
    throw unavailable();
  const rate =
    hotel.scenario === 'dearer_at_quote' || request.fault === 'price_change' ? raise(found.rate) : found.rate;
  const quote: StaysQuote = {
    id: `quo_${randomToken(22)}`,
    check_in_date: search.checkIn,
    check_out_date: search.checkOut,
    accommodation: { ...presentHotel(ctx.url(), hotel), rooms: [{ ...room, rates: [rate] }] },
    rooms: search.rooms,
    guests: search.guests,
    base_amount: rate.base_amount,
    base_currency: rate.base_currency,
    tax_amount: rate.tax_amount,
    tax_currency: rate.tax_currency,
    fee_amount: rate.fee_amount,
    fee_currency: rate.fee_currency,
    total_amount: rate.total_amount,
    total_currency: rate.total_currency,
    due_at_accommodation_amount: rate.due_at_accommodation_amount,
    due_at_accommodation_currency: rate.due_at_accommodation_currency,
    deposit_amount: null,
    deposit_currency: rate.total_currency,
    supported_loyalty_programme: null,
  };
  ctx.store.put('stays_quotes', quote.id, { quote, rate, createdAt: ctx.now().toISOString(), bookingId: null });
  return { data: quote };
}

function requireQuote(ctx: SandboxContext, id: string): QuoteRecord {
  const record = ctx.store.get('stays_quotes', id);
  if (!record) throw notFound('quote');
  return record;
}

export const getQuote = (ctx: SandboxContext, request: SandboxRequest): Reply => ({
  data: requireQuote(ctx, request.params['id'] ?? '').quote,
});

function parseGuests(value: unknown, rooms: number): StaysBooking['guests'] {
  const rows = Array.isArray(value) ? (value as Input[]) : [];
  if (rows.length < rooms)
    throw invalid(
      'validation_length',
      `Each of the ${rooms} room(s) needs the name of a guest, lead guest first`,
      '/guests',
    );
  return rows.map((row, at) => {
    const [given, family] = [row['given_name'], row['family_name']];
    if (typeof given !== 'string' || given.trim() === '') throw required(`/guests/${at}/given_name`);
    if (typeof family !== 'string' || family.trim() === '') throw required(`/guests/${at}/family_name`);
    return { given_name: given, family_name: family };
  });
}

function parseContact(input: Input): { email: string; phone: string } {
  const [email, phone] = [input['email'], input['phone_number']];
  if (typeof email !== 'string' || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
    throw invalid('validation_format', "Field 'email' must be an e-mail address", '/email');
  if (typeof phone !== 'string' || !/^\+[1-9]\d{6,14}$/.test(phone))
    throw invalid(
      'invalid_phone_number',
      "Field 'phone_number' must be a phone number in E.164 format",
      '/phone_number',
    );
  return { email, phone };
}

/** Books a quote once. There is no idempotency key; a lost answer is found again by listing and metadata. */
export function createBooking(ctx: SandboxContext, request: SandboxRequest): Reply {
  const record = requireQuote(ctx, textOf(request.body['quote_id']));
  const { quote, rate } = record;
  if (record.bookingId !== null) throw invalidState('quote_already_booked', 'This quote has already been booked.');
  if (Date.parse(record.createdAt) + ctx.offerLifetimeMinutes * 60_000 <= ctx.now().getTime())
    throw invalidState('quote_expired', 'The quote has expired; ask for a new one.');
  const guests = parseGuests(request.body['guests'], quote.rooms);
  const { email, phone } = parseContact(request.body);
  const scenario = hotelBook(ctx.seed).byId(quote.accommodation.id)?.scenario;
  if (scenario === 'gone_at_booking' || request.fault === 'gone' || request.fault === 'expired') throw unavailable();
  if (request.fault === 'price_change')
    throw invalidState('price_changed', 'The price has changed since the quote; ask for a new quote.');
  const at = ctx.now().toISOString();
  const booking: StaysBooking = {
    id: `bok_${randomToken(22)}`,
    status: 'confirmed',
    reference: `SBX${randomReference()}`,
    confirmed_at: at,
    cancelled_at: null,
    accommodation: quote.accommodation,
    check_in_date: quote.check_in_date,
    check_out_date: quote.check_out_date,
    rooms: quote.rooms,
    guests,
    email,
    phone_number: phone,
    metadata: (request.body['metadata'] as Record<string, string> | undefined) ?? null,
    key_collection: { instructions: 'Show this confirmation and an identity document at the front desk.' },
    supported_loyalty_programme: null,
    loyalty_programme_account_number: null,
    estimated_commission_amount: rate.estimated_commission_amount,
    estimated_commission_currency: rate.estimated_commission_currency,
  };
  ctx.store.put(
    'stays_bookings',
    booking.id,
    { booking, rate, accommodation: quote.accommodation, createdAt: at },
    true,
  );
  ctx.store.put('stays_quotes', quote.id, { ...record, bookingId: booking.id }, true);
  return { status: 201, data: booking };
}

function requireBooking(ctx: SandboxContext, id: string): BookingRecord {
  const record = ctx.store.get('stays_bookings', id);
  if (!record) throw notFound('booking');
  return record;
}

export const getBooking = (ctx: SandboxContext, request: SandboxRequest): Reply => ({
  data: requireBooking(ctx, request.params['id'] ?? '').booking,
});

export function listBookings(ctx: SandboxContext, request: SandboxRequest): Reply {
  const page = paginate(ctx.store.list('stays_bookings').reverse(), request.query);
  return { data: page.data.map((record) => record.booking), meta: page.meta };
}

/** Cancels at once, without a quote; what comes back follows from the rate's timeline. */
export function cancelBooking(ctx: SandboxContext, request: SandboxRequest): Reply {
  const record = requireBooking(ctx, request.params['id'] ?? '');
  if (record.booking.status === 'cancelled')
    throw invalidState('already_cancelled', 'The booking has already been cancelled.');
  const zone = hotelBook(ctx.seed).byId(record.accommodation.id)?.timeZone ?? 'UTC';
  if (toInstant(`${record.booking.check_out_date}T00:00`, zone) <= ctx.now().getTime())
    throw invalidState('booking_not_cancellable', 'The stay is over; it can no longer be cancelled.');
  const booking: StaysBooking = { ...record.booking, status: 'cancelled', cancelled_at: ctx.now().toISOString() };
  ctx.store.put('stays_bookings', booking.id, { ...record, booking }, true);
  return { data: booking };
}
