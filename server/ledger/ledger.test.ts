import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import { withOwner } from '../kernel/database/owner.ts';
import { newId } from '../kernel/ids.ts';
import { must } from '../kernel/must.ts';
import { createTestWorld } from '../testing/index.ts';
import type { TestWorld } from '../testing/index.ts';
import { marginTax } from '../tax/index.ts';
import {
  buildCardSale,
  buildMarginVat,
  buildWalletSale,
  postTransaction,
  readTripFigures,
  verifyLedger,
} from './index.ts';
import { presentAccount, presentTransaction, presentTrialBalance } from './presenter.ts';
import { listAccounts, listJournal } from './read-ledger.ts';
import { actorOf, addAgency, addBooking, exampleAOf, numbersIn } from './testing.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.close());

const at = new Date('2026-11-23T12:00:00.000Z');

async function network() {
  const made = await world.createTenant();
  const a = await addAgency(made.sql, 'Agency A');
  const b = await addAgency(made.sql, 'Agency B', a);
  const booking = await addBooking(made.sql, { brandId: made.brand.id, agency: b });
  return { ...made, a, b, booking, sale: exampleAOf(a, b) };
}
type Network = Awaited<ReturnType<typeof network>>;

function post(net: Network, build = buildCardSale) {
  const details = { bookingId: net.booking.id, occurredAt: at, description: `Sale ${net.booking.reference}` };
  return world.database.withTenant(net.tenant, (sql) => postTransaction(sql, build(net.sale, net.booking.id), details));
}

/** Balances of one book by code, with ids of agencies replaced by A and B. */
async function balances(net: Network, book: string | null): Promise<Record<string, number>> {
  const rows = await listAccounts(net.sql, actorOf(null), {});
  const named = (code: string) => code.replace(net.a.id, 'A').replace(net.b.id, 'B');
  return Object.fromEntries(
    rows.filter((row) => row.agency_id === book).map((row) => [named(row.code), row.balance_minor]),
  );
}

