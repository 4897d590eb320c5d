import type { StayOffer } from '../offer.ts';
import type { BookOutcome, BookStayInput, StayCriteria, StayResult, StaySupplier, SupplierOrder } from '../ports.ts';
import { readDueAtProperty, readStayNet } from './amounts.ts';
import { SUPPLIER, check, type DuffelClient } from './client.ts';
import { isAlreadyBooked, toBookOutcome, toCancelOutcome, toSupplierError } from './errors.ts';
import { toWireName } from './from-travellers.ts';
import { toStayOffers, toStayResult } from './to-stay-offer.ts';
import { WireFoundHotel, WireStayBooking, WireStayQuote, WireStayResult, WireStaySearch } from './wire.ts';

const LIST_PAGE = 50;
const MOST_HOTELS = 200;
const CLOCK_SLACK_MS = 120_000;
/** What a hotel may hold back after our price was quoted and before it expires: Duffel's quotes carry no expiry of their own. */
const QUOTE_LIFETIME_MS = 20 * 60_000;

/** Stays over Duffel's `stays/*`. */
export function createDuffelStays(deps: { client: DuffelClient; account: string }): StaySupplier {
  const { client } = deps;

  async function findByBookingId(bookingId: string, since: Date): Promise<SupplierOrder | null> {
    let after: string | undefined;
    do {
      const page = await listBookings(after);
      const bookings = page.data.map((booking) => check(WireStayBooking, booking, 'stays.bookings.list'));
      const found = bookings.find((booking) => booking.metadata?.['booking_id'] === bookingId);
      if (found) return toOrder(found);
      if (
        bookings.some(
          (booking) => booking.confirmed_at && Date.parse(booking.confirmed_at) < since.getTime() - CLOCK_SLACK_MS,
        )
      )
        return null;
      after = page.meta?.after ?? undefined;
    } while (after);
    return null;
  }

  async function listBookings(after: string | undefined) {
    try {
      return await client.send('read', 'stays.bookings.list', (duffel) =>
        duffel.stays.bookings.list({ limit: LIST_PAGE, ...(after ? { after } : {}) }),
      );
    } catch (error) {
      throw toSupplierError(error);
    }
  }

  async function explainRefusal(error: unknown, input: BookStayInput): Promise<BookOutcome> {
    if (isAlreadyBooked(error)) {
      const ours = await findByBookingId(input.bookingId, new Date(Date.now() - 24 * 3_600_000)).catch(() => undefined);
      if (ours === undefined)
        return { outcome: 'unknown', reason: 'A booking exists for this quote, but it could not be looked up.' };
      if (ours) return { outcome: 'ok', ...ours };
    }
    return toBookOutcome(error);
  }

  return {
    code: SUPPLIER,
    account: deps.account,

    async search(criteria, signal) {
      const { latitude, longitude, radiusKm: radius } = criteria;
      const where = { location: { radius, geographic_coordinates: { latitude, longitude } } };
      const near = await client.read(
        'search',
        'stays.search',
        WireStaySearch,
        (duffel) => duffel.stays.search({ ...toSearchParams(criteria), ...where }),
        signal,
      );
      const ids = near.results
        .flatMap((result) => WireFoundHotel.safeParse(result).data?.accommodation.id ?? [])
        .slice(0, MOST_HOTELS);
      if (ids.length === 0) return readResults([]);
      // A search by place tells the lowest price but not its board or its conditions; a search by hotel can bring the rates along.
      const accommodation = { ids, fetch_rates: true };
      const rated = await client.read(
        'search',
        'stays.search',
        WireStaySearch,
        (duffel) => duffel.stays.search({ ...toSearchParams(criteria), accommodation }),
        signal,
      );
      return readResults(rated.results);
    },

    async rates(result, criteria) {
      const wire = await client.read('search', 'stays.fetch_all_rates', WireStayResult, (duffel) =>
        duffel.stays.searchResults.fetchAllRates(result.supplierResultId),
      );
      return toStayOffers(wire, criteria);
    },

    async quote(offer) {
      const wire = await client.read('read', 'stays.quotes.create', WireStayQuote, (duffel) =>
        duffel.stays.quotes.create(offer.supplierOfferId),
      );
      const latest = new Date(Date.now() + QUOTE_LIFETIME_MS).toISOString();
      const net = readStayNet(wire);
      return {
        ...offer,
        supplierOfferId: wire.id,
        net,
        dueAtProperty: readDueAtProperty(wire),
        cancellation: rescaleRefunds(offer, net.total),
        expiresAt: offer.expiresAt < latest ? offer.expiresAt : latest,
      };
    },

    async book(input) {
      try {
        const { data } = await client.send('order', 'stays.bookings.create', (duffel) =>
          duffel.stays.bookings.create(toBookingPayload(input)),
        );
        const parsed = WireStayBooking.safeParse(data);
        if (!parsed.success)
          return { outcome: 'unknown', reason: 'The supplier made a booking but its answer could not be read.' };
        return { outcome: 'ok', ...toOrder(parsed.data) };
      } catch (error) {
        return explainRefusal(error, input);
      }
    },

    findByBookingId,

    get: async (orderId) =>
      toOrder(
        await client.read('read', 'stays.bookings.get', WireStayBooking, (duffel) =>
          duffel.stays.bookings.get(orderId),
        ),
      ),

    async cancel(orderId) {
      try {
        const { data } = await client.send('order', 'stays.bookings.cancel', (duffel) =>
          duffel.stays.bookings.cancel(orderId),
        );
        const cancelled = check(WireStayBooking, data, 'stays.bookings.cancel');
        return {
          outcome: 'ok',
          cancelledAt: new Date(cancelled.cancelled_at ?? Date.now()).toISOString(),
          refund: null,
        };
      } catch (error) {
        return toCancelOutcome(error);
      }
    },
  };
}

