import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import { OfferGone } from '../errors.ts';
import type { StayCriteria, StayOffer } from '../index.ts';
import { aContact, createSupplierWorld, dayFromNow } from '../testing.ts';

let world: Awaited<ReturnType<typeof createSupplierWorld>>;
beforeAll(async () => {
  world = await createSupplierWorld({ orderMs: 1500 });
});
afterAll(() => world.close());

const rome: StayCriteria = {
  latitude: 41.9,
  longitude: 12.49,
  radiusKm: 15,
  checkIn: dayFromNow(40),
  checkOut: dayFromNow(42),
  rooms: 1,
  guests: [{ type: 'adult' }, { type: 'adult' }],
};
const guests = [{ givenName: 'María', familyName: 'Núñez' }];

async function quoteOne(criteria: StayCriteria = rome, name?: RegExp): Promise<StayOffer> {
  const { results } = await world.stays.search(criteria);
  const result = name ? results.find((candidate) => name.test(candidate.hotel.name)) : results[0];
  const [offer] = await world.stays.rates(result!, criteria);
  return world.stays.quote(offer!);
}
const input = (offer: StayOffer) => ({
  offer,
  guests,
  contact: aContact,
  bookingId: newId(),
  tenantId: newId(),
  amount: { amount: offer.net.total, currency: offer.net.currency },
});

describe('Duffel stays', () => {
  it('finds hotels with their cheapest rates and places them in their time zone', async () => {
    const { results } = await world.stays.search(rome);
    expect(results.length).toBeGreaterThan(2);
    for (const { hotel, options } of results) {
      expect(hotel.timeZone).toBe('Europe/Rome');
      const totals = options.map((option) => option.net.total);
      expect(totals).toEqual([...totals].sort((a, b) => a - b));
    }
    const rates = await world.stays.rates(results[0]!, rome);
    expect(rates[0]!.net.total).toBe(results[0]!.options[0]!.net.total);
    expect(rates[0]!.net.base + rates[0]!.net.taxes).toBe(rates[0]!.net.total);
  });

  it('quotes, books, finds and cancels', async () => {
    const booking = input(await quoteOne());
    const started = new Date();
    const outcome = await world.stays.book(booking);
    if (outcome.outcome !== 'ok') throw new Error(JSON.stringify(outcome));
    expect(await world.stays.findByBookingId(booking.bookingId, started)).toMatchObject({
      orderId: outcome.orderId,
      reference: outcome.reference,
    });
    expect(await world.stays.book(booking)).toMatchObject({ outcome: 'ok', orderId: outcome.orderId });
    expect(await world.stays.book({ ...booking, bookingId: newId() })).toMatchObject({ outcome: 'refused' });
    expect(await world.stays.cancel(outcome.orderId)).toMatchObject({ outcome: 'ok' });
    expect(await world.stays.get(outcome.orderId)).toMatchObject({ state: 'cancelled' });
    expect(await world.stays.cancel(outcome.orderId)).toMatchObject({ outcome: 'refused', code: 'already_cancelled' });
  });

  it('finds a booking made behind a time-out', async () => {
    const booking = input(await quoteOne());
    await world.admin('POST', 'faults', {
      operation: 'stays.bookings.create',
      kind: 'created_then_timeout',
      delay_ms: 100,
    });
    expect(await world.stays.book(booking)).toMatchObject({ outcome: 'unknown' });
    expect(await world.stays.findByBookingId(booking.bookingId, new Date())).toMatchObject({ state: 'confirmed' });
  });

  it('knows a room that is gone at the quote or at the booking', async () => {
    const offer = await quoteOne();
    await world.admin('POST', 'faults', { operation: 'stays.bookings.create', kind: 'gone' });
    expect(await world.stays.book(input(offer))).toMatchObject({ outcome: 'refused', code: 'offer_gone' });
    await world.admin('POST', 'faults', { operation: 'stays.quotes.create', kind: 'gone' });
    await expect(quoteOne()).rejects.toBeInstanceOf(OfferGone);
  });
});
