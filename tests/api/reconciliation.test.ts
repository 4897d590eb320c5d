import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { wireReconciliation } from '../../server/app/reconcile.ts';
import { createBalanceLines, createStripe } from '../../server/payments/index.ts';
import { q } from '../../server/kernel/database/builder.ts';
import { verifyLedger } from '../../server/ledger/index.ts';
import { createDuffelSuppliers } from '../../server/suppliers/index.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import type { TestWorker } from '../../server/testing/test-worker.ts';
import { bookExample } from '../../server/testing/trips.ts';

let world: PlatformWorld;
let site: TestSite;
let worker: TestWorker;
let guest: SiteClient;
let admin: SiteClient;
let reconciliation: ReturnType<typeof wireReconciliation>;
/** Asked once: a run over midnight compares the day it sold on. */
let today: string;

beforeAll(async () => {
  world = await createPlatformWorld();
  site = world.first;
  worker = world.createWorker();
  guest = site.guest('b');
  admin = (await site.signIn('admin', 'reseller')).client;
  const { config, database, redis, metrics } = world.infra;
  // What happens today is compared tomorrow.
  const clock = { now: () => new Date(Date.now() + 86_400_000) };
  reconciliation = wireReconciliation(
    { database, clock },
    {
      balanceLines: createBalanceLines(createStripe(config)),
      suppliers: createDuffelSuppliers({
        token: config.DUFFEL_TOKEN,
        basePath: config.DUFFEL_API_BASE,
        redis,
        clock,
        metrics,
      }),
      brandOf: () => Promise.resolve(undefined),
    },
  );
  today = reconciliation.lastDay();
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.resetTime();
  await Promise.all([world.forgetRates(), world.sandboxes.clearFaults()]);
});

let made = 0;
async function sold(): Promise<{ id: string; access: string }> {
  const answer = await bookExample(world, guest, { email: `books${(made += 1)}@books.test` });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  await worker.drain();
  return { id: answer.body.id as string, access: `?access=${answer.body.guestToken as string}` };
}
const run = () => reconciliation.reconcileDay(site.tenant, today);
const unsettled = async () =>
  (await admin.get('/reconciliation/cases')).body.data as Array<{
    id: string;
    kind: string;
    counterparty: string;
    booking: { id: string } | null;
    ours: { amount: number };
    theirs: { amount: number };
    difference: { amount: number };
  }>;
const intentOf = async (bookingId: string) =>
  (await site.sql.one<{ intent_id: string }>(q('payments').where({ booking_id: bookingId }).select('intent_id')))!
    .intent_id;
/** Something the payment service did that nobody here knows of. */
const atService = async (method: string, path: string, body: Record<string, string>) => {
  const answer = await fetch(`${world.infra.config.STRIPE_API_BASE}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${world.infra.config.STRIPE_SECRET_KEY}` },
    body: new URLSearchParams(body),
  });
  expect(answer.status).toBe(200);
};

