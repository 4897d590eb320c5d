import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abilityFor } from '../access/index.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { createApi } from '../kernel/http/api.ts';
import type { ApiRequest } from '../kernel/http/api.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import { verifyLedger, buildWalletSale, postTransaction, walletEdgesOf } from '../ledger/index.ts';
import { actorOf, addAgency, addBooking, exampleAOf } from '../ledger/testing.ts';
import type { TestAgency } from '../ledger/testing.ts';
import { createTestWorld } from '../testing/index.ts';
import type { TestWorld } from '../testing/index.ts';
import {
  adjust,
  captureHolds,
  chaseOverdue,
  changeCreditLimit,
  createWallets,
  ensureWallet,
  holdForBooking,
  refundToWallets,
  releaseHolds,
  shortfallsOf,
  verifyWallets,
} from './index.ts';
import { changeLowBalance, changeTerms } from './change-terms.ts';
import { ageDebt, blocks } from './ageing.ts';
import { findBlocked, listAgeing } from './read-ageing.ts';
import { q } from '../kernel/database/builder.ts';
import { findWallet } from './repository.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '10' });
});
afterAll(() => world.close());

const at = new Date('2026-11-23T12:00:00.000Z');
const noPages = {
  open: () => Promise.reject(new Error('no card is paid here')),
  read: () => Promise.resolve(undefined),
};

async function network() {
  const made = await world.createTenant();
  const a = await addAgency(made.sql, 'Agency A');
  const b = await addAgency(made.sql, 'Agency B', a);
  for (const agency of [a, b]) await ensureWallet(made.sql, agency.id, 'EUR');
  const api = createApi(createWallets({ database: world.database, pages: noPages, peopleOf: async () => [] }).routes, {
    checkAnswers: true,
  });
  return { ...made, a, b, api };
}
type Network = Awaited<ReturnType<typeof network>>;

const within = <T>(net: Network, work: Parameters<typeof world.database.withTenant<T>>[1]) =>
  world.database.withTenant(net.tenant, work);
const fund = (net: Network, agency: TestAgency, amountMinor: number, key = `fund-${amountMinor}`) =>
  within(net, (sql) =>
    adjust(sql, {
      agencyId: agency.id,
      amountMinor,
      kind: 'top_up',
      reason: 'Transfer',
      key,
      actorId: null,
      occurredAt: at,
    }),
  );
const book = (net: Network, agency = net.b) => addBooking(net.sql, { brandId: net.brand.id, agency, method: 'wallet' });
const edges = (net: Network, ofA: number, ofB: number) => [
  { agencyId: net.a.id, amountMinor: ofA },
  { agencyId: net.b.id, amountMinor: ofB },
];
const hold = (net: Network, bookingId: string, ofA: number, ofB: number) =>
  within(net, (sql) => holdForBooking(sql, { bookingId, currency: 'EUR', edges: edges(net, ofA, ofB) }));

async function figures(net: Network, agency: TestAgency) {
  const wallet = (await findWallet(net.sql, agency.id))!;
  return { balance: wallet.balance_minor, held: wallet.held_minor };
}

