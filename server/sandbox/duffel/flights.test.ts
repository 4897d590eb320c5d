import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toCents } from './cents.ts';
import { searchFlights, refusalOf, startTestSandbox } from './testing.ts';
import type { TestSandbox } from './testing.ts';
import { toInstant } from './zone-clock.ts';

const clock = () => new Date('2026-11-23T10:00:00Z');
let test: TestSandbox;

beforeAll(async () => {
  test = await startTestSandbox({ clock });
});
afterAll(() => test.sandbox.stop());

const minutes = (duration: string | null): number => {
  const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(duration ?? '');
  return Number(match?.[1] ?? 0) * 1440 + Number(match?.[2] ?? 0) * 60 + Number(match?.[3] ?? 0);
};

describe('searching flights', () => {
  it('offers a plausible MAD–JFK return whose local times agree with the block time', async () => {
    const { offers } = await searchFlights(test.client, [
      ['MAD', 'JFK', '2027-02-10'],
      ['JFK', 'MAD', '2027-02-17'],
    ]);
    expect(offers.length).toBeGreaterThanOrEqual(15);
    expect(offers.length).toBeLessThanOrEqual(60);
    expect(offers.some((offer) => offer.owner.iata_code === 'IB')).toBe(true);
    for (const offer of offers) {
      expect((toCents(offer.base_amount) ?? 0) + (toCents(offer.tax_amount) ?? 0)).toBe(toCents(offer.total_amount));
      expect(offer.total_currency).toBe('EUR');
      for (const slice of offer.slices) {
        slice.segments.forEach((segment, at) => {
          const left = toInstant(segment.departing_at.slice(0, 16), segment.origin.time_zone);
          const arrived = toInstant(segment.arriving_at.slice(0, 16), segment.destination.time_zone);
          expect((arrived - left) / 60_000).toBe(minutes(segment.duration));
          const next = slice.segments[at + 1];
          if (next)
            expect(
              (toInstant(next.departing_at.slice(0, 16), next.origin.time_zone) - arrived) / 60_000,
            ).toBeGreaterThanOrEqual(45);
        });
      }
    }
    const direct = offers.find((offer) => offer.slices[0]?.segments.length === 1)?.slices[0]?.segments[0];
    expect(minutes(direct?.duration ?? null)).toBeGreaterThan(480);
    expect(minutes(direct?.duration ?? null)).toBeLessThan(520);
    expect(direct?.departing_at).toMatch(/^2027-02-10T\d\d:\d\d:00$/);
  });

  it('gives the same flights and prices for the same search, others for another seed', async () => {
    const shape = async (sandbox: TestSandbox) =>
      (await searchFlights(sandbox.client, [['BCN', 'FCO', '2027-03-05']])).offers.map((offer) => [
        offer.owner.iata_code,
        offer.total_amount,
        offer.slices[0]?.segments.map((segment) => segment.departing_at),
      ]);
    const other = await startTestSandbox({ clock, seed: 'another' });
    const first = await shape(test);
    expect(await shape(test)).toEqual(first);
    expect(await shape(other)).not.toEqual(first);
    await other.sandbox.stop();
  });

  it('lands SYD–LAX before it left on the same local date', async () => {
    const { offers } = await searchFlights(test.client, [['SYD', 'LAX', '2027-03-12']]);
    const direct = offers.find((offer) => offer.slices[0]?.segments.length === 1)?.slices[0]?.segments[0];
    expect(direct?.arriving_at.slice(0, 10)).toBe('2027-03-12');
    expect((direct?.arriving_at ?? '') < (direct?.departing_at ?? '')).toBe(true);
  });

  it('has exactly one ZZ offer of 160.00 plus 40.00 on VLC–BIO on any date', async () => {
    for (const date of ['2026-11-25', '2026-12-24', '2027-01-12', '2027-07-30', '2027-10-31']) {
      const { offers } = await searchFlights(test.client, [['VLC', 'BIO', date]]);
      const exact = offers.filter((offer) => offer.owner.iata_code === 'ZZ' && offer.total_amount === '200.00');
      expect(
        exact.map((offer) => [offer.base_amount, offer.tax_amount, offer.total_currency]),
        date,
      ).toEqual([['160.00', '40.00', 'EUR']]);
      expect(exact[0]?.conditions.refund_before_departure).toEqual({
        allowed: true,
        penalty_amount: '80.00',
        penalty_currency: 'EUR',
      });
    }
  });

  it('prices children and infants below adults and keeps their ages', async () => {
    const total = async (passengers: ({ type: 'adult' } | { age: number })[]) => {
      const { offers } = await searchFlights(test.client, [['MAD', 'BCN', '2027-03-05']], passengers);
      return { cents: toCents(offers[0]?.total_amount) ?? 0, passengers: offers[0]?.passengers };
    };
    const one = await total([{ type: 'adult' }]);
    const family = await total([{ type: 'adult' }, { age: 8 }, { age: 1 }]);
    expect(family.cents).toBeGreaterThan(one.cents);
    expect(family.cents).toBeLessThan(one.cents * 3);
    expect(family.passengers?.map((passenger) => [passenger.type, passenger.age])).toEqual([
      ['adult', null],
      ['child', 8],
      ['infant_without_seat', 1],
    ]);
  });

  it('sells multi-city journeys, metro codes and business class', async () => {
    const multi = await searchFlights(test.client, [
      ['MAD', 'LHR', '2027-03-05'],
      ['LHR', 'FRA', '2027-03-08'],
      ['FRA', 'MAD', '2027-03-12'],
    ]);
    expect(multi.offers.length).toBeGreaterThan(0);
    expect(multi.offers.every((offer) => offer.slices.length === 3)).toBe(true);
    const metro = await searchFlights(
      test.client,
      [
        ['LON', 'NYC', '2027-03-05'],
        ['NYC', 'LON', '2027-03-12'],
      ],
      [{ type: 'adult' }],
      'business',
    );
    expect(metro.slices[0]?.origin.type).toBe('city');
    expect(metro.offers.length).toBeGreaterThan(5);
    expect(metro.offers[0]?.slices[0]?.segments[0]?.passengers[0]?.cabin_class).toBe('business');
    for (const offer of metro.offers)
      expect(offer.slices[0]?.segments[0]?.origin.iata_code).toBe(
        offer.slices[1]?.segments.at(-1)?.destination.iata_code,
      );
  });

  it('always finds a way between small places', async () => {
    for (const [from, to] of [
      ['OVD', 'KTM'],
      ['LPA', 'AKL'],
      ['BIQ', 'SGN'],
    ] as const)
      expect(
        (await searchFlights(test.client, [[from, to, '2027-03-12']])).offers.length,
        `${from}-${to}`,
      ).toBeGreaterThan(0);
  });

  it('shows conditions with three values', async () => {
    const { offers } = await searchFlights(test.client, [
      ['MAD', 'JFK', '2027-02-10'],
      ['JFK', 'MAD', '2027-02-17'],
    ]);
    const rules = offers.map((offer) => offer.conditions.refund_before_departure);
    expect(rules.some((rule) => rule?.allowed === true)).toBe(true);
    expect(rules.some((rule) => rule?.allowed === false)).toBe(true);
  });

  it('refuses impossible searches and names the field', async () => {
    const search = (from: string, to: string, date: string, passengers?: ({ type: 'adult' } | { age: number })[]) =>
      refusalOf(searchFlights(test.client, [[from, to, date]], passengers));
    expect(await search('TXL', 'MAD', '2027-01-10')).toMatchObject({
      status: 422,
      type: 'validation_error',
      field: '/slices/0/origin',
      message: expect.stringContaining('BER'),
    });
    expect(await search('MAD', 'MAD', '2027-01-10')).toMatchObject({ field: '/slices/0/destination' });
    expect(await search('MAD', 'BCN', '2026-11-20')).toMatchObject({ field: '/slices/0/departure_date' });
    expect(await search('MAD', 'BCN', '2027-01-10', [{ type: 'adult' }, { age: 1 }, { age: 0 }])).toMatchObject({
      field: '/passengers',
    });
  });
});

