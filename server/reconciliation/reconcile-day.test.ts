import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, q } from '../kernel/database/builder.ts';
import { systemActor } from '../kernel/http/actor.ts';
import { noAudit } from '../kernel/http/audit.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import { must } from '../kernel/must.ts';
import { buildDisputeChange, buildPosting, credit, debit, postTransaction } from '../ledger/index.ts';
import type { Posting } from '../ledger/index.ts';
import { addBooking } from '../ledger/testing.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { createReconciliation, type ProviderLine } from './index.ts';
import { insertLines } from './repository.ts';
import { acceptDifference, getCase, linkCase } from './settle-case.ts';

const DAYS = ['2026-11-20', '2026-11-21', '2026-11-22', '2026-11-23'] as const;
const [FIRST, , THIRD, LAST] = DAYS;

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world?.close());

let made = 0;
const line = (day: string, given: Partial<ProviderLine> = {}): ProviderLine => {
  made += 1;
  return {
    id: `txn_${made}`,
    type: 'charge',
    reference: `ch_${made}`,
    ourId: null,
    currency: 'EUR',
    amountMinor: 1000,
    feeMinor: 0,
    happenedAt: new Date(`${day}T10:00:00Z`),
    tenantId: null,
    bookingId: null,
    intentId: null,
    ...given,
  };
};

/** A reseller, and a payment service and suppliers that say what the test lets them say. */
async function desk() {
  const { tenant, sql, brand } = await world.createTenant();
  const said = {
    lines: [] as ProviderLine[],
    ofAccount: [] as ProviderLine[],
    order: { amount: 0, currency: 'EUR' },
    read: [] as string[],
    broken: new Set<string>(),
  };
  let today = '2026-11-24';
  const deps = {
    database: world.database,
    clock: { now: () => new Date(`${today}T05:00:00Z`) },
    ports: {
      async linesOfDay(day: string, account?: string) {
        said.read.push(account ? `${account} ${day}` : day);
        if (said.broken.has(day)) throw new Error('The service does not answer');
        const from = account ? said.ofAccount : said.lines;
        return from.filter(({ happenedAt }) => happenedAt.toISOString().startsWith(day));
      },
      linesOfIntent: async (intentId: string) => said.lines.filter((one) => one.intentId === intentId),
      findOrder: async () => ({ state: 'confirmed' as const, total: said.order }),
      fourEyesLimit: async () => 1_000_000,
      officeOf: async () => undefined,
    },
  };
  const { reconcileDay, reconcileDue } = createReconciliation(deps);
  const actor = { ...systemActor, role: 'reseller_admin' as const };
  const ctx = { tenant, sql, actor, audit: noAudit } as unknown as RequestContext;
  return {
    tenant,
    sql,
    said,
    run: (day: string) => reconcileDay(tenant, day),
    reconcileDue,
    setToday: (day: string) => (today = day),
    post: (posting: Posting, day: string, bookingId: string | null = null) =>
      world.database.withTenant(tenant, (tx) =>
        postTransaction(tx, posting, { bookingId, occurredAt: new Date(`${day}T11:00:00Z`), description: 'A posting' }),
      ),
    book: () => addBooking(sql, { brandId: brand.id }),
    cases: () =>
      sql.all<{ id: string; key: string; state: string; ours_minor: number; theirs_minor: number }>(
        q('reconciliation_cases')
          .orderBy('created_at')
          .orderBy('id')
          .select('id', 'key', 'state', 'ours_minor', 'theirs_minor'),
      ),
    accept: (id: string) => acceptDifference(deps, ctx, id, 'Agreed by phone'),
    link: (id: string, bookingReference: string) => linkCase(deps, ctx, id, { bookingReference, reason: 'By phone' }),
    brand,
  };
}

const sale = (bookingId: string, part: string, amount: number): Posting =>
  buildPosting({
    source: 'booking',
    key: `${bookingId}/${part}`,
    kind: 'card_sale',
    currency: 'EUR',
    entries: [debit('reseller', 'psp_clearing', amount), credit('reseller', 'supplier_payable', amount)],
  });

const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'accepted',
    (error: unknown) => (error as { code?: string }).code ?? error,
  );

