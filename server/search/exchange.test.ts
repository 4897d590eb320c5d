import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPricing } from '../pricing/index.ts';
import { createApi } from '../kernel/http/api.ts';
import { q } from '../kernel/database/builder.ts';
import { HotelDetailView, HotelSearchView } from './schema.ts';
import { createSearchWorld, type SearchWorld } from './testing.ts';
import type { ExchangeView } from '../pricing/exchange/schema.ts';

/** Where the sandbox keeps its hotels with a part to play. */
const PACIFIC = { latitude: -24.38, longitude: -128.32, radiusKm: 5 };

let world: SearchWorld;
let net: Awaited<ReturnType<SearchWorld['createNetwork']>>;
beforeAll(async () => {
  world = await createSearchWorld();
  net = await world.createNetwork();
  await net.sql.run(q('exchange_settings').update({ spread_bp: 150, max_age_hours: 24 }));
});
afterAll(() => world.close());

type Ctx = ReturnType<typeof net.as>;

async function search(ctx: Ctx, near: unknown = PACIFIC) {
  const body = { near, checkIn: world.day(45), checkOut: world.day(48), rooms: [{ adults: 2, childAges: [] }] };
  const answer = await world.call(ctx, 'post', '/hotels/searches', { body });
  expect(answer.status).toBe(201);
  return HotelSearchView.parse(answer.body);
}
const named = ({ hotels }: Awaited<ReturnType<typeof search>>, name: string) =>
  hotels.find(({ hotel }) => hotel.name === name);
async function exchange(method: 'get' | 'put' | 'delete', path: string, body?: unknown) {
  const pricing = createPricing({ database: world.database, redis: world.redis, clock: world.clock });
  const { reply } = await createApi(pricing.routes, { checkAnswers: true }).invoke({
    method,
    path,
    body,
    query: {},
    context: net.as('reseller_admin', 'reseller'),
  });
  return reply.body as ExchangeView;
}

describe('an offer in another currency', () => {
  it('example E: is not sold without a rate, and the console says so; with one it is, at the frozen rate', async () => {
    const ctx = net.as(null, 'reseller');
    expect(named(await search(ctx), 'Sold in Yen')).toBeUndefined();
    expect((await exchange('get', '/exchange-rates')).leftOut).toEqual([
      { currency: 'JPY', offers: expect.any(Number) as number, reason: 'no_rate' },
    ]);

    const at = new Date(world.clock.now().getTime() - 3_600_000).toISOString();
    await exchange('put', '/exchange-rates/jpy', { mid: '0.006125', source: 'By hand', at });
    const page = await search(ctx);
    const found = named(page, 'Sold in Yen')!;
    // 279.76 and 15 % of it.
    expect(found.from).toEqual({ amount: 32172, currency: 'EUR' });
    const detail = HotelDetailView.parse(
      (await world.call(ctx, 'get', `/hotels/${found.hotel.id}`, { query: { searchId: page.id } })).body,
    );
    expect(JSON.stringify(detail)).not.toContain('JPY');
    // The rate moves; the price that was shown stays.
    await exchange('put', '/exchange-rates/JPY', { mid: '0.0070', source: 'By hand' });
    const made = await world.call(ctx, 'post', '/hotels/quotes', { body: { offerId: detail.rates[0]!.id } });
    expect(made.body).toMatchObject({ total: { amount: 32172, currency: 'EUR' }, previousTotal: null });
    const { buildUp } = (await world.search.api.getQuote(net.sql, String(made.body.id)))!;
    expect(buildUp.net.total).toBe(27976);
    expect(buildUp.fx).toMatchObject({
      earningMinor: 413,
      net: { total: 45000, currency: 'JPY' },
      rate: { mid: '0.006125', spreadBp: 150, source: 'By hand', at },
    });
    expect(named(await search(ctx), 'Sold in Yen')!.from.amount).toBe(36769);
  });

  it('is not sold at a rate older than the reseller allows', async () => {
    await net.sql.run(
      q('exchange_rates').update({ quoted_at: new Date(world.clock.now().getTime() - 25 * 3_600_000) }),
    );
    expect(named(await search(net.as(null, 'reseller')), 'Sold in Yen')).toBeUndefined();
    const { data, leftOut } = await exchange('get', '/exchange-rates');
    expect(data).toMatchObject([{ currency: 'JPY', state: 'stale' }]);
    expect(leftOut).toMatchObject([{ currency: 'JPY', reason: 'stale_rate' }]);
    await exchange('delete', '/exchange-rates/JPY');
    expect((await exchange('get', '/exchange-rates')).data).toEqual([]);
  });
});

describe('a suggested selling price', () => {
  it('is the floor in public; who signed in may see less, and that search is not for the public', async () => {
    const [guest, member] = [net.as(null, 'reseller'), net.as('customer', 'reseller')];
    // 200.00 and 15 % are 230.00; the hotel asks 240.00 of the public.
    expect(named(await search(guest), 'Suggested to the Public')!.from.amount).toBe(24000);
    const page = await search(member);
    const found = named(page, 'Suggested to the Public')!;
    expect(found.from.amount).toBe(23000);
    const read = (ctx: Ctx) => world.call(ctx, 'get', `/hotels/${found.hotel.id}`, { query: { searchId: page.id } });
    expect((await read(guest)).status).toBe(404);
    expect((await read(member)).status).toBe(200);
  });

  it('keeps the public price of a search for whoever signs in on the way', async () => {
    const [guest, member] = [net.as(null, 'reseller'), net.as('customer', 'reseller')];
    const page = await search(guest);
    const { hotel } = named(page, 'Suggested to the Public')!;
    const read = async (ctx: Ctx) =>
      HotelDetailView.parse(
        (await world.call(ctx, 'get', `/hotels/${hotel.id}`, { query: { searchId: page.id } })).body,
      ).rates[0]!;
    const shown = await read(guest);
    expect(shown.total.amount).toBe(24000);
    const quoted = await world.call(member, 'post', '/hotels/quotes', { body: { offerId: shown.id } });
    expect(quoted.body).toMatchObject({ total: { amount: 24000 } });
  });
});
