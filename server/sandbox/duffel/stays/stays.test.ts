import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cities } from '../../../reference/index.ts';
import { toCents } from '../cents.ts';
import { refusalOf, startTestSandbox } from '../testing.ts';
import type { TestSandbox } from '../testing.ts';
import type { StaysRoomRate, StaysSearchResult } from '../wire.ts';

let now: Date;
let test: TestSandbox;

beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z');
  test = await startTestSandbox({ clock: () => now });
});
afterEach(() => test.sandbox.stop());

const rome = { latitude: 41.9028, longitude: 12.4964 };
const pacific = { latitude: -24.38, longitude: -128.32 };

async function search(place: typeof rome, over: object = {}): Promise<StaysSearchResult[]> {
  const { data } = await test.client.stays.search({
    location: { radius: 8, geographic_coordinates: place },
    check_in_date: '2027-03-05',
    check_out_date: '2027-03-08',
    rooms: 1,
    guests: [{ type: 'adult' }, { type: 'adult' }],
    ...over,
  });
  return data.results;
}

async function ratesOf(result: StaysSearchResult | undefined): Promise<StaysRoomRate[]> {
  const { data } = await test.client.stays.searchResults.fetchAllRates(result?.id ?? '');
  return data.accommodation.rooms.flatMap((room) => room.rates);
}

const guests = [{ given_name: 'Maria', family_name: 'Garcia Lopez' }];
const bookingOf = (quoteId: string, metadata: Record<string, string> = {}) => ({
  quote_id: quoteId,
  guests,
  email: 'maria@example.test',
  phone_number: '+34600000001',
  metadata,
});

describe('searching stays', () => {
  it('finds about a dozen hotels in every city, with coordinates near it and a cheapest rate', async () => {
    const results = await search(rome);
    expect(results.length).toBeGreaterThanOrEqual(8);
    for (const result of results) {
      expect(result.accommodation.location.geographic_coordinates?.latitude).toBeCloseTo(rome.latitude, 0);
      expect(toCents(result.cheapest_rate_total_amount)).toBeGreaterThan(0);
      expect(result.accommodation.description).toContain('sandbox');
    }
    for (const city of cities().filter((candidate) => candidate.hasStays))
      expect((await search(city)).length, city.code).toBeGreaterThan(5);
  });

  it('answers the same again and follows the number of guests, rooms and nights', async () => {
    const shape = (results: StaysSearchResult[]) =>
      results.map((result) => [result.accommodation.id, result.cheapest_rate_total_amount]);
    const first = await search(rome);
    expect(shape(await search(rome))).toEqual(shape(first));
    const longer = await search(rome, { check_out_date: '2027-03-12' });
    const before = toCents(first[0]?.cheapest_rate_total_amount) ?? 0;
    expect(
      toCents(
        longer.find((result) => result.accommodation.id === first[0]?.accommodation.id)?.cheapest_rate_total_amount,
      ),
    ).toBeGreaterThan(before * 1.8);
  });

  it('offers two to four rates a room whose cheapest is the one announced; tax adds up', async () => {
    const [result] = await search(rome);
    const { data } = await test.client.stays.searchResults.fetchAllRates(result?.id ?? '');
    for (const room of data.accommodation.rooms) {
      expect(room.rates.length).toBeGreaterThanOrEqual(2);
      expect(room.rates.length).toBeLessThanOrEqual(4);
      for (const rate of room.rates)
        expect(
          (toCents(rate.base_amount) ?? 0) + (toCents(rate.tax_amount) ?? 0) + (toCents(rate.fee_amount) ?? 0),
        ).toBe(toCents(rate.total_amount));
    }
    const totals = data.accommodation.rooms.flatMap((room) =>
      room.rates.map((rate) => toCents(rate.total_amount) ?? 0),
    );
    expect(Math.min(...totals)).toBe(toCents(result?.cheapest_rate_total_amount));
  });

  it('puts deadlines at midnight of the property and the city tax outside the total', async () => {
    const [result] = await search(rome);
    const rates = await ratesOf(result);
    const flexible = rates.find((rate) => rate.name === 'Flexible');
    expect(flexible?.cancellation_timeline[0]?.before).toMatch(/^2027-03-0\dT23:00:00\.000Z$/);
    expect(flexible?.cancellation_timeline[0]?.refund_amount).toBe(flexible?.total_amount);
    expect(rates.find((rate) => rate.name === 'Non-refundable')?.cancellation_timeline).toEqual([]);
    expect(flexible).toMatchObject({ due_at_accommodation_amount: '36.00', due_at_accommodation_currency: 'EUR' });
    const tokyo = await ratesOf((await search({ latitude: 35.6762, longitude: 139.6503 }))[0]);
    expect(tokyo[0]).toMatchObject({ due_at_accommodation_amount: '1200', due_at_accommodation_currency: 'JPY' });
  });

  it('honours free cancellation only, accommodation ids, and refuses nonsense', async () => {
    const free = await search(rome, { free_cancellation_only: true });
    for (const rate of await ratesOf(free[0]))
      expect(rate.cancellation_timeline[0]?.refund_amount).toBe(rate.total_amount);
    const id = free[0]?.accommodation.id ?? '';
    const { data } = await test.client.stays.search({
      accommodation: { ids: [id] },
      check_in_date: '2027-03-05',
      check_out_date: '2027-03-08',
      rooms: 1,
      guests: [{ type: 'adult' }],
    });
    expect(data.results.map((result) => result.accommodation.id)).toEqual([id]);
    expect((await test.client.stays.accommodation.get(id)).data.id).toBe(id);
    expect(await refusalOf(search(rome, { check_out_date: '2027-03-05' }))).toMatchObject({
      status: 422,
      field: '/check_out_date',
    });
    expect(await refusalOf(search(rome, { rooms: 2, guests: [{ type: 'adult' }] }))).toMatchObject({
      field: '/guests',
    });
    expect(await refusalOf(search(rome, { check_in_date: '2026-11-01' }))).toMatchObject({ field: '/check_in_date' });
  });

  it('draws photos that browsers fetch without a token', async () => {
    const [result] = await search(rome);
    const photos = result?.accommodation.photos ?? [];
    expect(photos.length).toBe(6);
    for (const { url } of photos) {
      const response = await fetch(url);
      expect(response.headers.get('content-type')).toContain('image/svg+xml');
      expect(await response.text()).toMatch(/^<svg [\s\S]+<\/svg>$/);
    }
    expect((await fetch(`${photos[0]?.url.replace('/1.svg', '/9.svg')}`)).status).toBe(404);
  });
});

