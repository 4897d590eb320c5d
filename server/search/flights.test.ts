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
    expect(row).toMatchObject({
      product: 'flight',
      agencyId: net.ids.b,
      totalMinor: quote.total.amount,
      currency: 'EUR',
    });
    expect(row!.buildUp.customerTotal).toBe(quote.total.amount);
    expect(row!.buildUp.levels).toHaveLength(3);
  });

  it('asks the supplier once for 64 equal searches at one time, whoever sells', async () => {
    const before = await world.countCalls('offer_requests.create');
    const sellers = [net.as(null, 'b'), net.as('agent', 'a'), net.as('reseller_admin', 'reseller')];
    const answers = await Promise.all(
      Array.from({ length: 64 }, (_, at) =>
        world.call(sellers[at % 3]!, 'post', '/flights/searches', { body: returnTrip(61) }),
      ),
    );
    expect(answers.every((answer) => answer.status === 201)).toBe(true);
    expect(new Set(answers.map((answer) => answer.body['id'])).size).toBe(64);
    expect((await world.countCalls('offer_requests.create')) - before).toBe(1);
  });

  it('filters, sorts and pages on the server, and refuses a cursor it did not give', async () => {
    const ctx = net.as(null, 'b');
    const { body } = await world.call(ctx, 'post', '/flights/searches', { body: returnTrip() });
    const path = `/flights/searches/${String(body['id'])}`;
    const all = FlightSearchView.parse(
      (await world.call(ctx, 'get', path, { query: { sort: 'price', limit: '50' } })).body,
    );
    const prices = all.offers.map((offer) => offer.total.amount);
    expect(prices).toEqual([...prices].sort((a, b) => a - b));
    const first = FlightSearchView.parse(
      (await world.call(ctx, 'get', path, { query: { sort: 'price', limit: '3' } })).body,
    );
    const second = FlightSearchView.parse(
      (await world.call(ctx, 'get', path, { query: { sort: 'price', limit: '3', cursor: first.next! } })).body,
    );
    expect([...first.offers, ...second.offers].map((offer) => offer.id)).toEqual(
      all.offers.slice(0, 6).map((offer) => offer.id),
    );
    const direct = FlightSearchView.parse(
      (await world.call(ctx, 'get', path, { query: { maxStops: '0', sort: 'duration' } })).body,
    );
    expect(direct.offers.every((offer) => offer.stops === 0)).toBe(true);
    expect(direct.total).toBe(direct.facets.stops.find((stop) => stop.value === 0)?.count ?? 0);
    for (const cursor of ['3.AAAAAAAAAA', 'abc', '-1.x', first.next!.replace(/^./, '9')]) {
      const forged = await world.call(ctx, 'get', path, { query: { sort: 'price', limit: '3', cursor } });
      expect(forged).toMatchObject({
        status: 400,
        body: { code: 'request.invalid', errors: [{ code: 'invalid_cursor' }] },
      });
    }
    expect(
      (await world.call(ctx, 'get', path, { query: { sort: 'duration', limit: '3', cursor: first.next! } })).status,
    ).toBe(400);
    expect((await world.call(ctx, 'get', path, { query: { colour: 'red' } })).status).toBe(400);
  });

  it("shows each level its own figures and never an ancestor's", async () => {
    const body = returnTrip(45);
    const supplier = await world.suppliers.flights.search({
      slices: body.slices,
      passengers: [{ type: 'adult' }, { type: 'adult' }, { type: 'child', age: 8 }],
      cabin: 'economy',
    });
    const nets = new Set(supplier.offers.map((offer) => offer.net.total));
    const seen = async (ctx: ReturnType<typeof net.as>) => {
      const found = await world.call(ctx, 'post', '/flights/searches', { body });
      const page = FlightSearchView.parse(found.body);
      const quoted = await world.call(ctx, 'get', `/flights/offers/${page.offers[0]!.id}`);
      const quote = QuoteView.parse(quoted.body);
      const { buildUp } = (await world.search.api.getQuote(net.sql, quote.id))!;
      return { page, text: JSON.stringify(found.body) + JSON.stringify(quoted.body), buildUp };
    };
    const amounts = (text: string) =>
      new Set([...text.matchAll(/"amount":(-?\d+)/g)].map(([, digits]) => Number(digits)));
    const none = (text: string, figures: number[]) => figures.filter((figure) => amounts(text).has(figure));

    const customer = await seen(net.as('customer', 'b'));
    expect(customer.text).not.toContain('"own"');
    expect([...amounts(customer.text)].filter((amount) => nets.has(amount))).toEqual([]);

    const agent = await seen(net.as('agent', 'b'));
    const [reseller, a, b] = agent.buildUp.levels;
    expect(agent.page.offers[0]!.own).toBeDefined();
    expect(amounts(agent.text).has(b!.buyPrice)).toBe(true);
    expect(
      none(agent.text, [
        agent.buildUp.net.total,
        agent.buildUp.net.base,
        reseller!.markup,
        reseller!.sellPrice,
        a!.markup,
        a!.commission,
        agent.buildUp.platformFee.amount,
        agent.buildUp.resellerMargin,
      ]),
    ).toEqual([]);

    const agentA = await seen(net.as('agency_admin', 'a'));
    expect(
      none(agentA.text, [agentA.buildUp.net.total, agentA.buildUp.levels[0]!.markup, agentA.buildUp.resellerMargin]),
    ).toEqual([]);
    expect(agentA.page.offers[0]!.own?.buyPrice.amount).toBe(agentA.buildUp.levels[1]!.buyPrice);

    const owner = await seen(net.as('reseller_admin', 'reseller'));
    expect(owner.page.offers[0]!.own?.buyPrice.amount).toBe(owner.buildUp.net.total);
    // An agent of A on B's brand sells as A; the search of one seller does not exist for another.
    const foreign = await world.call(net.as('agent', 'a'), 'get', `/flights/searches/${agent.page.id}`);
    expect(foreign.status).toBe(404);
  });

  it('gives two shoppers of one cached answer an order each: the second is quoted from a search of its own', async () => {
    const [one, two] = [net.as(null, 'b'), net.as(null, 'reseller')];
    const first = FlightSearchView.parse(
      (await world.call(one, 'post', '/flights/searches', { body: returnTrip(70) })).body,
    );
    const second = FlightSearchView.parse(
      (await world.call(two, 'post', '/flights/searches', { body: returnTrip(70) })).body,
    );
    const quote = async (ctx: typeof one, id: string) =>
      (await world.search.api.getQuote(
        net.sql,
        QuoteView.parse((await world.call(ctx, 'get', `/flights/offers/${id}`)).body).id,
      ))!;
    const [a, b] = [await quote(one, first.offers[0]!.id), await quote(two, second.offers[0]!.id)];
    expect(a.offer).toMatchObject({ product: 'flight' });
    expect((a.offer as { supplierSearchId: string }).supplierSearchId).not.toBe(
      (b.offer as { supplierSearchId: string }).supplierSearchId,
    );
    expect(a.offer.net).toEqual(b.offer.net);
    expect((await quote(one, first.offers[1]!.id)).supplierOfferId.slice(0, 20)).toBe(a.supplierOfferId.slice(0, 20));
  });

  it('says the old and the new total when the airline changed the price', async () => {
    const ctx = net.as(null, 'b');
    const page = FlightSearchView.parse(
      (await world.call(ctx, 'post', '/flights/searches', { body: returnTrip(75) })).body,
    );
    await world.admin('POST', 'faults', { operation: 'offers.get', kind: 'price_change' });
    const quote = QuoteView.parse((await world.call(ctx, 'get', `/flights/offers/${page.offers[0]!.id}`)).body);
    expect(quote.previousTotal).toEqual(page.offers[0]!.total);
    expect(quote.total.amount).toBeGreaterThan(page.offers[0]!.total.amount);
    expect((await world.search.api.getQuote(net.sql, quote.id))!.totalMinor).toBe(quote.total.amount);
  });

  it('answers with a reason instead of failing when the supplier is down or slow', async () => {
    const ctx = net.as(null, 'b');
    await world.admin('POST', 'faults', { operation: 'offer_requests.create', kind: 'http_500' });
    const down = FlightSearchView.parse(
      (await world.call(ctx, 'post', '/flights/searches', { body: returnTrip(80) })).body,
    );
    expect(down).toMatchObject({ offers: [], total: 0, incomplete: [{ supplier: 'duffel' }] });
    const again = FlightSearchView.parse(
      (await world.call(ctx, 'post', '/flights/searches', { body: returnTrip(80) })).body,
    );
    expect(again.incomplete).toEqual([]);
    await world.admin('POST', 'faults', { operation: 'offers.get', kind: 'http_500' });
    expect(await world.call(ctx, 'get', `/flights/offers/${again.offers[0]!.id}`)).toMatchObject({
      status: 503,
      body: { code: 'offer.supplier_unavailable' },
    });
  });
});