describe('days without a run', () => {
  it('are made good, oldest first, their lines read once for all tenants; a day that fails does not stop the others', async () => {
    const [one, other] = [await desk(), await desk()];
    const [a, b] = [await one.book(), await other.book()];
    await one.post(sale(a.id, 'sale', 500), FIRST, a.id);
    await other.post(sale(b.id, 'sale', 500), THIRD, b.id);
    one.said.lines.push(line(FIRST, { tenantId: one.tenant.id, bookingId: a.id, amountMinor: 500, feeMinor: 9 }));
    one.said.lines.push(line(THIRD, { tenantId: other.tenant.id, bookingId: b.id, amountMinor: 500 }));
    one.said.broken.add(DAYS[1]);
    const faults: unknown[] = [];
    const nightly = () =>
      one.reconcileDue([one.tenant, other.tenant], {
        onReport: () => undefined,
        onFault: (_error, { day }) => faults.push(day),
      });
    // The suppliers have no order for either sale.
    expect(await nightly()).toBe(2);
    expect([one.said.read, faults]).toEqual([DAYS, [DAYS[1]]]);
    one.said.broken.clear();
    await nightly();
    expect(one.said.read.slice(DAYS.length)).toEqual([DAYS[1]]);
    one.setToday('2026-12-24');
    await nightly();
    expect(one.said.read.slice(DAYS.length + 1)).toHaveLength(14);
    const runs = (sql: typeof one.sql) =>
      sql.all<{ day: string }>(q('reconciliation_runs').where({ counterparty: 'stripe' }).orderBy('day'));
    expect((await runs(one.sql)).slice(0, 4).map(({ day }) => day)).toEqual(DAYS);
    expect((await runs(other.sql)).slice(0, 2).map(({ day }) => day)).toEqual([THIRD, LAST]);
  });

  it('get their fees also when their lines come with a later day', async () => {
    const { book, post, run, said, sql, tenant } = await desk();
    const { id } = await book();
    await sql.run(
      q('payments').insert({
        id: newId(),
        booking_id: id,
        method: 'card',
        state: 'succeeded',
        amount_minor: 700,
        currency: 'EUR',
        intent_id: `pi_${id}`,
      }),
    );
    await post(sale(id, 'sale', 700), FIRST, id);
    await run(FIRST);
    const shared = { tenantId: tenant.id, bookingId: id, intentId: `pi_${id}` };
    // Told late: the list of the first day did not have it, the payment's own list has.
    said.lines.push(line(FIRST, { ...shared, amountMinor: 700, feeMinor: 21 }));
    await run(LAST);
    const fees = await sql.all<{ key: string }>(
      q('ledger_transactions').where({ source: 'reconciliation' }).select('key'),
    );
    expect(fees).toEqual([{ key: `fees/${FIRST}/EUR/21` }]);
  });
});

describe('movements of no booking', () => {
  it('are summed over all days: a dispute won later is no difference', async () => {
    const { post, run, said, tenant, cases, book } = await desk();
    const { id } = await book();
    const disputeId = `dp_${id}`;
    const of = { type: 'adjustment', reference: disputeId, tenantId: tenant.id, bookingId: id };
    said.lines.push(line(FIRST, { ...of, amountMinor: -2500 }), line(LAST, { ...of, amountMinor: 1000 }));
    const shared = { disputeId, currency: 'EUR' };
    const open = { phase: 'open', amount: 1000, withdrawn: 2500, returned: 0 } as const;
    const won = { ...open, phase: 'won', returned: 1000 } as const;
    await post(must(buildDisputeChange({ ...shared, before: undefined, after: open }), 'the hold'), FIRST);
    expect(await run(FIRST)).toMatchObject({ compared: 1, opened: 0 });
    await post(must(buildDisputeChange({ ...shared, before: open, after: won }), 'the win'), LAST);
    expect(await run(LAST)).toMatchObject({ compared: 1, opened: 0 });
    expect(await cases()).toEqual([]);
  });

  it('in an account of the reseller’s own count without our metadata, save those of another reseller and the way to its bank', async () => {
    const { run, said, sql, cases, book } = await desk();
    const { id } = await book();
    await sql.run(
      q('payments').insert({
        id: newId(),
        booking_id: id,
        method: 'card',
        state: 'succeeded',
        amount_minor: 700,
        currency: 'EUR',
        intent_id: `pi_${id}`,
        stripe_account: 'acct_own',
      }),
    );
    const [stray] = [line(LAST), line(LAST, { tenantId: newId() }), line(LAST, { type: 'payout' })].map(
      (one) => (said.ofAccount.push(one), one),
    );
    // In the account all resellers share nobody knows whose it is.
    said.lines.push(line(LAST));
    await run(LAST);
    expect((await cases()).map(({ key }) => key)).toEqual([`line/${must(stray, 'line').reference}`]);
  });

  it('may be many', async () => {
    const { sql, tenant } = await desk();
    const many = Array.from({ length: 7000 }, () => line(LAST, { amountMinor: 1 }));
    const insert = () => world.database.withTenant(tenant, (tx) => insertLines(tx, many));
    expect([await insert(), await insert()]).toEqual([[LAST], []]);
    expect(await sql.all(q('reconciliation_lines').select('id'))).toHaveLength(7000);
  });
});

