import { afterAll, beforeAll, expect, it } from 'vitest';
import { abilityFor } from '../access/index.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { createApi } from '../kernel/http/api.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import { actorOf, addAgency, addBooking, exampleAOf, numbersIn } from '../ledger/testing.ts';
import { createTestWorld } from '../testing/index.ts';
import type { TestWorld } from '../testing/index.ts';
import {
  createCommissions,
  recordCommissions,
  releaseDueCommissions,
  reverseCommissions,
  reverseCommissionsTo,
} from './index.ts';

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
  const api = createApi(createCommissions().routes, { checkAnswers: true });
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
  expect(await releaseDueCommissions(net.sql, new Date('2026-12-08T19:59:59Z'))).toBe(0);
  expect(await releaseDueCommissions(net.sql, new Date('2026-12-08T20:00:00Z'))).toBe(2);
  expect((await net.list(actorOf(null), { state: 'pending' })).data).toEqual([]);
  const first = await net.list(actorOf(null), { state: 'payable', limit: '1' });
  const second = await net.list(actorOf(null), { state: 'payable', limit: '1', cursor: first.next! });
  expect([...first.data, ...second.data].map((row) => row.agency.name)).toEqual(['Agency B', 'Agency A']);
  expect(second.next).toBeNull();
});

it('takes back in proportion to the running total of refunds, and a repeat takes nothing', async () => {
  const net = await network();
  await net.record();
  const reverse = (refunded: number) =>
    world.database.withTenant(net.tenant, (sql) =>
      reverseCommissions(sql, { bookingId: net.booking.id, refunded, refundable: 20000 }),
    );
  await reverse(12000);
  expect(await reverse(12000)).toEqual([]);
  // Example C: 60 % of 1330 and of 570.
  expect((await net.list(actorOf(null))).data.map((row) => row.due.amount)).toEqual([1330 - 798, 570 - 342]);
  await reverse(20000);
  expect((await net.list(actorOf(null))).data.map((row) => [row.due.amount, row.state])).toEqual([
    [0, 'reversed'],
    [0, 'reversed'],
  ]);
});

it('takes back by the amounts of a refund plan', async () => {
  const net = await network();
  await net.record();
  const to = new Map([[net.a.id, 342]]);
  for (let i = 0; i < 2; i += 1)
    await world.database.withTenant(net.tenant, (sql) =>
      reverseCommissionsTo(sql, { bookingId: net.booking.id, reversedByAgency: to }),
    );
  expect((await net.list(actorOf(null))).data.map((row) => row.due.amount)).toEqual([1330, 228]);
});
