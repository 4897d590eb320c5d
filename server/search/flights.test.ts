import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FlightSearchView, QuoteView } from './schema.ts';
import { createSearchWorld, type SearchWorld } from './testing.ts';

let world: SearchWorld;
let net: Awaited<ReturnType<SearchWorld['createNetwork']>>;
beforeAll(async () => {
  world = await createSearchWorld();
  net = await world.createNetwork();
});
afterAll(() => world.close());

const returnTrip = (days = 40) => ({
  slices: [
    { origin: 'MAD', destination: 'JFK', departureDate: world.day(days) },
    { origin: 'JFK', destination: 'MAD', departureDate: world.day(days + 9) },
  ],
  passengers: [{ type: 'adult' }, { type: 'adult' }, { age: 8 }],
});

describe('flight search', () => {
  it('finds a return MAD-JFK for two adults and a child and quotes the first offer', async () => {
    const customer = net.as(null, 'b');
    const found = await world.call(customer, 'post', '/flights/searches', { body: returnTrip() });
    expect(found.status).toBe(201);
    const page = FlightSearchView.parse(found.body);
    expect(page.offers.length).toBeGreaterThan(3);
    expect(page.incomplete).toEqual([]);
    expect(page.criteria.passengers).toEqual([{ type: 'adult' }, { type: 'adult' }, { type: 'child', age: 8 }]);
    for (const offer of page.offers) {
      expect(offer.own).toBeUndefined();
      expect(offer.slices).toHaveLength(2);
      for (const segment of offer.slices.flatMap((slice) => slice.segments)) {
        const elapsed = (Date.parse(segment.arrivalAt) - Date.parse(segment.departureAt)) / 60_000;
        expect(segment.durationMinutes).toBe(elapsed);
        expect(elapsed).toBeGreaterThan(0);
      }
    }
    const [first] = page.offers;
    const quoted = await world.call(customer, 'get', `/flights/offers/${first!.id}`);
    expect(quoted.status).toBe(200);
    const quote = QuoteView.parse(quoted.body);
    expect(quote.total).toEqual(first!.total);
    expect(quote.previousTotal).toBeNull();
    expect(quote.travellers).toHaveLength(3);
    const row = await world.search.api.getQuote(net.sql, quote.id);
    expect(row).toMatchObject({ product: 'flight', agencyId: net.ids.b, totalMinor: quote.total.amount, currency: 'EUR' });
    expect(row!.buildUp.customerTotal).toBe(quote.total.amount);
    expect(row!.buildUp.levels).toHaveLength(3);
  });
});