describe('holds', () => {
  it('holds every edge, captures it once, and posts the sale in the same transaction', async () => {
    const net = await network();
    await fund(net, net.a, 50000);
    await fund(net, net.b, 30000);
    const sale = exampleAOf(net.a, net.b);
    const booking = await book(net);
    const request = {
      bookingId: booking.id,
      currency: 'EUR',
      edges: walletEdgesOf(sale).map((edge) => ({ agencyId: edge.childId, amountMinor: edge.amount })),
    };
    for (let i = 0; i < 2; i += 1) await within(net, (sql) => holdForBooking(sql, request));
    expect(await figures(net, net.b)).toEqual({ balance: 30000, held: 23500 });
    for (let i = 0; i < 2; i += 1) {
      await within(net, async (sql) => {
        await captureHolds(sql, booking.id);
        await postTransaction(sql, buildWalletSale(sale, booking.id), {
          bookingId: booking.id,
          occurredAt: at,
          description: 'Sale',
        });
      });
    }
    expect(await figures(net, net.a)).toEqual({ balance: 27000, held: 0 });
    expect(await figures(net, net.b)).toEqual({ balance: 6500, held: 0 });
    await expect(within(net, (sql) => releaseHolds(sql, booking.id))).rejects.toMatchObject({
      code: 'wallet.hold_ended',
    });
    expect(await verifyLedger(net.sql)).toEqual({ transactions: 3, imbalances: [] });
  });

  it('tells the seller its own shortfall, and holds nothing', async () => {
    const net = await network();
    await fund(net, net.a, 50000);
    await fund(net, net.b, 10000);
    const booking = await book(net);
    await expect(hold(net, booking.id, 23000, 23500)).rejects.toMatchObject({
      code: 'wallet.insufficient_funds',
      status: 409,
      extensions: { shortfall: { amount: 13500, currency: 'EUR' }, available: { amount: 10000, currency: 'EUR' } },
    });
    expect(await figures(net, net.a)).toEqual({ balance: 50000, held: 0 });
  });

  it('tells the seller nothing of an ancestor but that it must act', async () => {
    const net = await network();
    await fund(net, net.a, 11111);
    await fund(net, net.b, 30000);
    const booking = await book(net);
    const error = await hold(net, booking.id, 23000, 23500).catch(
      (caught: unknown) => caught as Error & { toProblem(): object },
    );
    expect(error).toMatchObject({ code: 'wallet.provider_must_act', status: 409 });
    const told = JSON.stringify((error as Error & { toProblem(): object }).toProblem());
    expect(told).not.toMatch(/11111|11889|23000|Agency A/);
    expect(told).not.toContain(net.a.id);
    expect(shortfallsOf(error)).toEqual([
      expect.objectContaining({ childId: net.a.id, parentId: null, shortfall: 11889 }),
    ]);
    expect(await figures(net, net.b)).toEqual({ balance: 30000, held: 0 });
  });

  it('gives a hold back once and never holds for that booking again', async () => {
    const net = await network();
    await fund(net, net.a, 30000);
    await fund(net, net.b, 30000);
    const booking = await book(net);
    await within(net, (sql) => releaseHolds(sql, booking.id));
    await hold(net, booking.id, 100, 200);
    for (let i = 0; i < 2; i += 1) await within(net, (sql) => releaseHolds(sql, booking.id));
    expect(await figures(net, net.b)).toEqual({ balance: 30000, held: 0 });
    await expect(hold(net, booking.id, 100, 200)).rejects.toMatchObject({ code: 'wallet.hold_ended' });
    await expect(within(net, (sql) => captureHolds(sql, booking.id))).rejects.toMatchObject({
      code: 'wallet.hold_ended',
    });
  });

  it('lets exactly 10 of 50 parallel bookings through when there are funds for 10, from the child and from the parent at once', async () => {
    const net = await network();
    await fund(net, net.a, 1_000_000);
    await fund(net, net.b, 10 * 23500);
    const own = await addAgency(net.sql, 'Agency C', net.a);
    await ensureWallet(net.sql, own.id, 'EUR');
    await fund(net, own, 1_000_000);
    const bookings = await Promise.all(Array.from({ length: 50 }, () => book(net)));
    const others = await Promise.all(Array.from({ length: 15 }, (_, i) => book(net, i % 2 ? net.a : own)));
    const [results, siblings] = await Promise.all([
      Promise.allSettled(bookings.map((booking) => hold(net, booking.id, 100, 23500))),
      Promise.allSettled(
        others.map((booking, i) =>
          within(net, (sql) =>
            holdForBooking(sql, {
              bookingId: booking.id,
              currency: 'EUR',
              edges:
                i % 2
                  ? [{ agencyId: net.a.id, amountMinor: 10 }]
                  : [
                      { agencyId: own.id, amountMinor: 12 },
                      { agencyId: net.a.id, amountMinor: 10 },
                    ],
            }),
          ),
        ),
      ),
    ]);
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(10);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'wallet.insufficient_funds' });
    expect(siblings.every((result) => result.status === 'fulfilled')).toBe(true);
    expect(await figures(net, net.b)).toEqual({ balance: 235000, held: 235000 });
    expect(await figures(net, net.a)).toEqual({ balance: 1_000_000, held: 10 * 100 + 15 * 10 });
  });

  it('example L: credit, and two bookings of which one fits', async () => {
    const net = await network();
    await fund(net, net.a, 20000);
    await within(net, (sql) => changeCreditLimit(sql, { agencyId: net.a.id, limitMinor: 50000, actorId: null }));
    const one = async (amountMinor: number) => {
      const booking = await book(net, net.a);
      await within(net, (sql) =>
        holdForBooking(sql, { bookingId: booking.id, currency: 'EUR', edges: [{ agencyId: net.a.id, amountMinor }] }),
      );
      return booking;
    };
    await one(10000);
    const both = await Promise.allSettled([one(43939), one(43939)]);
    const won = both.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    expect(won).toHaveLength(1);
    await within(net, (sql) => captureHolds(sql, won[0]!.id));
    expect(await figures(net, net.a)).toEqual({ balance: -23939, held: 10000 });
    await expect(one(43939)).rejects.toMatchObject({ extensions: { shortfall: { amount: 27878 } } });
    await fund(net, net.a, 30000);
    await one(43939);
  });

  it('is refused while something is overdue beyond the days of grace, and goes on with the next top-up', async () => {
    const net = await network();
    await within(net, (sql) => changeCreditLimit(sql, { agencyId: net.a.id, limitMinor: 50_000, actorId: null }));
    await fund(net, net.b, 20_000);
    const owe = { agencyId: net.a.id, amountMinor: -4_000, kind: 'adjustment' as const, reason: 'Fee', key: 'fee' };
    await within(net, (sql) => adjust(sql, { ...owe, actorId: null, occurredAt: at }));
    await within(net, (sql) => changeTerms(sql, { agencyId: net.a.id, paymentDays: 10, graceDays: 5 }));
    const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
    const tryAt = async (days: number, agency: TestAgency) => {
      const booking = await book(net, agency);
      const chain = agency === net.a ? [{ agencyId: net.a.id, amountMinor: 100 }] : edges(net, 100, 200);
      const request = { bookingId: booking.id, currency: 'EUR', edges: chain, now: inDays(days) };
      return within(net, (sql) => holdForBooking(sql, request)).catch((error: unknown) => error);
    };
    expect(await tryAt(15, net.a)).toEqual([]);
    expect(await tryAt(16, net.a)).toMatchObject({
      code: 'wallet.overdue',
      extensions: { overdue: { amount: 4_000 } },
    });
    const below = await tryAt(16, net.b);
    expect(below).toMatchObject({ code: 'wallet.provider_must_act' });
    expect(shortfallsOf(below)).toMatchObject([{ childId: net.a.id, shortfall: 4_000 }]);
    const aged = await listAgeing(net.sql, actorOf(null), { limit: 20 }, inDays(45));
    expect(aged.rows).toMatchObject([{ overdue: 4_000, blocked: true, ageing: { daysOverdue: 35 } }]);
    expect(aged.totals[0]!.buckets).toMatchObject({ notDue: 0, upTo60: 4_000 });
    const fail = (error: unknown) => {
      throw error;
    };
    expect(await chaseOverdue(world.database, net.tenant, inDays(13), fail)).toBe(0);
    expect(await chaseOverdue(world.database, net.tenant, inDays(16), fail)).toBe(1);
    expect(await chaseOverdue(world.database, net.tenant, inDays(22), fail)).toBe(0);
    const told = await world.database.platform.all(
      q('platform.outbox')
        .where({ tenant_id: net.tenant.id, kind: 'wallet.overdue@1' })
        .orderBy('id')
        .select('payload'),
    );
    expect(told).toMatchObject([{ payload: { overdueMinor: 4_000 } }]);
    await fund(net, net.a, 4_000);
    expect(await tryAt(16, net.b)).toEqual([]);
  });

  it('ages the debt of many small debits, one by one and summed, as its parts do', async () => {
    const net = await network();
    const debits = await net.sql.all<{ amount: number; at: Date }>(
      q.raw(
        `insert into wallet_entries (id, wallet_id, key, kind, amount_minor, balance_after_minor, held_after_minor, created_at)
         select gen_random_uuid(), w.id, 'd' || n, 'capture', -(n % 97 + 1), 0, 0, now() - n * interval '7 hours'
         from wallets w, generate_series(1, 900) n where w.agency_id = ? returning -amount_minor as amount, created_at as at`,
        [net.a.id],
      ),
    );
    const newestFirst = debits.toSorted((x, y) => y.at.getTime() - x.at.getTime());
    const now = new Date();
    for (const [owed, paymentDays] of [
      [300, 30],
      [12_000, 30],
      [40_000, 15],
      [40_000, null],
    ] as const) {
      const change = { balance_minor: -owed, payment_days: paymentDays, grace_days: paymentDays };
      await net.sql.run(q('wallets').where({ agency_id: net.a.id }).update(change));
      const { rows, totals } = await listAgeing(net.sql, actorOf(null), { limit: 20 }, now);
      const plain = ageDebt(owed, newestFirst, { paymentDays, now });
      expect(rows[0]!.ageing).toEqual(plain);
      expect(totals).toEqual([{ currency: 'EUR', owed, buckets: plain.buckets }]);
      const blocked = await findBlocked(net.sql, [(await findWallet(net.sql, net.a.id))!], now);
      expect(blocked !== undefined).toBe(blocks(plain, paymentDays));
    }
  });

  it('says once that little is left, and again only after there was enough', async () => {
    const net = await network();
    const lows = async () =>
      (
        await world.database.platform.all<{ kind: string }>(
          q('platform.outbox').where({ tenant_id: net.tenant.id, kind: 'wallet.low@1' }).select('kind'),
        )
      ).length;
    await within(net, (sql) => changeLowBalance(sql, { agencyId: net.a.id, lowMinor: 5_000 }));
    await fund(net, net.a, 6_000);
    const take = async (amountMinor: number) => {
      const booking = await book(net, net.a);
      const chain = [{ agencyId: net.a.id, amountMinor }];
      await within(net, (sql) => holdForBooking(sql, { bookingId: booking.id, currency: 'EUR', edges: chain }));
    };
    await take(1_000);
    expect(await lows()).toBe(0);
    await take(1_000);
    await take(1_000);
    expect(await lows()).toBe(1);
    await fund(net, net.a, 9_000, 'more');
    await take(8_000);
    expect(await lows()).toBe(2);
  });

  it('agrees with the ledger, and a wallet that does not is named', async () => {
    const net = await network();
    await fund(net, net.a, 50_000);
    await fund(net, net.b, 30_000);
    expect(await verifyWallets(net.sql)).toEqual({ wallets: 2, differences: [] });
    await net.sql.run(q('wallets').where({ agency_id: net.b.id }).update({ balance_minor: 30_001 }));
    expect((await verifyWallets(net.sql)).differences).toMatchObject([
      { agencyName: 'Agency B', balance: 30_001, ledger: 30_000 },
    ]);
  });

  it('credits a refund once', async () => {
    const net = await network();
    const booking = await book(net);
    for (let i = 0; i < 2; i += 1)
      await within(net, (sql) => refundToWallets(sql, { bookingId: booking.id, key: 'r1', edges: edges(net, 600, 0) }));
    expect(await figures(net, net.a)).toEqual({ balance: 600, held: 0 });
    expect(await figures(net, net.b)).toEqual({ balance: 0, held: 0 });
  });
});

