import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { abilityFor } from '../../access/index.ts';
import { q } from '../../kernel/database/builder.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { createApi, type ApiRequest } from '../../kernel/http/api.ts';
import { newId } from '../../kernel/ids.ts';
import { createLogger } from '../../kernel/logging/logger.ts';
import { buildPosting, credit, debit, postTransaction, verifyLedger } from '../../ledger/index.ts';
import { actorOf, addAgency, addBooking, type TestAgency } from '../../ledger/testing.ts';
import { deleteRate, putRates } from '../../pricing/exchange/repository.ts';
import { createTestWorld, type TestWorld } from '../../testing/index.ts';
import {
  adjust,
  captureHolds,
  createWallets,
  ensureWallet,
  holdForBooking,
  refundToWallets,
  releaseHolds,
  verifyWallets,
} from '../index.ts';
import { findWallet } from '../repository.ts';
import { adjustForeign } from './adjust-foreign.ts';
import { switchAutoExchange } from './change-currencies.ts';
import { confirmExchange } from './confirm-exchange.ts';
import { quoteExchange } from './quote-exchange.ts';
import { listBalances, putAccepted } from './repository.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld({ DATABASE_POOL_SIZE: '10' });
});
afterAll(() => world.close());

const at = new Date('2026-11-25T12:00:00.000Z');
const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);
const usd = (amount: number) => ({ amount, currency: 'USD' });
const eur = (amount: number) => ({ amount, currency: 'EUR' });
let clockAt = at;
const noPages = {
  open: () => Promise.reject(new Error('no card is paid here')),
  read: () => Promise.resolve(undefined),
};

/** A (of the reseller) and B (of A): dollars at 0.92, of which both keep 1 %, and yen that the reseller takes at 1.5 %. */
async function network() {
  const made = await world.createTenant();
  const mids = { USD: '0.92', JPY: '0.006125' };
  const rates = Object.entries(mids).map(([currency, mid]) => ({
    currency,
    mid,
    source: 'ECB',
    quotedAt: later(-3600),
  }));
  await putRates(made.sql, rates, null);
  const a = await addAgency(made.sql, 'Agency A');
  const b = await addAgency(made.sql, 'Agency B', a);
  for (const agency of [a, b]) await ensureWallet(made.sql, agency.id, 'EUR');
  const accept = (parentId: string | null, currency: string, spreadBp: number) =>
    putAccepted(made.sql, { parentId, currency, spreadBp, changedBy: null });
  await accept(null, 'USD', 100);
  await accept(a.id, 'USD', 100);
  await accept(null, 'JPY', 150);
  const deps = { database: world.database, pages: noPages, peopleOf: async () => [], clock: { now: () => clockAt } };
  const api = createApi(createWallets(deps).routes, { checkAnswers: true });
  return { ...made, a, b, api };
}
type Network = Awaited<ReturnType<typeof network>>;

const within = <T>(net: Network, work: Parameters<typeof world.database.withTenant<T>>[1]) =>
  world.database.withTenant(net.tenant, work);
const change = (agency: TestAgency, amountMinor: number, kind: 'top_up' | 'adjustment' = 'top_up') => ({
  agencyId: agency.id,
  amountMinor,
  kind,
  reason: 'Transfer',
  key: newId(),
  actorId: null,
  occurredAt: at,
});
const fund = (net: Network, agency: TestAgency, currency: string, amountMinor: number) =>
  within(net, async (sql) => {
    if (currency === 'EUR') await adjust(sql, change(agency, amountMinor));
    else await adjustForeign(sql, { ...change(agency, amountMinor), currency });
  });
const quote = (net: Network, agency: TestAgency, amount: { amount: number; currency: string }, now = at) =>
  within(net, (sql) => quoteExchange(sql, { id: newId(), agencyId: agency.id, amount, askedBy: null, now }));