describe('flight search input', () => {
  const refuse = async (body: object) => {
    const answer = await world.call(net.as(null, 'b'), 'post', '/flights/searches', { body });
    expect(answer.status).toBe(400);
    return answer.body['errors'] as unknown as Array<{
      pointer: string;
      code: string;
      detail: string;
      suggestions?: Array<{ code: string }>;
    }>;
  };
  const trip = (over: object) => ({ ...returnTrip(), ...over });
  const leg = (origin: string, destination: string, departureDate: string) => ({ origin, destination, departureDate });

  it('refuses past days, a return before the departure and days too far ahead', async () => {
    expect(await refuse(trip({ slices: [leg('MAD', 'JFK', world.day(-2))] }))).toMatchObject([
      { pointer: '/slices/0/departureDate', code: 'in_past' },
    ]);
    expect(
      await refuse(trip({ slices: [leg('MAD', 'JFK', world.day(20)), leg('JFK', 'MAD', world.day(10))] })),
    ).toMatchObject([{ pointer: '/slices/1/departureDate', code: 'before_previous' }]);
    expect(await refuse(trip({ slices: [leg('MAD', 'JFK', world.day(400))] }))).toMatchObject([{ code: 'too_far' }]);
  });

  it('refuses more infants than adults, children alone and parties over nine', async () => {
    expect(await refuse(trip({ passengers: [{ type: 'adult' }, { age: 1 }, { age: 0 }] }))).toMatchObject([
      { pointer: '/passengers', code: 'too_many_infants' },
    ]);
    expect(await refuse(trip({ passengers: [{ age: 12 }] }))).toMatchObject([{ code: 'adult_required' }]);
    expect(await refuse(trip({ passengers: Array.from({ length: 10 }, () => ({ type: 'adult' })) }))).toMatchObject([
      { pointer: '/passengers', code: 'too_big' },
    ]);
  });

  it('refuses an unknown place with what was probably meant, and equal places', async () => {
    const [unknown] = await refuse(trip({ slices: [leg('TXL', 'JFK', world.day(20))] }));
    expect(unknown).toMatchObject({
      pointer: '/slices/0/origin',
      code: 'unknown_place',
      suggestions: [{ code: 'BER' }],
    });
    expect(unknown!.detail).toContain('did you mean BER');
    expect(await refuse(trip({ slices: [leg('MAD', 'MAD', world.day(20))] }))).toMatchObject([
      { pointer: '/slices/0/destination', code: 'same_place' },
    ]);
    expect(await refuse(trip({ slices: [leg('LON', 'LHR', world.day(20))] }))).toMatchObject([{ code: 'same_place' }]);
  });

  it('refuses unknown fields and wrong types by name', async () => {
    expect(await refuse(trip({ colour: 'red' }))).toMatchObject([{ pointer: '/colour', code: 'unknown_field' }]);
    expect(await refuse(trip({ passengers: 'two' }))).toMatchObject([{ pointer: '/passengers' }]);
    expect(await refuse(trip({ slices: [leg('MAD', 'JFK', '2027-02-30')] }))).toMatchObject([
      { pointer: '/slices/0/departureDate' },
    ]);
    expect(await refuse({})).not.toHaveLength(0);
  });
});

