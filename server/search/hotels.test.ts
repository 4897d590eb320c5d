import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HotelDetailView, HotelSearchView, QuoteView } from './schema.ts';
import { createSearchWorld, type SearchWorld } from './testing.ts';
import type { z } from 'zod';

let world: SearchWorld;
let net: Awaited<ReturnType<SearchWorld['createNetwork']>>;
beforeAll(async () => {
  world = await createSearchWorld();
  net = await world.createNetwork();
});
afterAll(() => world.close());

const stay = (over: object = {}) => ({
  near: 'ROM',
  checkIn: world.day(45),
  checkOut: world.day(48),
  rooms: [{ adults: 2, childAges: [7] }],
  ...over,
});
const search = async (
  ctx: ReturnType<typeof net.as>,
  body: object = stay(),
): Promise<z.infer<typeof HotelSearchView>> => {
  const answer = await world.call(ctx, 'post', '/hotels/searches', { body });
  expect(answer.status).toBe(201);
  return HotelSearchView.parse(answer.body);
};

describe('hotel search', () => {
  it("finds a stay in Rome, shows a hotel's rates and quotes one", async () => {
    const ctx = net.as(null, 'b');
    const page = await search(ctx);
    expect(page.hotels.length).toBeGreaterThan(2);
    expect(page.criteria).toMatchObject({ near: { label: 'Rome' }, nights: 3, rooms: [{ adults: 2, childAges: [7] }] });
    const { hotel, from } = page.hotels[0]!;
    expect(hotel.timeZone).toBe('Europe/Rome');
    const detail = HotelDetailView.parse(
      (await world.call(ctx, 'get', `/hotels/${hotel.id}`, { query: { searchId: page.id } })).body,
    );
    expect(Math.min(...detail.rates.map((rate) => rate.total.amount))).toBe(from.amount);
    expect(detail.rates.every((rate) => rate.own === undefined && rate.nights === 3)).toBe(true);
    const flexible = detail.rates.find((rate) => rate.freeCancellationUntil !== null)!;
    expect(flexible.cancellation[0]!.refund).toEqual(flexible.total);
    const answer = await world.call(ctx, 'post', '/hotels/quotes', { body: { offerId: flexible.id } });
    expect(answer.status).toBe(201);
    const quote = QuoteView.parse(answer.body);
    expect(quote).toMatchObject({
      product: 'stay',
      total: flexible.total,
      previousTotal: null,
      documentsRequired: false,
    });
    expect(quote.travellers).toEqual([{ type: 'adult' }, { type: 'adult' }, { type: 'child', age: 7 }]);
    const row = (await world.search.api.getQuote(net.sql, quote.id))!;
    expect(row).toMatchObject({ product: 'stay', agencyId: net.ids.b, totalMinor: flexible.total.amount });
    expect(row.supplierOfferId).toMatch(/^quo_/);
  });

  it('scales what the hotel refunds to what the customer paid: all of all, a part in proportion', async () => {
    const ctx = net.as(null, 'b');
    const page = await search(ctx);
    const halfBoard = HotelSearchView.parse(
      (await world.call(ctx, 'get', `/hotels/searches/${page.id}`, { query: { board: 'half_board' } })).body,
    );
    expect(halfBoard.hotels.every((row) => row.board === 'half_board')).toBe(true);
    const detail = HotelDetailView.parse(
      (await world.call(ctx, 'get', `/hotels/${halfBoard.hotels[0]!.hotel.id}`, { query: { searchId: page.id } })).body,
    );
    const moderate = detail.rates.find((rate) => rate.cancellation.length === 2)!;
    expect(moderate.cancellation[0]!.refund).toEqual(moderate.total);
    // The hotel gives half of its net back, to the cent; the customer gets the same half of the total.
    expect(Math.abs(moderate.cancellation[1]!.refund.amount * 2 - moderate.total.amount)).toBeLessThanOrEqual(2);
    expect(moderate.freeCancellationUntil).toBe(moderate.cancellation[0]!.before);
  });

  it('lists each hotel by its cheapest rate that passes the filter', async () => {
    const ctx = net.as(null, 'b');
    const page = await search(ctx);
    const read = async (query: Record<string, string>) =>
      HotelSearchView.parse((await world.call(ctx, 'get', `/hotels/searches/${page.id}`, { query })).body);
    const all = await read({ sort: 'price', limit: '50' });
    const refundable = await read({ sort: 'price', refundable: 'true', limit: '50' });
    expect(refundable.hotels.length).toBeGreaterThan(0);
    for (const row of refundable.hotels) {
      expect(row.freeCancellation).toBe(true);
      expect(row.from.amount).toBeGreaterThanOrEqual(
        all.hotels.find((other) => other.hotel.id === row.hotel.id)!.from.amount,
      );
    }
    const four = await read({ stars: '4,5', sort: 'stars' });
    expect(four.hotels.every((row) => (row.hotel.stars ?? 0) >= 4)).toBe(true);
    expect(four.total).toBe(
      all.facets.stars.filter((facet) => facet.value >= 4).reduce((sum, facet) => sum + facet.count, 0),
    );
    const first = await read({ sort: 'price', limit: '2' });
    const second = await read({ sort: 'price', limit: '2', cursor: first.next! });
    expect([...first.hotels, ...second.hotels].map((row) => row.hotel.id)).toEqual(
      all.hotels.slice(0, 4).map((row) => row.hotel.id),
    );
    expect(
      (await world.call(ctx, 'get', `/hotels/searches/${page.id}`, { query: { cursor: '1.zzzzzzzzzz' } })).status,
    ).toBe(400);
  });

  it("shows agents their own figures and nobody an ancestor's", async () => {
    const ctx = net.as('agent', 'b');
    const page = await search(ctx);
    const answer = await world.call(ctx, 'get', `/hotels/${page.hotels[0]!.hotel.id}`, {
      query: { searchId: page.id },
    });
    const [rate] = HotelDetailView.parse(answer.body).rates;
    expect(rate!.own!.sellPrice).toEqual(rate!.total);
    const quoted = await world.call(ctx, 'post', '/hotels/quotes', { body: { offerId: rate!.id } });
    const { buildUp } = (await world.search.api.getQuote(net.sql, QuoteView.parse(quoted.body).id))!;
    const text = JSON.stringify([page, answer.body, quoted.body]);
    const [reseller, a] = buildUp.levels;
    for (const figure of [buildUp.net.total, buildUp.net.base, reseller!.markup, reseller!.sellPrice, a!.commission])
      expect(text).not.toContain(`"amount":${figure},`);
  });

  it('says the new price, or that the room is gone', async () => {
    const ctx = net.as(null, 'b');
    const page = await search(ctx, stay({ near: { latitude: -24.38, longitude: -128.32, radiusKm: 10 } }));
    const quoteOf = async (name: RegExp) => {
      const { hotel } = page.hotels.find((row) => name.test(row.hotel.name))!;
      const detail = HotelDetailView.parse(
        (await world.call(ctx, 'get', `/hotels/${hotel.id}`, { query: { searchId: page.id } })).body,
      );
      return {
        shown: detail.rates[0]!,
        answer: await world.call(ctx, 'post', '/hotels/quotes', { body: { offerId: detail.rates[0]!.id } }),
      };
    };
    const names = page.hotels.map((row) => row.hotel.name);
    const dearer = names.find((name) => /price|dear/i.test(name));
    const gone = names.find((name) => /quote/i.test(name) && !/price|dear/i.test(name));
    expect([dearer, gone]).not.toContain(undefined);
    const { shown, answer } = await quoteOf(new RegExp(dearer!));
    const quote = QuoteView.parse(answer.body);
    expect(quote.previousTotal).toEqual(shown.total);
    expect(quote.total.amount).toBeGreaterThan(shown.total.amount);
    expect((await quoteOf(new RegExp(gone!))).answer).toMatchObject({
      status: 409,
      body: { code: 'offer.expired', searchAgain: { path: '/api/v1/hotels/searches' } },
    });
  });

  it('refuses past days, a check-out before the check-in, unknown places and wrong shapes', async () => {
    const refuse = async (over: object) => {
      const answer = await world.call(net.as(null, 'b'), 'post', '/hotels/searches', { body: stay(over) });
      expect(answer.status).toBe(400);
      return answer.body['errors'];
    };
    expect(await refuse({ checkIn: world.day(-3), checkOut: world.day(2) })).toMatchObject([
      { pointer: '/checkIn', code: 'in_past' },
    ]);
    expect(await refuse({ checkOut: world.day(45) })).toMatchObject([
      { pointer: '/checkOut', code: 'before_check_in' },
    ]);
    expect(await refuse({ checkOut: world.day(90) })).toMatchObject([{ code: 'too_long' }]);
    expect(await refuse({ near: 'QQQ' })).toMatchObject([{ pointer: '/near', code: 'unknown_place' }]);
    expect(await refuse({ rooms: [{ adults: 0 }] })).toMatchObject([{ pointer: '/rooms/0/adults' }]);
    expect(await refuse({ pets: true })).toMatchObject([{ pointer: '/pets', code: 'unknown_field' }]);
  });

  it('keeps a search to its tenant and seller, and expires', async () => {
    const other = await world.createNetwork();
    const ctx = net.as(null, 'b');
    const page = await search(ctx, stay({ checkOut: world.day(47) }));
    const { hotel } = page.hotels[0]!;
    const path = `/hotels/${hotel.id}`;
    const [rate] = HotelDetailView.parse(
      (await world.call(ctx, 'get', path, { query: { searchId: page.id } })).body,
    ).rates;
    expect((await world.call(other.as(null, 'b'), 'get', path, { query: { searchId: page.id } })).status).toBe(404);
    expect(
      (await world.call(other.as(null, 'b'), 'post', '/hotels/quotes', { body: { offerId: rate!.id } })).status,
    ).toBe(404);
    expect((await world.call(net.as('agent', 'a'), 'get', `/hotels/searches/${page.id}`)).status).toBe(404);
    world.clock.advance(31 * 60_000);
    expect(await world.call(ctx, 'get', `/hotels/searches/${page.id}`)).toMatchObject({
      status: 409,
      body: { code: 'offer.expired' },
    });
    expect((await world.call(ctx, 'post', '/hotels/quotes', { body: { offerId: rate!.id } })).status).toBe(409);
  });
});