const confirm = (net: Network, agency: TestAgency, id: string, now = later(30)) =>
  within(net, (sql) => confirmExchange(sql, actorOf(agency), { id, now }));
const figures = async (net: Network, agency: TestAgency) => {
  const wallet = (await findWallet(net.sql, agency.id))!;
  const balances = await listBalances(net.sql, wallet.id);
  return Object.fromEntries([
    ['EUR', wallet.balance_minor],
    ...balances.map(({ currency, balance_minor: balance }) => [currency, balance]),
  ]) as Record<string, number>;
};
const sound = async (net: Network) => {
  expect((await verifyLedger(net.sql)).imbalances).toEqual([]);
  expect((await verifyWallets(net.sql)).differences).toEqual([]);
};
const accounts = (net: Network) =>
  net.sql.all<{ book: string | null; code: string; currency: string; balance: number }>(
    q('ledger_balances as l')
      .join('ledger_accounts as c', 'c.id', 'l.account_id')
      .join('ledger_books as b', 'b.id', 'c.book_id')
      .where('l.balance_minor', '<>', 0)
      .orderBy(['c.currency', 'c.code'])
      .select('b.agency_id as book', 'c.code', 'c.currency', 'l.balance_minor as balance'),
  );
const switchOn = (net: Network, agency: TestAgency) =>
  within(net, (sql) => switchAutoExchange(sql, { agencyId: agency.id, isOn: true, now: at }));
const hold = async (net: Network, edges: { agencyId: string; amountMinor: number }[], agency = net.b) => {
  const booking = await addBooking(net.sql, { brandId: net.brand.id, agency, method: 'wallet' });
  const request = { bookingId: booking.id, currency: 'EUR', edges, now: at };
  return { booking, exchanged: await within(net, (sql) => holdForBooking(sql, request)) };
};
const edge = (agency: TestAgency, amountMinor: number) => ({ agencyId: agency.id, amountMinor });