describe('settling a case', () => {
  it('posts each decision, also when the case comes back with the same gap', async () => {
    const { book, run, said, sql, tenant, cases, accept } = await desk();
    const { id } = await book();
    for (const round of [1, 2]) {
      said.lines.push(line(LAST, { tenantId: tenant.id, bookingId: id, amountMinor: 300 }));
      expect(await run(LAST)).toMatchObject({ opened: 1 });
      const [found] = await cases();
      await accept(must(found, 'case').id);
      expect(await run(LAST)).toMatchObject({ opened: 0, unmatched: 0 });
      expect(await sql.all(q('ledger_transactions').where({ source: 'reconciliation' }))).toHaveLength(round);
    }
  });

  it('refuses when the books have moved since, and shows the new amounts', async () => {
    const { book, run, said, tenant, cases, accept, post } = await desk();
    const { id } = await book();
    const stray = line(LAST, { tenantId: tenant.id, ourId: newId(), amountMinor: 300 });
    said.lines.push(line(LAST, { tenantId: tenant.id, bookingId: id, amountMinor: 900 }), stray);
    expect(await run(LAST)).toMatchObject({ opened: 2 });
    await post(sale(id, 'sale', 400), LAST, id);
    const late = { ...sale(must(stray.ourId, 'id'), 'paid', 300), source: 'top_up' as const };
    await post(late, LAST);
    for (const found of await cases()) expect(await codeOf(accept(found.id))).toBe('reconciliation.case_moved');
    const now = await cases();
    expect(now.find(({ key }) => key === `booking/${id}`)).toMatchObject({
      state: 'open',
      ours_minor: 400,
      theirs_minor: 900,
    });
    expect(now.find(({ key }) => key.startsWith('line/'))).toMatchObject({ state: 'healed', ours_minor: 300 });
  });

  it('ties no transfer and no adjustment to a booking: nothing would compare it any more', async () => {
    const { book, run, said, tenant, cases, link, sql } = await desk();
    const { reference } = await book();
    for (const type of ['charge', 'transfer', 'adjustment'])
      said.lines.push(line(LAST, { tenantId: tenant.id, type, reference: `${type}_1` }));
    await run(LAST);
    const outcomes = new Map<string, unknown>();
    for (const { id, key } of await cases()) {
      const { isBooked } = await getCase(sql, id);
      outcomes.set(key, [isBooked, await codeOf(link(id, reference))]);
    }
    expect(Object.fromEntries(outcomes)).toEqual({
      'line/charge_1': [true, 'accepted'],
      'line/transfer_1': [false, 'reconciliation.not_linkable'],
      'line/adjustment_1': [false, 'reconciliation.not_linkable'],
    });
  });
});

describe('an order in another currency', () => {
  it.each([
    ['is compared at the rate of the sale', 20_000, 0],
    ['differs when the supplier asks for more', 25_000, 1],
  ])('%s', async (_title, amount, opened) => {
    const { book, post, run, said, sql, brand } = await desk();
    const { id } = await book();
    const offer = { product: 'stay', supplier: 'duffel', supplier_offer_id: 'off_1', offer: json({}) };
    const rate = { from: 'USD', to: 'EUR', mid: '0.9', spreadBp: 200, source: 'ECB', at: '2026-11-20T00:00:00Z' };
    const money = { build_up: json({ fx: { rate } }), net_minor: 18_360, total_minor: 20_000, currency: 'EUR' };
    const quoteId = newId();
    await sql.run(q('quotes').insert({ id: quoteId, ...offer, ...money, brand_id: brand.id, expires_at: new Date() }));
    await sql.run(
      q('booking_items').insert({
        id: newId(),
        booking_id: id,
        position: 0,
        quote_id: quoteId,
        supplier_order_id: 'ord_1',
        ...offer,
        ...money,
      }),
    );
    // 200.00 USD in the middle of the market.
    await post(
      {
        ...sale(id, 'sale', 18_000),
        entries: [debit('reseller', 'customer_receivable', 18_000), credit('reseller', 'supplier_payable', 18_000)],
      },
      LAST,
      id,
    );
    said.order = { amount, currency: 'USD' };
    expect(await run(LAST)).toMatchObject({ compared: 1, opened });
    // Without a rate there is nothing to compare but that there is an order.
    said.order = { amount, currency: 'JPY' };
    expect(await run(LAST)).toMatchObject({ compared: 1, opened: 0, healed: opened });
  });
});