describe('an offer that cannot be quoted', () => {
  it('is not found for another tenant, an unknown id or a place beyond the list', async () => {
    const other = await world.createNetwork();
    const page = FlightSearchView.parse(
      (await world.call(net.as(null, 'b'), 'post', '/flights/searches', { body: returnTrip() })).body,
    );
    const { id } = page.offers[0]!;
    expect((await world.call(other.as(null, 'b'), 'get', `/flights/offers/${id}`)).status).toBe(404);
    expect((await world.call(other.as(null, 'b'), 'get', `/flights/searches/${page.id}`)).status).toBe(404);
    for (const wrong of ['nonsense', `${page.id}_9999`, `${page.id}_0_0`])
      expect((await world.call(net.as(null, 'b'), 'get', `/flights/offers/${wrong}`)).status).toBe(404);
  });

  it('has expired: 409 with the search to send again and the page for people', async () => {
    const ctx = net.as(null, 'b');
    const body = returnTrip(50);
    const page = FlightSearchView.parse((await world.call(ctx, 'post', '/flights/searches', { body })).body);
    await world.admin('POST', 'faults', { operation: 'offers.get', kind: 'expired' });
    const gone = await world.call(ctx, 'get', `/flights/offers/${page.offers[0]!.id}`);
    expect(gone).toMatchObject({
      status: 409,
      body: { code: 'offer.expired', searchAgain: { path: '/api/v1/flights/searches' } },
    });
    world.clock.advance(31 * 60_000);
    for (const path of [`/flights/offers/${page.offers[1]!.id}`, `/flights/searches/${page.id}`]) {
      const answer = await world.call(ctx, 'get', path);
      expect(answer).toMatchObject({ status: 409, body: { code: 'offer.expired' } });
      const again = answer.body['searchAgain'] as unknown as { body: object; link: string };
      expect(again.link).toBe(
        `/flights?from=MAD&to=JFK&depart=${body.slices[0]!.departureDate}&return=${body.slices[1]!.departureDate}&adults=2&children=8&cabin=economy`,
      );
      expect((await world.call(ctx, 'post', '/flights/searches', { body: again.body })).status).toBe(201);
    }
  });
});