describe('an exchange', () => {
  it('debits the one balance and credits the other, once, and leaves the position in the books of both', async () => {
    const net = await network();
    await fund(net, net.a, 'USD', 50_000);
    const made = await quote(net, net.a, usd(10_000));
    expect(made).toMatchObject({ got_minor: 9_108, at_mid_minor: 9_200, mid: '0.92', spread_bp: 100, source: 'ECB' });
    expect(await figures(net, net.a)).toEqual({ EUR: 0, USD: 50_000 });
    for (let i = 0; i < 2; i += 1) await confirm(net, net.a, made.id);
    expect(await figures(net, net.a)).toEqual({ EUR: 9_108, USD: 40_000 });
    await sound(net);
    const a = net.a.id;
    expect((await accounts(net)).map(({ book, code, currency, balance }) => [book, code, currency, balance])).toEqual(
      expect.arrayContaining([
        [null, `wallet:${a}`, 'EUR', -9_108],
        [null, 'fx_clearing', 'EUR', 9_200],
        [null, 'fx_earnings', 'EUR', -92],
        [a, 'payable:reseller', 'EUR', 9_108],
        [a, 'fx_costs', 'EUR', 92],
        [a, 'fx_clearing', 'EUR', -9_200],
        [null, `wallet:${a}`, 'USD', -40_000],
        [null, 'bank_clearing', 'USD', 50_000],
        [null, 'fx_clearing', 'USD', -10_000],
        [a, 'fx_clearing', 'USD', 10_000],
      ]),
    );
  });

  it('keeps its rate for a minute, whatever becomes of rate and setting, and no longer', async () => {
    const net = await network();
    await fund(net, net.b, 'USD', 50_000);
    const [kept, late] = [await quote(net, net.b, usd(10_000)), await quote(net, net.b, usd(10_000))];
    await deleteRate(net.sql, 'USD');
    await confirm(net, net.b, kept.id, later(59.999));
    await expect(confirm(net, net.b, late.id, later(60))).rejects.toMatchObject({
      code: 'wallet.exchange_quote_expired',
    });
    expect(await figures(net, net.b)).toEqual({ EUR: 9_108, USD: 40_000 });
    // It is A that keeps B's wallet: its book has the position, the reseller's has none.
    expect((await accounts(net)).filter(({ code }) => code === 'fx_earnings').map(({ book }) => book)).toEqual([
      net.a.id,
    ]);
  });

  it('is not offered without a rate, with an old one, beyond the balance, or for what is worth nothing', async () => {
    const net = await network();
    await fund(net, net.a, 'USD', 100);
    await fund(net, net.a, 'JPY', 100);
    const code = (agency: TestAgency, amount: { amount: number; currency: string }, now = at) =>
      quote(net, agency, amount, now).then(
        () => 'offered',
        (error: { code: string }) => error.code,
      );
    expect(await code(net.a, usd(101))).toBe('wallet.foreign_balance_short');
    expect(await code(net.a, { amount: 1, currency: 'JPY' })).toBe('offered');
    expect(await code(net.b, { amount: 1, currency: 'JPY' })).toBe('wallet.currency_not_accepted');
    // 120 hours are allowed.
    expect(await code(net.a, usd(100), later(119 * 3600))).toBe('offered');
    expect(await code(net.a, usd(100), later(119 * 3600 + 1))).toBe('wallet.no_exchange_rate');
    await putRates(net.sql, [{ currency: 'JPY', mid: '0.0001', source: 'Hand', quotedAt: at }], null);
    expect(await code(net.a, { amount: 1, currency: 'JPY' })).toBe('wallet.exchange_too_small');
    await deleteRate(net.sql, 'JPY');
    expect(await code(net.a, { amount: 1, currency: 'JPY' })).toBe('wallet.no_exchange_rate');
  });

  it('of 30 confirmations at once, of one quote or of 30, takes no more than there is', async () => {
    const net = await network();
    await fund(net, net.a, 'USD', 55_000);
    const one = await quote(net, net.a, usd(5_000));
    await Promise.all(Array.from({ length: 30 }, () => confirm(net, net.a, one.id)));
    expect(await figures(net, net.a)).toEqual({ EUR: 4_554, USD: 50_000 });

    const quotes = [];
    for (let i = 0; i < 30; i += 1) quotes.push(await quote(net, net.a, usd(5_000)));
    await switchOn(net, net.a);
    // Beside bookings that exchange by themselves and top-ups that come in: nobody waits in a circle.
    const [done] = await Promise.all([
      Promise.allSettled(quotes.map(({ id }) => confirm(net, net.a, id))),
      Promise.all(Array.from({ length: 5 }, () => fund(net, net.a, 'EUR', 100))),
      Promise.allSettled(Array.from({ length: 5 }, () => hold(net, [edge(net.a, 10)], net.a))),
    ]);
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(10);
    for (const one of done)
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'wallet.foreign_balance_short' });
    expect(await figures(net, net.a)).toEqual({ EUR: 4_554 * 11 + 500, USD: 0 });
    await sound(net);
  });
});