describe('posting', () => {
  it('example A: a card sale reaches every book to the cent and the trial balance is zero', async () => {
    const net = await network();
    await post(net);
    expect(await balances(net, null)).toEqual({
      psp_clearing: 23970,
      supplier_payable: -20000,
      platform_payable: -200,
      'agency_payable:A': -1070,
      'agency_payable:B': -1800,
      margin: -900,
    });
    expect(await balances(net, net.a.id)).toEqual({
      'receivable:reseller': 1070,
      margin: -500,
      commission_income: -570,
    });
    expect(await balances(net, net.b.id)).toEqual({
      'receivable:reseller': 1800,
      margin: -470,
      commission_income: -1330,
    });
    const trial = presentTrialBalance(await listAccounts(net.sql, actorOf(null), {}), 'Aurora', at);
    expect(trial.books.map(({ book, difference }) => [book.name, difference.amount])).toEqual([
      ['Aurora', 0],
      ['Agency A', 0],
      ['Agency B', 0],
    ]);
    expect(trial.books[0]?.debit.amount).toBe(23970);
  });

  it("example B: the same from B's wallet", async () => {
    const net = await network();
    await post(net, buildWalletSale);
    expect(await balances(net, null)).toEqual({
      'wallet:A': 23000,
      supplier_payable: -20000,
      platform_payable: -200,
      'commission_payable:A': -570,
      'commission_payable:B': -1330,
      margin: -900,
    });
    expect(await balances(net, net.a.id)).toEqual({
      'wallet:B': 23500,
      'payable:reseller': -23000,
      margin: -500,
      'receivable:reseller': 570,
      commission_income: -570,
    });
    expect(await balances(net, net.b.id)).toEqual({
      customer_receivable: 23970,
      'payable:A': -23500,
      margin: -470,
      'receivable:reseller': 1330,
      commission_income: -1330,
    });
  });

  it('example F: the VAT inside the margin stands in the book of whoever sold, and is read back by trip', async () => {
    const net = await network();
    const vatOf = (_: string | null, trip: { total: number; cost: number }) =>
      marginTax({ ...trip, insideBp: 2100 }).vat;
    await post(net);
    await post(net, (sale, bookingId) =>
      must(buildMarginVat(buildCardSale(sale, bookingId), new Map(), vatOf), 'the VAT of the sale'),
    );
    expect(await balances(net, null)).toMatchObject({ margin: -900, margin_vat: 689, vat_payable: -689 });
    const figures = await readTripFigures(net.sql, net.booking.id);
    expect(figures.get('reseller')).toEqual({ total: 23970, cost: 20000, vat: 689 });
    expect(figures.get(`agency:${net.a.id}`)).toEqual({ total: 0, cost: 0, vat: 0 });
  });

  it('posts once per source and key, also when asked twenty times at once', async () => {
    const net = await network();
    const posted = await Promise.all(Array.from({ length: 20 }, () => post(net)));
    expect(new Set(posted.map(({ id }) => id)).size).toBe(1);
    expect(posted.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect((await balances(net, null)).psp_clearing).toBe(23970);
    expect(await verifyLedger(net.sql)).toEqual({ transactions: 1, imbalances: [] });
  });

  it('leaves nothing when the transaction around it fails', async () => {
    const net = await network();
    const attempt = world.database.withTenant(net.tenant, async (sql) => {
      await postTransaction(sql, buildCardSale(net.sale, net.booking.id), { occurredAt: at, description: 'Sale' });
      throw new Error('the saga failed');
    });
    await expect(attempt).rejects.toThrow('the saga failed');
    expect(await verifyLedger(net.sql)).toEqual({ transactions: 0, imbalances: [] });
    expect((await post(net)).sequence).toBe(1);
  });
});

describe('what PostgreSQL refuses by itself', () => {
  it('an unbalanced transaction', async () => {
    const net = await network();
    await post(net);
    const [account] = await net.sql.all<{ id: string; book_id: string }>(
      q('ledger_accounts').where({ code: 'psp_clearing' }).select('id', 'book_id'),
    );
    const attempt = world.database.withTenant(net.tenant, async (sql) => {
      const id = newId();
      await sql.run(
        q('ledger_transactions').insert({
          id,
          sequence: 99,
          source: 'booking',
          key: 'forged',
          description: 'x',
          occurred_at: at,
          previous_hash: 'p',
          hash: 'h',
        }),
      );
      await sql.run(
        q('ledger_entries').insert({
          id: newId(),
          transaction_id: id,
          book_id: account!.book_id,
          account_id: account!.id,
          amount_minor: 100,
          currency: 'EUR',
        }),
      );
    });
    await expect(attempt).rejects.toThrow(/does not sum to zero/);
  });

  it('any change of what was posted, by the tenant and by the owner of the schema', async () => {
    const net = await network();
    await post(net);
    for (const table of ['ledger_entries', 'ledger_transactions']) {
      await expect(net.sql.run(q(table).update({ id: newId() }))).rejects.toThrow(/permission denied/);
      await expect(net.sql.run(q(table).delete())).rejects.toThrow(/permission denied/);
      await withOwner(world.config.DATABASE_URL, async (owner) => {
        await expect(owner.query(`update ${net.tenant.schema}.${table} set id = id`)).rejects.toThrow(/never change/);
        await expect(owner.query(`delete from ${net.tenant.schema}.${table}`)).rejects.toThrow(/never change/);
      });
    }
  });
});

describe('verification', () => {
  it('names the transaction somebody with full rights changed, and the account that no longer fits', async () => {
    const net = await network();
    for (let i = 0; i < 3; i += 1) {
      const booking = await addBooking(net.sql, { brandId: net.brand.id, agency: net.b });
      await post({ ...net, booking });
    }
    expect(await verifyLedger(net.sql)).toEqual({ transactions: 3, imbalances: [] });
    await withOwner(world.config.DATABASE_URL, async (owner) => {
      await owner.query('set session_replication_role = replica');
      await owner.query(`update ${net.tenant.schema}.ledger_entries set amount_minor = amount_minor + 5 where amount_minor = 23970 and transaction_id =
        (select id from ${net.tenant.schema}.ledger_transactions where sequence = 2)`);
    });
    const verified = await verifyLedger(net.sql);
    expect(verified.brokenAt).toBe(2);
    expect(verified.imbalances).toEqual(
      expect.arrayContaining([
        { book: 'reseller', currency: 'EUR', account: 'psp_clearing', difference: -5 },
        { book: 'reseller', currency: 'EUR', difference: 5 },
      ]),
    );
  });

  it('notices transactions cut off the end', async () => {
    const net = await network();
    await post(net);
    await withOwner(world.config.DATABASE_URL, async (owner) => {
      await owner.query('set session_replication_role = replica');
      await owner.query(`delete from ${net.tenant.schema}.ledger_transactions`);
    });
    expect((await verifyLedger(net.sql)).brokenAt).toBe(1);
  });
});

describe('who reads what', () => {
  it('an agency reads its own book and no figure of an ancestor', async () => {
    const net = await network();
    await post(net);
    await post(
      { ...net, booking: await addBooking(net.sql, { brandId: net.brand.id, agency: net.b }) },
      buildWalletSale,
    );
    const b = actorOf(net.b);
    const { transactions, entries, next } = await listJournal(net.sql, b, { limit: 20 });
    expect([transactions.length, next]).toEqual([2, null]);
    const seen = numbersIn([
      transactions.map((row) => presentTransaction(row, entries, { resellerName: 'Aurora', withChain: false })),
      (await listAccounts(net.sql, b, {})).map((row) => presentAccount(row, 'Aurora')),
      presentTrialBalance(await listAccounts(net.sql, b, {}), 'Aurora', at),
    ]);
    // Net, base, taxes, platform fee, both markups and prices above, the reseller's margin, A's earnings.
    for (const figure of [20000, 16000, 4000, 200, 3000, 23000, 500, 900, 570, 1070, 19000])
      expect(seen).not.toContain(figure);
    expect(seen).toContain(23500);
    await expect(listAccounts(net.sql, b, { book: 'reseller' })).rejects.toMatchObject({ status: 404 });
    await expect(listJournal(net.sql, b, { limit: 20, book: net.a.id })).rejects.toMatchObject({ status: 404 });
    expect(await listAccounts(net.sql, actorOf(net.b, 'agent'), {})).toEqual([]);
  });

  it('pages the journal, newest first', async () => {
    const net = await network();
    for (let i = 0; i < 3; i += 1)
      await post({ ...net, booking: await addBooking(net.sql, { brandId: net.brand.id, agency: net.b }) });
    const first = await listJournal(net.sql, actorOf(null), { limit: 2 });
    const second = await listJournal(net.sql, actorOf(null), { limit: 2, cursor: first.next! });
    expect([...first.transactions, ...second.transactions].map((row) => row.sequence)).toEqual([3, 2, 1]);
    expect(second.next).toBeNull();
    await expect(listJournal(net.sql, actorOf(null), { limit: 2, cursor: 'nonsense' })).rejects.toMatchObject({
      status: 400,
    });
  });
});