describe('booking a stay', () => {
  it('goes from rate to quote to booking to cancellation and is found by listing', async () => {
    const rate = (await ratesOf((await search(rome))[0]))[0];
    const { data: quote } = await test.client.stays.quotes.create(rate?.id ?? '');
    expect(quote.total_amount).toBe(rate?.total_amount);
    const { data: booking } = await test.client.stays.bookings.create(bookingOf(quote.id, { booking_id: 'bk_1' }));
    expect(booking).toMatchObject({ status: 'confirmed', metadata: { booking_id: 'bk_1' }, guests });
    expect(booking.reference).toMatch(/^SBX/);
    expect((await test.client.stays.bookings.get(booking.id)).data.id).toBe(booking.id);
    expect((await test.client.stays.bookings.list()).data.map((row) => row.metadata?.['booking_id'])).toEqual(['bk_1']);
    expect(await refusalOf(test.client.stays.bookings.create(bookingOf(quote.id)))).toMatchObject({
      status: 422,
      code: 'quote_already_booked',
    });
    expect((await test.client.stays.bookings.cancel(booking.id)).data).toMatchObject({
      status: 'cancelled',
      cancelled_at: now.toISOString(),
    });
    expect(await refusalOf(test.client.stays.bookings.cancel(booking.id))).toMatchObject({ code: 'already_cancelled' });
  });

  it('needs a guest name a room', async () => {
    const results = await search(rome, { rooms: 2, guests: [{ type: 'adult' }, { type: 'adult' }] });
    const { data: quote } = await test.client.stays.quotes.create((await ratesOf(results[0]))[0]?.id ?? '');
    expect(await refusalOf(test.client.stays.bookings.create(bookingOf(quote.id)))).toMatchObject({ field: '/guests' });
  });

  it('plays the scenarios of the test hotels', async () => {
    const hotels = await search(pacific);
    const rateOf = async (name: string) =>
      (await ratesOf(hotels.find((result) => result.accommodation.name === name)))[0];
    expect(
      await refusalOf(test.client.stays.quotes.create((await rateOf('Rate Unavailable at Quote'))?.id ?? '')),
    ).toMatchObject({ code: 'rate_unavailable' });
    const { data: quote } = await test.client.stays.quotes.create(
      (await rateOf('Rate Unavailable at Booking'))?.id ?? '',
    );
    expect(await refusalOf(test.client.stays.bookings.create(bookingOf(quote.id)))).toMatchObject({
      code: 'rate_unavailable',
    });
    const dearer = await rateOf('Price Rises at Quote');
    expect(toCents((await test.client.stays.quotes.create(dearer?.id ?? '')).data.total_amount)).toBeGreaterThan(
      toCents(dearer?.total_amount) ?? 0,
    );
  });

  it('expires rates and quotes', async () => {
    const rate = (await ratesOf((await search(rome))[0]))[0];
    const { data: quote } = await test.client.stays.quotes.create(rate?.id ?? '');
    now = new Date(now.getTime() + 30 * 60_000);
    expect(await refusalOf(test.client.stays.quotes.create(rate?.id ?? ''))).toMatchObject({ code: 'rate_expired' });
    expect(await refusalOf(test.client.stays.bookings.create(bookingOf(quote.id)))).toMatchObject({
      code: 'quote_expired',
    });
  });

  it('keeps a booking whose answer was lost, also over a restart', async () => {
    const rate = (await ratesOf((await search(rome))[0]))[0];
    const { data: quote } = await test.client.stays.quotes.create(rate?.id ?? '');
    await test.admin('POST', 'faults', { operation: 'stays.bookings.create', kind: 'created_then_timeout' });
    expect(
      await refusalOf(test.client.stays.bookings.create(bookingOf(quote.id, { booking_id: 'bk_lost' }))),
    ).toMatchObject({ status: 504 });
    await test.sandbox.stop();
    const again = await startTestSandbox({ clock: () => now, dataDir: test.dataDir });
    expect((await again.client.stays.bookings.list()).data.map((booking) => booking.metadata)).toEqual([
      { booking_id: 'bk_lost' },
    ]);
    await again.sandbox.stop();
  });
});