describe('an exchange by itself', () => {
  it('covers what a booking lacks on the seller’s own edge, by the least that does, and stays when it fails', async () => {
    const net = await network();
    await fund(net, net.a, 'EUR', 20_000);
    await fund(net, net.b, 'EUR', 1_000);
    await fund(net, net.b, 'USD', 20_000);
    const ask = [edge(net.a, 9_000), edge(net.b, 10_000)];
    await expect(hold(net, ask)).rejects.toMatchObject({ code: 'wallet.insufficient_funds' });
    await switchOn(net, net.b);
    const { booking, exchanged } = await hold(net, ask);
    expect(exchanged).toEqual([{ given: usd(9_881), got: eur(9_000) }]);
    expect(await figures(net, net.b)).toEqual({ EUR: 10_000, USD: 10_119 });
    await within(net, (sql) => releaseHolds(sql, booking.id));
    expect(await figures(net, net.b)).toEqual({ EUR: 10_000, USD: 10_119 });
    const { reply } = await call(net, actorOf(net.b), { method: 'get', path: '/wallet-exchanges' });
    expect(reply.body).toMatchObject({ data: [{ state: 'done', booking: { id: booking.id }, given: usd(9_881) }] });
    await sound(net);
  });

  it('exchanges nothing for an edge above, for too little, or without a rate', async () => {
    const net = await network();
    await fund(net, net.a, 'USD', 20_000);
    await fund(net, net.b, 'USD', 1_000);
    for (const agency of [net.a, net.b]) await switchOn(net, agency);
    await expect(hold(net, [edge(net.a, 900), edge(net.b, 900)])).rejects.toMatchObject({
      code: 'wallet.provider_must_act',
    });
    await expect(hold(net, [edge(net.a, 19_000)], net.a)).rejects.toMatchObject({
      code: 'wallet.insufficient_funds',
      extensions: { shortfall: eur(19_000) },
    });
    await deleteRate(net.sql, 'USD');
    await expect(hold(net, [edge(net.a, 900)], net.a)).rejects.toMatchObject({ code: 'wallet.insufficient_funds' });
    expect([await figures(net, net.a), await figures(net, net.b)]).toEqual([
      { EUR: 0, USD: 20_000 },
      { EUR: 0, USD: 1_000 },
    ]);
  });
});