describe('the daily comparison', () => {
  it('of a day that went well matches, posts its fees once, and a second run changes nothing', async () => {
    const { id } = await sold();
    const first = await run();
    expect(first).toMatchObject({ opened: 0, unmatched: 0, unanswered: 0 });
    // The sale at the payment service, the order at the airline.
    expect(first.compared).toBeGreaterThanOrEqual(2);
    const posted = () =>
      site.sql.all(q('ledger_transactions').where({ source: 'reconciliation' }).select('key', 'description'));
    expect(await posted()).toEqual([
      { key: expect.stringMatching(`^fees/${today}/EUR/`), description: expect.stringContaining(today) },
    ]);
    const before = await site.sql.all(q('reconciliation_lines').where({ booking_id: id }));
    expect(await run()).toEqual(first);
    expect([await posted(), await site.sql.all(q('reconciliation_lines').where({ booking_id: id }))]).toEqual([
      [expect.anything()],
      before,
    ]);
    expect((await verifyLedger(site.sql)).imbalances).toEqual([]);
    const days = (await admin.get('/reconciliation/days')).body.data as unknown[];
    expect(days).toHaveLength(2);
  });

  it('finds a refund that only the service knows, posts the difference somebody accepts, and is quiet then', async () => {
    const { id } = await sold();
    await atService('POST', 'refunds', { payment_intent: await intentOf(id), amount: '1000' });
    expect(await run()).toMatchObject({ opened: 1 });
    const found = (await unsettled()).find((one) => one.booking?.id === id)!;
    expect(found).toMatchObject({
      kind: 'amount_differs',
      counterparty: 'stripe',
      ours: { amount: 23970 },
      theirs: { amount: 22970 },
      difference: { amount: -1000 },
    });
    const detail = (await admin.get(`/reconciliation/cases/${found.id}`)).body;
    expect([detail.oursEntries.length, detail.theirsLines.length]).toEqual([1, 2]);

    const accepted = await admin.post(`/reconciliation/cases/${found.id}/resolution`, {
      action: 'accept',
      reason: 'Goodwill, agreed by phone',
    });
    expect([accepted.status, accepted.body.state]).toEqual([200, 'accepted']);
    expect(await run()).toMatchObject({ opened: 0 });
    expect((await unsettled()).filter((one) => one.booking?.id === id)).toEqual([]);
    expect((await verifyLedger(site.sql)).imbalances).toEqual([]);
    const again = await admin.post(`/reconciliation/cases/${found.id}/resolution`, {
      action: 'accept',
      reason: 'again',
    });
    expect([again.status, again.body.code]).toEqual([409, 'reconciliation.case_settled']);
  });

  it('finds money the books do not know yet, and forgets it when a late saga posts it', async () => {
    const answer = await bookExample(world, guest, { email: 'late@books.test' });
    const id = answer.body.id as string;
    // The supplier does not answer for now: the money is taken by hand, as a captured payment whose news comes late would be.
    await atService('POST', `payment_intents/${await intentOf(id)}/capture`, {});
    expect(await run()).toMatchObject({ opened: 1 });
    expect((await unsettled()).find((one) => one.booking?.id === id)).toMatchObject({
      kind: 'missing_here',
      theirs: { amount: 23970 },
    });
    await worker.makeDue();
    await worker.drain();
    expect(await run()).toMatchObject({ opened: 0, healed: 1 });
    expect((await unsettled()).filter((one) => one.booking?.id === id)).toEqual([]);
  });

  it('knows a top-up by its own name, and lets a stray payment be tied to a booking', async () => {
    const { id } = await sold();
    const { reference } = (await admin.get(`/bookings/${id}`)).body;
    const stray = { amount: '500', currency: 'eur', payment_method: 'pm_card_visa', confirm: 'true' };
    await atService('POST', 'payment_intents', {
      ...stray,
      'allowed_payment_method_types[0]': 'card',
      'metadata[tenant_id]': site.tenant.id,
    });
    expect(await run()).toMatchObject({ opened: 1 });
    const found = (await unsettled()).find(({ booking }) => booking === null)!;
    expect(found).toMatchObject({ kind: 'missing_here', theirs: { amount: 500 }, may: { link: true } });
    const linked = await admin.post(`/reconciliation/cases/${found.id}/resolution`, {
      action: 'link',
      reason: 'Paid twice by phone',
      bookingReference: reference,
    });
    expect([linked.status, linked.body.state]).toEqual([200, 'linked']);
    // The booking now has more there than here: that is a case of its own.
    expect((await unsettled()).find((one) => one.booking?.id === id)).toMatchObject({ difference: { amount: 500 } });
  });

  it('asks for two people above the limit', async () => {
    const { id } = await sold();
    await site.sql.run(
      q('settlement_terms').insert({
        agency_id: null,
        period: 'monthly',
        reserve_bp: 0,
        reserve_days: 30,
        minimum_payout_minor: 0,
        four_eyes_minor: 500,
      }),
    );
    await atService('POST', 'refunds', { payment_intent: await intentOf(id), amount: '900' });
    await run();
    const found = (await unsettled()).find((one) => one.booking?.id === id)!;
    const accept = () =>
      admin.post(`/reconciliation/cases/${found.id}/resolution`, { action: 'accept', reason: 'A chargeback of old' });
    expect((await accept()).body.state).toBe('proposed');
    expect((await accept()).body.code).toBe('reconciliation.second_person');
    // Proposed by a colleague, it is hers to accept.
    const colleague = await site.sql.one<{ id: string }>(q('users').where({ role: 'agent' }).select('id'));
    await site.sql.run(q('reconciliation_cases').where({ id: found.id }).update({ author_id: colleague!.id }));
    expect((await accept()).body.state).toBe('accepted');
  });

  it('is the reseller’s alone', async () => {
    const agency = (await site.signIn('agent', 'a')).client;
    for (const path of ['/reconciliation/cases', '/reconciliation/days'])
      expect((await agency.get(path)).status).toBe(403);
    const early = await admin.post('/reconciliation/runs', { day: new Date().toISOString().slice(0, 10) });
    expect([early.status, early.body.code]).toEqual([422, 'reconciliation.day_not_over']);
  });
});
