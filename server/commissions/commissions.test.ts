import { afterAll, beforeAll, expect, it } from 'vitest';
import { abilityFor } from '../access/index.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { createApi } from '../kernel/http/api.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import { actorOf, addAgency, addBooking, exampleAOf, numbersIn } from '../ledger/testing.ts';
import { createTestWorld } from '../testing/index.ts';
import type { TestWorld } from '../testing/index.ts';
import { createCommissions, recordCommissions, releaseDueCommissions, reverseCommissions } from './index.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

const dates = { travelEndAt: '2026-12-05T20:00:00.000Z' };

async function network() {
  const made = await world.createTenant();
  const a = await addAgency(made.sql, 'Agency A');
  const b = await addAgency(made.sql, 'Agency B', a);
  const booking = await addBooking(made.sql, { brandId: made.brand.id, agency: b });
  const record = (bookingId = booking.id) =>
    world.database.withTenant(made.tenant, (sql) =>
      recordCommissions(sql, { bookingId, buildUp: exampleAOf(a, b), dates }),
    );
  const api = createApi(
    createCommissions({ database: world.database, clock: systemClock, fourEyesLimit: () => Promise.resolve(50_000) })
      .routes,
    { checkAnswers: true },
  );
  const log = createLogger({ level: 'silent', role: 'test' });
  const list = async (actor: Actor, query: Record<string, string> = {}) => {
    const context = {
      requestId: 'r',
      tenant: made.tenant,
      brand: made.brand,
      actor,
      ability: abilityFor(actor),
      sql: made.sql,
      locale: 'en',
      ip: '127.0.0.1',
      log,
    };
    return (await api.invoke({ method: 'get', path: '/commissions', query, context })).reply.body as {
      data: {
        agency: { name: string };
        amount: { amount: number };
        markup: { amount: number };
        due: { amount: number };
        state: string;
        payableAt: string;
        rateBasisPoints?: number;
      }[];
      next: string | null;
      totals: { state: string; count: number; due: { amount: number } }[];
    };
  };
  return { ...made, a, b, booking, record, list };
}

it('records what each agency earned, once', async () => {
  const net = await network();
  await net.record();
  await net.record();
  const { data, totals } = await net.list(actorOf(null));
  expect(data.map((row) => [row.agency.name, row.amount.amount, row.state, row.rateBasisPoints])).toEqual([
    ['Agency B', 1330, 'pending', 700],
    ['Agency A', 570, 'pending', 1000],
  ]);
  expect(data[0]?.payableAt).toBe('2026-12-08T20:00:00.000Z');
  expect(totals).toEqual([{ state: 'pending', count: 2, due: { amount: 1900, currency: 'EUR' } }]);
});

it("shows an agency its own amounts and nothing to reckon its provider's price from", async () => {
  const net = await network();
  await net.record();
  const seen = await net.list(actorOf(net.b));
  expect(seen.data.map((row) => row.amount.amount)).toEqual([1330]);
  expect(seen.totals).toEqual([{ state: 'pending', count: 1, due: { amount: 1330, currency: 'EUR' } }]);
  expect(numbersIn(seen)).toEqual(new Set([1330, 1, 0]));
  await expect(net.list(actorOf(net.b), { agencyId: net.a.id })).rejects.toMatchObject({ status: 404 });
});

it('releases what is due and pages and filters by state', async () => {
  const net = await network();
  await net.record();
  const release = (now: string) =>
    releaseDueCommissions((work) => world.database.withTenant(net.tenant, work), new Date(now));
  expect(await release('2026-12-08T19:59:59Z')).toBe(0);
  expect(await release('2026-12-08T20:00:00Z')).toBe(2);
  expect(await release('2026-12-08T20:00:00Z')).toBe(0);
  expect((await net.list(actorOf(null), { state: 'pending' })).data).toEqual([]);
  const first = await net.list(actorOf(null), { state: 'payable', limit: '1' });
  const second = await net.list(actorOf(null), { state: 'payable', limit: '1', cursor: first.next! });
  expect([...first.data, ...second.data].map((row) => row.agency.name)).toEqual(['Agency B', 'Agency A']);
  expect(second.next).toBeNull();
});

it('takes back what a refund takes, once', async () => {
  const net = await network();
  await net.record();
  const reverse = (key: string, ofA: number, ofB: number) =>
    world.database.withTenant(net.tenant, (sql) =>
      reverseCommissions(sql, {
        bookingId: net.booking.id,
        key,
        at: new Date('2026-11-30T10:00:00Z'),
        currency: 'EUR',
        taken: new Map([
          [net.a.id, { commission: ofA, markup: 0 }],
          [net.b.id, { commission: ofB, markup: 0 }],
        ]),
      }),
    );
  // Example C: 60 % of 570 and of 1330.
  expect(await reverse('first', 342, 798)).toHaveLength(2);
  expect(await reverse('first', 342, 798)).toEqual([]);
  expect((await net.list(actorOf(null))).data.map((row) => row.due.amount)).toEqual([1330 - 798, 570 - 342]);
  await reverse('second', 228, 532);
  expect((await net.list(actorOf(null))).data.map((row) => [row.due.amount, row.state])).toEqual([
    [0, 'reversed'],
    [0, 'reversed'],
  ]);
});

it('owes a card sale its markups, and a cancellation fee to an agency that earned nothing of the sale', async () => {
  const net = await network();
  await world.database.withTenant(net.tenant, (sql) =>
    recordCommissions(sql, { bookingId: net.booking.id, method: 'card', buildUp: exampleAOf(net.a, net.b), dates }),
  );
  expect((await net.list(actorOf(null))).data.map((row) => [row.markup.amount, row.due.amount])).toEqual([
    [470, 1800],
    [500, 1070],
  ]);
  const c = await addAgency(net.sql, 'Agency C', net.b);
  const key = { bookingId: net.booking.id, key: 'r', at: new Date('2026-11-30T10:00:00Z'), currency: 'EUR' };
  await world.database.withTenant(net.tenant, (sql) =>
    reverseCommissions(sql, { ...key, taken: new Map([[c.id, { commission: 0, markup: -1000 }]]) }),
  );
  expect((await net.list(actorOf(c))).data.map((row) => [row.due.amount, row.payableAt])).toEqual([
    [1000, '2026-12-08T23:59:59.000Z'],
  ]);
});