const log = createLogger({ level: 'silent', role: 'test' });
const call = (net: Network, actor: Actor, request: Pick<ApiRequest, 'method' | 'path'> & Partial<ApiRequest>) =>
  net.api.invoke({
    headers: { 'idempotency-key': newId() },
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

describe('routes', () => {
  it('a parent takes a currency; its agency announces, the parent approves, the agency exchanges and reads', async () => {
    const net = await network();
    const [parent, agency] = [actorOf(net.a), actorOf(net.b)];
    const at_ = `/agencies/${net.b.id}/wallet`;
    const announce = (currency: string, method = 'transfer') =>
      call(net, agency, {
        method: 'post',
        path: `${at_}/top-ups`,
        body: {
          method,
          amount: { amount: 30_000, currency },
          ...(method === 'transfer' ? { paidOn: '2026-11-24' } : {}),
        },
      });
    await expect(announce('GBP')).rejects.toMatchObject({ code: 'wallet.currency_not_accepted' });
    const put = (actor: Actor, currency: string) =>
      call(net, actor, { method: 'put', path: `/wallet-currencies/${currency}`, body: { spreadBp: 200 } });
    await expect(put(parent, 'EUR')).rejects.toMatchObject({ status: 400 });
    await expect(put(actorOf(net.b, 'agent'), 'GBP')).rejects.toMatchObject({ status: 403 });
    expect((await put(parent, 'GBP')).reply.body).toMatchObject({
      sellingCurrency: 'EUR',
      canChange: true,
      data: [{ currency: 'GBP', spreadBp: 200, isOpen: true }, { currency: 'USD' }],
    });
    await expect(announce('GBP', 'card')).rejects.toMatchObject({ code: 'wallet.card_own_currency' });
    const { reply } = await announce('GBP');
    const topUp = reply.body as { id: string };
    expect(topUp).toMatchObject({ state: 'pending', amount: { amount: 30_000, currency: 'GBP' } });
    // Closed meanwhile: what was announced is still credited.
    await call(net, parent, { method: 'delete', path: '/wallet-currencies/GBP' });
    await expect(announce('GBP')).rejects.toMatchObject({ code: 'wallet.currency_not_accepted' });
    await call(net, parent, { method: 'post', path: `/wallet-top-ups/${topUp.id}/approval` });
    await putRates(net.sql, [{ currency: 'GBP', mid: '1.15', source: 'Hand', quotedAt: at }], null);

    const balances = await call(net, agency, { method: 'get', path: `${at_}/currencies` });
    expect(balances.reply.body).toMatchObject({
      currency: 'EUR',
      canExchange: true,
      autoExchange: false,
      data: [
        {
          balance: { amount: 30_000, currency: 'GBP' },
          topUp: null,
          spreadBp: 200,
          rate: { mid: '1.15', source: 'Hand' },
          worth: eur(33_810),
        },
        { balance: usd(0), spreadBp: 100, topUp: { minimum: usd(1_000) } },
      ],
    });
    const ask = (actor: Actor, amount = 10_000) =>
      call(net, actor, {
        method: 'post',
        path: `${at_}/exchanges`,
        body: { amount: { amount, currency: 'GBP' } },
      });
    await expect(ask(parent)).rejects.toMatchObject({ status: 403 });
    await expect(ask(actorOf(net.b, 'agent'))).rejects.toMatchObject({ status: 403 });
    const quoted = (await ask(agency)).reply.body as { id: string; expiresAt: string };
    expect(quoted).toMatchObject({ state: 'quoted', got: eur(11_270), expiresAt: later(60).toISOString() });
    const take = (actor: Actor) =>
      call(net, actor, { method: 'post', path: `/wallet-exchanges/${quoted.id}/confirmation` });
    await expect(take(parent)).rejects.toMatchObject({ status: 403 });
    clockAt = later(20);
    expect((await take(agency)).reply.body).toMatchObject({ state: 'done', got: eur(11_270) });
    clockAt = at;
    const entries = await call(net, parent, {
      method: 'get',
      path: `${at_}/currencies/GBP/entries`,
      query: { limit: '1' },
    });
    expect(entries.reply.body).toMatchObject({
      data: [{ kind: 'exchange', reason: '100.00 GBP × 1.15 − 2.00 %', amount: { amount: -10_000, currency: 'GBP' } }],
      next: expect.any(String),
    });
    const own = await call(net, agency, { method: 'get', path: `${at_}/entries` });
    expect(own.reply.body).toMatchObject({ data: [{ kind: 'exchange', amount: eur(11_270) }] });
    const csv = await call(net, agency, {
      method: 'get',
      path: `${at_}/currencies/GBP/statement/csv`,
      query: { from: '2026-01-01', to: '2026-12-31' },
    });
    let text = '';
    for await (const chunk of csv.reply.stream!.data) text += chunk;
    expect(text).toMatch(/TU-\d+,300\.00,300\.00,GBP[^]*-100\.00,200\.00,GBP[^]*Closing balance,,,,200\.00,GBP/);
    const on = await call(net, agency, { method: 'put', path: `${at_}/auto-exchange`, body: { autoExchange: true } });
    expect(on.reply.body).toMatchObject({ autoExchange: true });
    await sound(net);
  });
});

describe('the books', () => {
  it('name a balance in another currency that differs, whichever side was changed', async () => {
    const net = await network();
    await fund(net, net.a, 'USD', 5_000);
    await net.sql.run(q('wallet_foreign_balances').update({ balance_minor: 5_001 }));
    expect((await verifyWallets(net.sql)).differences).toMatchObject([
      { agencyName: 'Agency A', currency: 'USD', balance: 5_001, ledger: 5_000 },
    ]);
    await net.sql.run(q('wallet_foreign_balances').update({ balance_minor: 5_000 }));
    const stray = buildPosting({
      source: 'adjustment',
      key: 'stray',
      kind: 'stray',
      currency: 'JPY',
      entries: [debit('reseller', 'bank_clearing', 7), credit('reseller', `wallet:${net.a.id}`, 7)],
    });
    await within(net, (sql) => postTransaction(sql, stray, { occurredAt: at, description: 'Stray' }));
    expect((await verifyWallets(net.sql)).differences).toMatchObject([{ currency: 'JPY', balance: 0, ledger: 7 }]);
  });

  const amount = fc.integer({ min: 1, max: 30_000 });
  const step = fc.oneof(
    fc.record({ do: fc.constant('top up' as const), who: fc.nat(1), currency: fc.constantFrom('EUR', 'USD'), amount }),
    fc.record({ do: fc.constant('exchange' as const), who: fc.nat(1), amount }),
    fc.record({ do: fc.constant('correct' as const), who: fc.nat(1), amount }),
    fc.record({ do: fc.constant('book' as const), who: fc.nat(1), amount }),
    fc.record({ do: fc.constant('end' as const), how: fc.constantFrom('capture', 'release', 'refund') }),
  );

  it('hold after any sequence of top-ups, exchanges, bookings and refunds, and no prepaid balance is below zero', async () => {
    const net = await network();
    const agencies = [net.a, net.b] as const;
    for (const agency of agencies) await switchOn(net, agency);
    type Sale = { id: string; edges: { agencyId: string; amountMinor: number }[] };
    /** The sale and its refund as the ledger sees them, less what concerns no wallet. */
    const post = (sql: Parameters<typeof postTransaction>[0], sale: Sale, sign: 1 | -1) =>
      postTransaction(
        sql,
        buildPosting({
          source: sign > 0 ? 'booking' : 'refund',
          key: `${sale.id}/sale`,
          kind: 'wallet_sale',
          currency: 'EUR',
          entries: sale.edges.flatMap(({ agencyId, amountMinor }) => {
            const book = agencyId === net.a.id ? 'reseller' : `agency:${net.a.id}`;
            return [debit(book, `wallet:${agencyId}`, sign * amountMinor), credit(book, 'margin', sign * amountMinor)];
          }),
        }),
        { bookingId: sale.id, occurredAt: at, description: 'Sale' },
      );
    const walk = async (steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[]) => {
      const [held, captured]: [Sale[], Sale[]] = [[], []];
      for (const one of steps) {
        if (one.do === 'top up') await fund(net, agencies[one.who]!, one.currency, one.amount);
        if (one.do === 'exchange')
          await quote(net, agencies[one.who]!, usd(one.amount))
            .then(({ id }) => confirm(net, agencies[one.who]!, id))
            .catch(() => undefined);
        if (one.do === 'correct')
          await within(net, (sql) =>
            adjustForeign(sql, { ...change(agencies[one.who]!, -one.amount, 'adjustment'), currency: 'USD' }),
          ).catch(() => undefined);
        if (one.do === 'book') {
          const edges = agencies.slice(0, one.who + 1).map((agency) => edge(agency, one.amount));
          const made = await hold(net, edges, agencies[one.who]).catch(() => undefined);
          if (made) held.push({ id: made.booking.id, edges });
        }
        if (one.do === 'end') {
          const sale = one.how === 'refund' ? captured.shift() : held.shift();
          if (!sale) continue;
          await within(net, async (sql) => {
            if (one.how === 'release') return releaseHolds(sql, sale.id);
            if (one.how === 'refund')
              await refundToWallets(sql, { bookingId: sale.id, key: sale.id, edges: sale.edges });
            else await captureHolds(sql, sale.id);
            await post(sql, sale, one.how === 'refund' ? -1 : 1);
          });
          if (one.how === 'capture') captured.push(sale);
        }
      }
      await sound(net);
      for (const agency of agencies)
        for (const balance of Object.values(await figures(net, agency))) expect(balance).toBeGreaterThanOrEqual(0);
      const clearing = (await accounts(net)).filter(({ code }) => code === 'fx_clearing');
      for (const currency of ['USD', 'EUR'])
        expect(clearing.reduce((sum, one) => sum + (one.currency === currency ? one.balance : 0), 0)).toBe(0);
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 16 }), walk), {
      numRuns: 12,
      endOnFailure: true,
    });
  });
});