describe('offers', () => {
  it('are listed sorted and in pages', async () => {
    const request = await searchFlights(test.client, [['MAD', 'LHR', '2027-03-05']]);
    const seen: string[] = [];
    for await (const { data } of test.client.offers.listWithGenerator({
      offer_request_id: request.id,
      sort: 'total_amount',
      limit: 7,
    }))
      seen.push(data.total_amount);
    expect(seen.length).toBe(request.offers.length);
    expect(seen.map(Number)).toEqual(seen.map(Number).sort((a, b) => a - b));
    const { data: quickest } = await test.client.offers.list({
      offer_request_id: request.id,
      sort: 'total_duration',
      limit: 1,
    });
    expect(minutes(quickest[0]?.slices[0]?.duration ?? null)).toBe(
      Math.min(...request.offers.map((offer) => minutes(offer.slices[0]?.duration ?? null))),
    );
  });

  it('show bags on request and keep their price', async () => {
    const { offers } = await searchFlights(test.client, [['MAD', 'LHR', '2027-03-05']]);
    const { data, headers } = await test.client.offers.get(offers[0]?.id ?? '', { return_available_services: true });
    expect(data.total_amount).toBe(offers[0]?.total_amount);
    expect(data.available_services[0]).toMatchObject({ type: 'baggage', maximum_quantity: 2 });
    expect(headers?.get('ratelimit-remaining')).toMatch(/^\d+$/);
  });

  it('expire', async () => {
    let now = new Date('2026-11-23T10:00:00Z');
    const moving = await startTestSandbox({ clock: () => now });
    const { offers } = await searchFlights(moving.client, [['MAD', 'LHR', '2027-03-05']]);
    expect(offers[0]?.expires_at).toBe('2026-11-23T10:30:00.000Z');
    now = new Date('2026-11-23T10:30:00Z');
    expect(await refusalOf(moving.client.offers.get(offers[0]?.id ?? ''))).toMatchObject({
      status: 422,
      type: 'airline_error',
      code: 'offer_no_longer_available',
    });
    await moving.sandbox.stop();
  });
});