describe('routes', () => {
  const log = createLogger({ level: 'silent', role: 'test' });
  const as = (net: Network, actor: Actor, request: Pick<ApiRequest, 'method' | 'path'> & Partial<ApiRequest>) =>
    net.api.invoke({
      ...request,
      context: {
        requestId: 'r',
        tenant: net.tenant,
        brand: net.brand,
        actor,
        ability: abilityFor(actor),
        sql: net.sql,
        locale: 'en',
        ip: '127.0.0.1',
        log,
      },
    });
  const change = (net: Network, actor: Actor, agency: TestAgency, body: unknown, key = 'key-0001') =>
    as(net, actor, {
      method: 'post',
      path: `/agencies/${agency.id}/wallet/adjustments`,
      body,
      headers: { 'idempotency-key': key },
    });
  const topUp = (amount: number) => ({
    kind: 'top_up',
    amount: { amount, currency: 'EUR' },
    reason: 'Bank transfer 17',
  });

  it('lets the parent top up once per key, with a posting in both books', async () => {
    const net = await network();
    const parent = actorOf(net.a);
    const first = await change(net, parent, net.b, topUp(30000));
    const again = await change(net, parent, net.b, topUp(30000));
    expect([first.reply.status, again.reply.body]).toEqual([201, first.reply.body]);
    expect(await figures(net, net.b)).toEqual({ balance: 30000, held: 0 });
    expect(await verifyLedger(net.sql)).toEqual({ transactions: 1, imbalances: [] });
    const { reply } = await as(net, actorOf(net.b), { method: 'get', path: `/agencies/${net.b.id}/wallet` });
    expect(reply.body).toMatchObject({
      parent: { id: net.a.id, name: 'Agency A' },
      available: { amount: 30000 },
      canAdjust: false,
    });
    const entries = await as(net, actorOf(net.b, 'agent'), {
      method: 'get',
      path: `/agencies/${net.b.id}/wallet/entries`,
    });
    expect(entries.reply.body).toMatchObject({
      data: [{ kind: 'top_up', reason: 'Bank transfer 17', balanceAfter: { amount: 30000 } }],
      next: null,
    });
  });

  it("refuses an agency its own wallet, its parent's, and another currency", async () => {
    const net = await network();
    await expect(change(net, actorOf(net.b), net.b, topUp(1))).rejects.toMatchObject({ status: 403 });
    await expect(change(net, actorOf(net.b), net.a, topUp(1))).rejects.toMatchObject({ status: 404 });
    await expect(
      as(net, actorOf(net.b), { method: 'get', path: `/agencies/${net.a.id}/wallet` }),
    ).rejects.toMatchObject({ status: 404 });
    await expect(
      change(net, actorOf(net.a), net.b, { ...topUp(5), amount: { amount: 5, currency: 'USD' } }),
    ).rejects.toMatchObject({ code: 'wallet.currency_not_accepted' });
    await expect(change(net, actorOf(net.a), net.b, topUp(-5), 'key-0002')).rejects.toMatchObject({ status: 400 });
    await expect(change(net, actorOf(net.b, 'agent'), net.b, topUp(5), 'key-0003')).rejects.toMatchObject({
      status: 403,
    });
  });

  it("sets a limit up to the parent's own, and lists only wallets below", async () => {
    const net = await network();
    const limit = (actor: Actor, agency: TestAgency, amount: number) =>
      as(net, actor, {
        method: 'put',
        path: `/agencies/${agency.id}/credit-limit`,
        body: { creditLimit: { amount, currency: 'EUR' } },
      });
    await limit(actorOf(null), net.a, 5000);
    await expect(limit(actorOf(net.a), net.b, 5001)).rejects.toMatchObject({ code: 'wallet.limit_above_parent' });
    const { reply } = await limit(actorOf(net.a), net.b, 5000);
    expect(reply.body).toMatchObject({ creditLimit: { amount: 5000 }, available: { amount: 5000 }, canAdjust: true });
    const seen = async (actor: Actor) =>
      (await as(net, actor, { method: 'get', path: '/wallets', query: { limit: '1' } })).reply.body as {
        data: { agency: { name: string } }[];
        next: string | null;
      };
    expect((await seen(actorOf(net.b))).data.map((row) => row.agency.name)).toEqual(['Agency B']);
    const all = await seen(actorOf(null));
    expect([all.data.length, all.next === null]).toEqual([1, false]);
  });
});
