import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../kernel/ids.ts';
import type { SupplierError } from '../errors.ts';
import { OfferGone } from '../errors.ts';
import type { BookFlightInput, FlightOffer } from '../index.ts';
import { aContact, aTraveller, createSupplierWorld, dayFromNow } from '../testing.ts';

type World = Awaited<ReturnType<typeof createSupplierWorld>>;
let world: World;
beforeAll(async () => {
  world = await createSupplierWorld({ orderMs: 1500, searchMs: 6000 });
});
afterAll(() => world.close());

const booking = (offer: FlightOffer, over: Partial<BookFlightInput> = {}): BookFlightInput => ({
  offer,
  travellers: [aTraveller()],
  contact: aContact,
  bookingId: newId(),
  tenantId: newId(),
  amount: { amount: offer.net.total, currency: offer.net.currency },
  ...over,
});
const countOrders = async () => (await world.admin('GET', 'orders')).count ?? 0;

describe('Duffel flights', () => {
  it('reads exact amounts, local times and instants of an offer', async () => {
    const { offers } = await world.flights.search({
      slices: [{ origin: 'VLC', destination: 'BIO', departureDate: dayFromNow(40) }],
      passengers: [{ type: 'adult' }],
      cabin: 'economy',
    });
    const classic = offers.find((offer) => offer.net.total === 20_000 && offer.net.base === 16_000)!;
    expect(classic.net).toEqual({ base: 16_000, taxes: 4_000, total: 20_000, currency: 'EUR' });
    expect(classic.conditions.refund).toEqual({ status: 'allowed', fee: { amount: 8_000, currency: 'EUR' } });
    const [segment] = classic.slices[0]!.segments;
    expect(segment!.departureLocal).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:00$/);
    expect(segment!.durationMinutes * 60_000).toBe(Date.parse(segment!.arrivalAt) - Date.parse(segment!.departureAt));
  });

  it('books with our id in the metadata, finds the order by it, and cancels it', async () => {
    const offer = await world.findOffer('MAD', 'BCN');
    const input = booking(offer);
    const started = new Date();
    const outcome = await world.flights.book(input);
    if (outcome.outcome !== 'ok') throw new Error(JSON.stringify(outcome));
    expect(outcome.reference).toMatch(/^[A-Z0-9]{6}$/);
    expect(outcome.documents).toMatchObject([{ kind: 'electronic_ticket', travellerPositions: [0] }]);
    expect(outcome.total).toEqual(input.amount);
    expect(await world.flights.findByBookingId(input.bookingId, started)).toMatchObject({
      orderId: outcome.orderId,
      state: 'confirmed',
    });
    expect(await world.flights.findByBookingId(newId(), started)).toBeNull();
    const quote = await world.flights.cancelQuote(outcome.orderId);
    const cancelled = await world.flights.cancelConfirm(quote.id);
    expect(cancelled).toMatchObject({ outcome: 'ok', refund: quote.refund });
    expect(await world.flights.get(outcome.orderId)).toMatchObject({ state: 'cancelled' });
    expect(await world.flights.cancelConfirm(quote.id)).toMatchObject({
      outcome: 'refused',
      code: 'already_cancelled',
    });
  });

  it('ties infants to adults and writes names as in a passport', async () => {
    const passengers = [
      { type: 'adult' as const },
      { type: 'child' as const, age: 8 },
      { type: 'infant_without_seat' as const, age: 0 },
    ];
    const offer = await world.findOffer('MAD', 'JFK', passengers);
    expect(offer.passengers.map((passenger) => passenger.type)).toEqual(['adult', 'child', 'infant_without_seat']);
    const travelYear = (age: number) => `${Number(dayFromNow(40).slice(0, 4)) - age}-01-01`;
    const travellers = [
      aTraveller(),
      aTraveller({ type: 'child', givenName: 'Åsa', bornOn: travelYear(8) }),
      aTraveller({ type: 'infant_without_seat', givenName: 'Zoë', bornOn: travelYear(0) }),
    ];
    const outcome = await world.flights.book(booking(offer, { travellers }));
    expect(outcome).toMatchObject({ outcome: 'ok' });
    if (outcome.outcome === 'ok') expect(outcome.documents).toHaveLength(3);
  });

  it('tells a refusal from a passing failure and from an open outcome', async () => {
    const priceOffer = await world.findOffer('MAD', 'LIS');
    await world.admin('POST', 'faults', { operation: 'orders.create', kind: 'price_change' });
    const dearer = await world.flights.book(booking(priceOffer));
    expect(dearer).toMatchObject({ outcome: 'refused', code: 'price_changed' });
    if (dearer.outcome === 'refused') expect(dearer.priceChanged!.total).toBeGreaterThan(priceOffer.net.total);

    const goneOffer = await world.findOffer('MAD', 'PMI');
    await world.admin('POST', 'faults', { operation: 'orders.create', kind: 'gone' });
    expect(await world.flights.book(booking(goneOffer))).toMatchObject({ outcome: 'refused', code: 'offer_gone' });
    await expect(world.flights.reprice(goneOffer)).rejects.toBeInstanceOf(OfferGone);

    const failing = await world.findOffer('LHR', 'LGW');
    expect(await world.flights.book(booking(failing))).toMatchObject({ outcome: 'not_created' });
    const poor = await world.findOffer('LGW', 'STN');
    expect(await world.flights.book(booking(poor))).toMatchObject({ outcome: 'refused', code: 'insufficient_funds' });
    const open = await world.findOffer('STN', 'LHR');
    expect(await world.flights.book(booking(open))).toMatchObject({ outcome: 'unknown' });
    const old = await world.findOffer('MAD', 'SVQ');
    expect(
      await world.flights.book(booking(old, { travellers: [aTraveller({ bornOn: '2020-01-01' })] })),
    ).toMatchObject({ outcome: 'refused', code: 'invalid_travellers' });
    expect(await world.flights.book(booking(old, { travellers: [] }))).toMatchObject({
      outcome: 'refused',
      code: 'invalid_travellers',
    });
  });

  it('leaves an order that was made behind a time-out to be found, and never makes a second', async () => {
    const before = await countOrders();
    for (const kind of ['created_then_timeout', 'slow'] as const) {
      const offer = await world.findOffer('MAD', 'FCO', undefined, kind === 'slow' ? 41 : 42);
      const input = booking(offer);
      const started = new Date();
      await world.admin('POST', 'faults', { operation: 'orders.create', kind, delay_ms: kind === 'slow' ? 1700 : 300 });
      expect(await world.flights.book(input)).toMatchObject({ outcome: 'unknown' });
      if (kind === 'slow') await new Promise((resolve) => setTimeout(resolve, 600));
      const found = await world.flights.findByBookingId(input.bookingId, started);
      expect(found).toMatchObject({ state: 'confirmed' });
      // A careless second attempt adopts the first one's order.
      expect(await world.flights.book(input)).toMatchObject({ outcome: 'ok', orderId: found!.orderId });
      // For anybody else the search is spent.
      expect(await world.flights.book(booking(offer))).toMatchObject({ outcome: 'refused', code: 'offer_gone' });
      expect(await world.flights.claim(offer, 'somebody')).toBe(false);
    }
    expect((await countOrders()) - before).toBe(2);
  });

  it("gives a search's one order to one owner", async () => {
    const offer = await world.findOffer('MAD', 'CDG');
    expect(await world.flights.claim(offer, 'a')).toBe(true);
    expect(await world.flights.claim(offer, 'b')).toBe(false);
    expect(await world.flights.claim(offer, 'a')).toBe(true);
  });

  it('stops waiting for a supplier that hangs, and leaves a failing one alone', async () => {
    const impatient = await createSupplierWorld({ searchMs: 200 });
    try {
      await impatient.admin('POST', 'faults', { operation: 'offer_requests.create', kind: 'hang', times: 9 });
      const search = () => impatient.findOffer('MAD', 'JFK').catch((error: SupplierError) => error.fault);
      expect(await Promise.all(Array.from({ length: 5 }, search))).toEqual(Array.from({ length: 5 }, () => 'timeout'));
      expect(await search()).toBe('circuit_open');
      const { operations } = await impatient.admin('GET', 'requests');
      expect(operations?.['offer_requests.create']).toBe(5);
    } finally {
      await impatient.close();
    }
  });
});