function toSearchParams(criteria: StayCriteria) {
  return {
    check_in_date: criteria.checkIn,
    check_out_date: criteria.checkOut,
    rooms: criteria.rooms,
    guests: criteria.guests.map((guest) =>
      guest.type === 'adult' ? { type: 'adult' as const } : { type: 'child' as const, age: guest.age ?? 0 },
    ),
  };
}

function readResults(rows: unknown[]): { results: StayResult[]; expiresAt: string } {
  const results: StayResult[] = [];
  let bad: Error | undefined;
  for (const row of rows) {
    try {
      const result = toStayResult(row);
      if (result) results.push(result);
    } catch (error) {
      bad = error as Error;
    }
  }
  if (results.length === 0 && bad) throw bad;
  const latest = new Date(Date.now() + 1_800_000).toISOString();
  return {
    results,
    expiresAt: results.reduce(
      (earliest, result) => (result.expiresAt < earliest ? result.expiresAt : earliest),
      latest,
    ),
  };
}

/** When the hotel's price moved between rate and quote, a full refund stays full and no refund exceeds the price. */
function rescaleRefunds(offer: StayOffer, newTotal: number): StayOffer['cancellation'] {
  return offer.cancellation.map(({ before, refundNet }) => ({
    before,
    refundNet: {
      ...refundNet,
      amount: refundNet.amount === offer.net.total ? newTotal : Math.min(refundNet.amount, newTotal),
    },
  }));
}

function toBookingPayload(input: BookStayInput) {
  return {
    quote_id: input.offer.supplierOfferId,
    guests: input.guests.map((guest) => ({
      given_name: toWireName(guest.givenName) || 'FNU',
      family_name: toWireName(guest.familyName) || toWireName(guest.givenName),
    })),
    email: input.contact.email,
    phone_number: input.contact.phone,
    metadata: { booking_id: input.bookingId, tenant_id: input.tenantId },
  };
}

const toOrder = (wire: WireStayBooking): SupplierOrder => ({
  orderId: wire.id,
  reference: wire.reference,
  state: wire.status.startsWith('cancel') ? 'cancelled' : 'confirmed',
  documents: [],
  total: null,
});