describe('test routes', () => {
  it('PVD–RAI has none, LHR–DXB only connections, DXB–AMS a stop, JFK–EWR only holds, BTS–MRU no bags', async () => {
    expect((await searchFlights(test.client, [['PVD', 'RAI', '2027-03-05']])).offers).toEqual([]);
    const dubai = (await searchFlights(test.client, [['LHR', 'DXB', '2027-03-05']])).offers;
    expect(dubai.length).toBeGreaterThan(0);
    expect(dubai.every((offer) => (offer.slices[0]?.segments.length ?? 0) > 1)).toBe(true);
    const amsterdam = (await searchFlights(test.client, [['DXB', 'AMS', '2027-03-05']])).offers;
    expect(amsterdam[0]?.slices[0]?.segments[0]?.stops.length).toBe(1);
    const newark = (await searchFlights(test.client, [['JFK', 'EWR', '2027-03-05']])).offers;
    expect(newark.length).toBeGreaterThan(0);
    expect(newark.every((offer) => !offer.payment_requirements.requires_instant_payment)).toBe(true);
    const mauritius = (await searchFlights(test.client, [['BTS', 'MRU', '2027-03-05']])).offers;
    expect(
      (await test.client.offers.get(mauritius[0]?.id ?? '', { return_available_services: true })).data
        .available_services,
    ).toEqual([]);
  });

  it('LHR–STN rises on every read', async () => {
    const { offers } = await searchFlights(test.client, [['LHR', 'STN', '2027-03-05']]);
    const read = async () => Number((await test.client.offers.get(offers[0]?.id ?? '')).data.total_amount);
    const [first, second] = [await read(), await read()];
    expect(first).toBeGreaterThan(Number(offers[0]?.total_amount));
    expect(second).toBeGreaterThan(first);
  });
});

describe('the rest of the wire', () => {
  it('suggests places and lists reference data in pages', async () => {
    const { data } = await test.client.suggestions.list({ query: 'lond' });
    expect(data[0]).toMatchObject({ type: 'city', iata_code: 'LON' });
    expect(data[0]?.airports?.length).toBe(6);
    const page = await test.client.airports.list({ limit: 200 });
    expect(page.data.length).toBe(200);
    expect(page.meta?.after).toBeTruthy();
    expect((await test.client.airlines.get('arl_sandbox_zz')).data.name).toBe('Sandbox Airways');
  });

  it('refuses unknown tokens, live tokens and unknown ids', async () => {
    const strict = await startTestSandbox({ token: 'duffel_test_right' });
    const { Duffel } = await import('@duffel/api');
    for (const token of ['duffel_test_wrong', 'duffel_live_x']) {
      const client = new Duffel({ token, basePath: strict.sandbox.url });
      expect(await refusalOf(client.airlines.list())).toMatchObject({ status: 401, code: 'access_token_not_found' });
    }
    await strict.sandbox.stop();
    expect(await refusalOf(test.client.orders.get('ord_nothing'))).toMatchObject({ status: 404, code: 'not_found' });
  });
});
