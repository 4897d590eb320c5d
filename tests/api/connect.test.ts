import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyLedger } from '../../server/ledger/index.ts';
import { q } from '../../server/kernel/database/builder.ts';
import { createPlatformWorld, type PlatformWorld } from '../../server/testing/platform-world.ts';
import { heldInOwnAccounts } from '../../server/app/held-in-own-accounts.ts';
import { newId } from '../../server/kernel/ids.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import { allDelivered, ok, stripeOf } from '../../server/testing/stripe.ts';
import { bookExample } from '../../server/testing/trips.ts';
import { settleAgencies } from '../../server/settlement/index.ts';
import { balanceOf, memo } from '../../server/settlement/testing.ts';

let world: PlatformWorld;
let admin: SiteClient;
let agencyAdmin: SiteClient;
let stripe: Stripe;
beforeAll(async () => {
  world = await createPlatformWorld({ webhooks: true });
  admin = (await world.first.signIn('admin', 'reseller')).client;
  agencyAdmin = world.first.at('a', { authorization: `Bearer ${await world.first.token('agency_admin', 'a')}` });
  stripe = stripeOf(world);
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

const finish = (accountId: string, outcome = 'complete') =>
  world.sandboxes.control('stripe', 'POST', `accounts/${accountId}/onboarding`, { outcome });
const accountIdOf = async (agencyId: string | null) => {
  const mine = q('stripe_accounts').where(agencyId === null ? {} : { agency_id: agencyId });
  if (agencyId === null) void mine.whereNull('agency_id');
  return (await world.first.sql.one<{ account_id: string }>(mine.select('account_id')))?.account_id ?? '';
};
const untilRefreshed = async (run: () => Promise<boolean>): Promise<void> => {
  const worker = world.createWorker();
  for (let i = 0; i < 40; i += 1) {
    await worker.drain();
    if (await run()) break;
    await new Promise((next) => void setTimeout(next, 100));
  }
  await worker.close();
  expect(await run()).toBe(true);
};

describe("the reseller's own account", () => {
  it('is connected by a link, follows Stripe, takes payments once chosen, and never another tenant’s', async () => {
    expect(ok(await admin.get('/stripe-account'))).toMatchObject({ state: 'none', isUsed: false });
    const link = ok<{ url: string }>(await admin.post('/stripe-account/onboarding', { country: 'ES' }));
    expect(link.url).toContain('/setup/s/');
    const early = await admin.put('/stripe-account', { isUsed: true });
    expect([early.status, early.body.code]).toEqual([409, 'payment.account_not_ready']);
    // Begun by one person, gone on with by another, whose process died before it was written here: the same account, or a clear word.
    await world.first.sql.run(q('stripe_accounts').del());
    const other = await admin.post('/stripe-account/onboarding', { country: 'FR' });
    expect([other.status, other.body.code]).toEqual([409, 'connect.onboarding_under_way']);
    ok(await admin.post('/stripe-account/onboarding', { country: 'ES' }));
    const account = await accountIdOf(null);
    await finish(account);
    // The webhook tells, nobody asks.
    await untilRefreshed(async () => ok<{ state: string }>(await admin.get('/stripe-account')).state === 'ready');
    expect(ok(await admin.put('/stripe-account', { isUsed: true }))).toMatchObject({ isUsed: true, requirements: [] });

    const booked = ok<{ id: string }>(await bookExample(world, world.first.guest('b'), { email: 'own@mail.test' }));
    const worker = world.createWorker();
    await worker.drain();
    await worker.close();
    const payment = await world.first.sql.one<Record<string, unknown>>(
      q('payments').where({ booking_id: booked.id }).select('*'),
    );
    expect(payment).toMatchObject({ state: 'succeeded', stripe_account: account, application_fee_minor: 200 });
    const intent = await stripe.paymentIntents.retrieve(String(payment?.intent_id), {}, { stripeAccount: account });
    expect(intent).toMatchObject({ amount_received: 23970, application_fee_amount: 200 });
    expect(await balanceOf(world.first.sql, 'platform_payable')).toBe(0);
    expect(await balanceOf(world.first.sql, 'psp_clearing')).toBe(23970 - 200);

    // A buyer hears that cards cannot be taken, not why.
    await world.first.sql.run(q('stripe_accounts').update({ charges_enabled: false }));
    const refused = await bookExample(world, world.first.guest('b'), { email: 'late@mail.test' });
    expect([refused.status, refused.body.code]).toEqual([409, 'payment.cards_unavailable']);
    await world.first.sql.run(q('stripe_accounts').update({ charges_enabled: true }));

    // The account changes; what was paid in the old one goes back there, the platform's waived part too.
    ok(await admin.put('/stripe-account', { isUsed: false }));
    const quote = ok<{ id: string; refund: { amount: number } }>(
      await admin.post(`/bookings/${booked.id}/cancellation-quotes`),
    );
    ok(await admin.post(`/cancellation-quotes/${quote.id}/confirm`));
    const again = world.createWorker();
    await again.drain();
    await again.close();
    const refunds = await stripe.refunds.list({ payment_intent: intent.id }, { stripeAccount: account });
    expect(refunds.data.map(({ amount }) => amount)).toEqual([quote.refund.amount]);
    const fee = (await stripe.applicationFees.list()).data[0];
    // Example C: the platform waives 60 % of its 200.
    expect(fee).toMatchObject({ amount: 200, amount_refunded: 120 });
    expect(await balanceOf(world.first.sql, 'platform_payable')).toBe(0);
    expect(await balanceOf(world.first.sql, 'psp_clearing')).toBe(23970 - 200 - 14382 + 120);
    expect((await verifyLedger(world.first.sql)).imbalances).toEqual([]);

    // No transfer can draw on what stands there, less what disputes took and Stripe kept.
    const held = () => heldInOwnAccounts(world.first.sql, 'EUR');
    expect(await held()).toBe(23970 - 200 - 14382 + 120);
    const [at, id] = [new Date(), newId()];
    const shared = { booking_id: booked.id, currency: 'EUR', amount_minor: 500 };
    await world.first.sql.run(
      q('disputes').insert({
        ...shared,
        opened_at: at,
        id,
        payment_id: payment?.id,
        provider_id: 'du_own',
        state: 'lost',
        reason: 'fraudulent',
        withdrawn_minor: 700,
        closed_at: at,
      }),
    );
    const line = { ...shared, id: 'txn_own', type: 'charge', reference: 'ch_own', day: world.day(0), happened_at: at };
    await world.first.sql.run(q('reconciliation_lines').insert({ ...line, fee_minor: 50 }));
    expect(await held()).toBe(23970 - 200 - 14382 + 120 - 700 - 50);
    await world.first.sql.run(q('disputes').where({ id }).del());
    await world.first.sql.run(q('reconciliation_lines').where({ id: 'txn_own' }).del());
  });

  it('takes no event of an account that is not its own, whatever its metadata say', async () => {
    const foreign = await stripe.accounts.create({ type: 'standard' });
    await finish(foreign.id);
    const victim = await world.first.sql.one<{ id: string }>(q('payments').limit(1).select('id'));
    const before = await world.first.sql.one<{ n: number }>(q('webhook_receipts').select(q.raw('count(*)::int as n')));
    await stripe.paymentIntents.create(
      {
        amount: 500,
        currency: 'eur',
        payment_method: 'pm_card_createDispute',
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        metadata: { tenant_id: world.first.tenant.id, payment_id: victim?.id ?? '' },
      },
      { stripeAccount: foreign.id },
    );
    await allDelivered(world);
    const after = await world.first.sql.one<{ n: number }>(q('webhook_receipts').select(q.raw('count(*)::int as n')));
    expect(after?.n).toBe(before?.n);
  });
});

describe('an agency paid at Stripe', () => {
  beforeAll(async () => {
    // Money that customers paid with the platform's key, and that is available there at once.
    for (let i = 0; i < 2; i += 1)
      ok(
        await bookExample(world, world.first.guest('b'), {
          email: `fund${i}@mail.test`,
          payment: { method: 'card', paymentMethodId: 'pm_card_bypassPending' },
        }),
      );
    const worker = world.createWorker();
    await worker.drain();
    await worker.close();
  });

  it('connects its own account, is refused until it is ready, and only it and the reseller see it', async () => {
    const { a, b } = world.first.agencies;
    expect((await agencyAdmin.get(`/agencies/${b}/stripe-account`)).status).toBe(404);
    expect((await agencyAdmin.get('/stripe-account')).status).toBe(404);
    await world.first.sql.run(q('agencies').where({ id: a }).update({ tax_id: null }));
    const somewhere = await admin.post(`/agencies/${a}/stripe-account/onboarding`, {});
    expect([somewhere.status, somewhere.body.code]).toEqual([422, 'connect.country_unknown']);
    ok(await admin.post(`/agencies/${a}/stripe-account/onboarding`, { country: 'ES' }));
    await finish(await accountIdOf(a), 'document');
    const refused = await admin.put(`/agencies/${a}/stripe-account`, { isUsed: true });
    expect(refused.body).toMatchObject({ code: 'settlement.payout_account_not_ready', reason: 'restricted' });
    expect(ok(await agencyAdmin.post(`/agencies/${a}/stripe-account/refresh`))).toMatchObject({
      state: 'restricted',
      requirements: ['identity_document'],
    });
    await finish(await accountIdOf(a));
    expect(ok(await admin.put(`/agencies/${a}/stripe-account`, { isUsed: true }))).toMatchObject({
      state: 'ready',
      isUsed: true,
    });
  });

  it('is sent each approved statement once, marked by Stripe’s answer, and opened again after a reversal', async () => {
    const { a } = world.first.agencies;
    const statementId = await approvedFor(a, 5000);
    const other = await admin.post(`/commission-statements/${statementId}/payment`, {});
    expect([other.status, other.body.code]).toEqual([409, 'settlement.paid_by_transfer']);
    const worker = world.createWorker();
    await worker.drain();
    expect(ok(await admin.get(`/commission-statements/${statementId}`))).toMatchObject({
      state: 'paid',
      payment: { method: 'stripe', state: 'paid' },
      may: { markReturned: false },
    });
    const { data } = await stripe.transfers.list({ transfer_group: `payout:${statementId}` });
    expect(data.map(({ amount }) => amount)).toEqual([5000]);
    await stripe.transfers.createReversal(data[0]?.id ?? '');
    await worker.close();
    await untilRefreshed(
      async () => ok<{ state: string }>(await admin.get(`/commission-statements/${statementId}`)).state === 'returned',
    );
    ok(await admin.post(`/commission-statements/${statementId}/reopening`));
    ok(await admin.post(`/commission-statements/${statementId}/approval`));
    await untilRefreshed(
      async () => ok<{ state: string }>(await admin.get(`/commission-statements/${statementId}`)).state === 'paid',
    );
    expect((await stripe.transfers.list({ transfer_group: `payout:${statementId}/2` })).data).toHaveLength(1);
    expect(await balanceOf(world.first.sql, `settlement_payable:${a}`)).toBe(0);
    expect((await verifyLedger(world.first.sql)).imbalances).toEqual([]);
    const news = (await world.sandboxes.mailsTo(`agent@${world.first.tenant.slug}.test`))
      .filter(({ subject }) => subject.startsWith('News for'))
      .map(({ text }) => text);
    for (const said of [/is approved/, /has been paid to/, /The bank returned the payment of €50\.00/])
      expect(news.some((text) => said.test(text))).toBe(true);
  });

  it('is told of its new tier', async () => {
    const { a } = world.first.agencies;
    const exception = { tier: 'platinum', until: world.day(40), reason: 'A good year' };
    ok(await admin.put(`/agencies/${a}/tier-override`, exception));
    const worker = world.createWorker();
    await worker.drain();
    await worker.close();
    const mails = await world.sandboxes.mailsTo(`agent@${world.first.tenant.slug}.test`);
    expect(mails.filter(({ text }) => text.includes('is in the tier Platinum'))).toHaveLength(1);
  });

  it('sends one transfer however often and wherever the worker dies', async () => {
    const { a } = world.first.agencies;
    for (const at of [1, 3, 5, 8, 11, 14]) {
      const statementId = await approvedFor(a, 1000);
      let dead = false;
      let statements = 0;
      const mortal = world.createWorker({ dies: () => (dead ||= (statements += 1) >= at) });
      await mortal.drain().catch(() => undefined);
      await mortal.close();
      const heir = world.createWorker();
      await heir.makeDue();
      await heir.drain();
      await heir.close();
      const { data } = await stripe.transfers.list({ transfer_group: `payout:${statementId}` });
      expect([at, data.length]).toEqual([at, 1]);
      expect(ok(await admin.get(`/commission-statements/${statementId}`))).toMatchObject({ state: 'paid' });
    }
    expect((await verifyLedger(world.first.sql)).imbalances).toEqual([]);
  });

  it('is approved also where nothing can be transferred, and paid in another way', async () => {
    const { a } = world.first.agencies;
    const id = await approvedFor(a, 900_000);
    const send = async () => (await admin.post(`/commission-statements/${id}/transfer`)).body.code;
    expect(await send()).toBe('settlement.transfer_unfunded');
    const reseller = q('stripe_accounts').whereNull('agency_id');
    await world.first.sql.run(reseller.clone().update({ is_used: true }));
    const other = await approvedFor(a, 1000);
    expect(await send()).toBe('settlement.payout_account_not_ready');
    await world.first.sql.run(reseller.clone().update({ is_used: false }));
    expect(ok(await admin.get(`/commission-statements/${other}`))).toMatchObject({ state: 'approved', payment: null });
    const iban = { holder: 'Travel SL', iban: 'ES9121000418450200051332' };
    for (const of of ['', `/agencies/${a}`]) ok(await admin.put(`${of}/payout-account`, iban));
    const executionOn = [1, 2, 3]
      .map((day) => world.day(day))
      .find((day) => ![0, 6].includes(new Date(day).getUTCDay()));
    ok(await admin.post('/payout-files', { executionOn, statementIds: [other] }));
    expect(ok(await admin.get(`/commission-statements/${other}`))).toMatchObject({ payment: { method: 'sepa' } });
    expect(ok(await admin.post(`/commission-statements/${id}/payment`, {}))).toMatchObject({ state: 'paid' });
  });
});

let months = 0;
/** A closed statement of an agency that comes to an amount, of a month of its own. */
async function closedFor(agencyId: string, amount: number): Promise<string> {
  const { database } = world.infra;
  const now = new Date(Date.UTC(2025, months, 10));
  months += 1;
  const { tenant } = world.first;
  await memo(database, tenant, { agencyId, amount, now });
  await settleAgencies((work) => database.withTenant(tenant, work), {
    now: new Date(Date.UTC(2025, months, 1, 1)),
    agencyId,
    onFault: (error) => {
      throw error;
    },
  });
  const newest = q('settlement_statements').where({ agency_id: agencyId, state: 'closed' }).orderBy('number', 'desc');
  return (await world.first.sql.one<{ id: string }>(newest.limit(1).select('id')))?.id ?? '';
}
async function approvedFor(agencyId: string, amount: number): Promise<string> {
  const id = await closedFor(agencyId, amount);
  ok(await admin.post(`/commission-statements/${id}/approval`));
  return id;
}
