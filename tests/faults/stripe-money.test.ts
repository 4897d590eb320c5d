import type Stripe from 'stripe';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { q } from '../../server/kernel/database/builder.ts';
import { verifyLedger } from '../../server/ledger/index.ts';
import { settleAgencies } from '../../server/settlement/index.ts';
import { balanceOf, memo } from '../../server/settlement/testing.ts';
import { createPlatformWorld, type PlatformWorld } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import { allDelivered, ok, stripeOf } from '../../server/testing/stripe.ts';
import { bookExample } from '../../server/testing/trips.ts';

/** Runs of each fault point; more of them by `RUNS=50 npx vitest run tests/faults/stripe-money.test.ts`. */
const RUNS = Number(process.env.RUNS ?? 1);
/** Statements of SQL after which a process dies that begins to follow a dispute, or a transfer's reversal. */
const DEATHS = [1, 3, 6, 9, 12, 15];

let world: PlatformWorld;
let admin: SiteClient;
let stripe: Stripe;
beforeAll(async () => {
  world = await createPlatformWorld({ webhooks: true, resellers: 1 });
  admin = (await world.first.signIn('admin', 'reseller')).client;
  stripe = stripeOf(world);
  await connectAgency();
});
afterAll(() => world?.close());

const agencyId = () => world.first.agencies.a;
const sql = () => world.first.sql;

async function connectAgency(): Promise<void> {
  ok(await admin.post(`/agencies/${agencyId()}/stripe-account/onboarding`, { country: 'ES' }));
  const row = await sql().one<{ account_id: string }>(q('stripe_accounts').select('account_id'));
  await world.sandboxes.control('stripe', 'POST', `accounts/${row?.account_id}/onboarding`, { outcome: 'complete' });
  ok(await admin.put(`/agencies/${agencyId()}/stripe-account`, { isUsed: true }));
}
/** Sells one trip by card; `pm_card_bypassPending` brings money that may be transferred at once. */
let sold = 0;
async function sell(card: string): Promise<string> {
  await world.forgetRates();
  const payment = { method: 'card', paymentMethodId: card };
  const answer = await bookExample(world, world.first.guest('b'), { email: `f${(sold += 1)}@faults.test`, payment });
  await heal();
  return ok<{ id: string }>(answer).id;
}
async function heal(): Promise<void> {
  await allDelivered(world);
  const worker = world.createWorker();
  await worker.makeDue();
  await worker.drain();
  await worker.close();
}
async function die(dies: (statement: number) => boolean | Promise<boolean>): Promise<void> {
  const mortal = world.createWorker({ dies });
  await mortal.drain().catch(() => undefined);
  await mortal.close();
}

let months = 0;
/** An approved statement of the agency, of a month of its own; its transfer is ordered and not sent. */
async function approved(amount: number): Promise<string> {
  const { database } = world.infra;
  const { tenant } = world.first;
  await memo(database, tenant, { agencyId: agencyId(), amount, now: new Date(Date.UTC(2020, months, 10)) });
  months += 1;
  await settleAgencies((work) => database.withTenant(tenant, work), {
    now: new Date(Date.UTC(2020, months, 1, 1)),
    agencyId: agencyId(),
    onFault: (error) => {
      throw error;
    },
  });
  const newest = q('settlement_statements').where({ state: 'closed' }).orderBy('number', 'desc').limit(1).select('id');
  const { id } = (await sql().one<{ id: string }>(newest)) ?? { id: '' };
  await world.forgetRates();
  ok(await admin.post(`/commission-statements/${id}/approval`));
  return id;
}
const sentFor = async (statementId: string) =>
  (await stripe.transfers.list({ transfer_group: `payout:${statementId}` })).data;

/** Where a process that sends a transfer is killed, by name. */
const POINTS: Record<string, (statementId: string) => Promise<void>> = {
  'before the call': () => die((statement) => statement >= 4),
  'answer lost': async () => {
    await world.sandboxes.addFault('stripe', { kind: 'lost_answer', times: 1, path: '/v1/transfers' });
    await die(() => false);
  },
  'answer lost, then killed': async () => {
    await world.sandboxes.addFault('stripe', { kind: 'lost_answer', times: 2, path: '/v1/transfers' });
    let statements = 0;
    await die(() => (statements += 1) >= 8);
  },
  'between answer and mark': (id) => die(async () => (await sentFor(id)).length > 0),
  'inside the mark': (id) => dieAfterCall(id, 4),
  'at the end of the mark': (id) => dieAfterCall(id, 9),
};
async function dieAfterCall(statementId: string, statements: number): Promise<void> {
  let after = 0;
  await die(async () => (after > 0 || (await sentFor(statementId)).length > 0) && (after += 1) > statements);
}

let lost = 0;
let doubled = 0;
let tried = 0;
const tally = (found: number, expected: number): void => {
  tried += 1;
  if (found < expected) lost += 1;
  if (found > expected) doubled += 1;
};
const postingsOf = async (like: string) =>
  (await sql().all(q('ledger_transactions').where('key', 'like', like).select('id'))).length;

it(`transfers killed at ${Object.keys(POINTS).length} points × ${RUNS}: none lost, none doubled`, async () => {
  for (let run = 0; run < RUNS; run += 1) {
    await sell('pm_card_bypassPending');
    for (const [name, kill] of Object.entries(POINTS)) {
      const id = await approved(1100);
      await kill(id);
      await world.sandboxes.clearFaults();
      await heal();
      const transfers = await sentFor(id);
      tally(transfers.length, 1);
      const payout = await sql().one<{ id: string; state: string }>(
        q('payouts').where({ statement_id: id }).select('id', 'state'),
      );
      tally(await postingsOf(`${payout?.id}/paid`), 1);
      expect([name, payout?.state]).toEqual([name, 'paid']);
    }
    // A reversal is followed by a process that dies, and by its heir.
    const id = await approved(1100);
    await heal();
    await stripe.transfers.createReversal((await sentFor(id))[0]?.id ?? '');
    let statements = 0;
    await die(() => (statements += 1) >= (DEATHS[run % DEATHS.length] ?? 1));
    await heal();
    const payout = await sql().one<{ id: string; state: string }>(
      q('payouts').where({ statement_id: id }).select('id', 'state'),
    );
    expect(payout?.state).toBe('returned');
    tally(await postingsOf(`${payout?.id}/returned`), 1);
  }
  expect((await verifyLedger(sql())).imbalances).toEqual([]);
}, 600_000);

it(`disputes killed at ${DEATHS.length} points × ${RUNS}, won and lost by turns: none lost, none doubled`, async () => {
  for (let run = 0; run < RUNS; run += 1)
    for (const [index, at] of DEATHS.entries()) {
      const bookingId = await sell('pm_card_visa');
      const payment = await sql().one<{ intent_id: string }>(
        q('payments').where({ booking_id: bookingId }).select('intent_id'),
      );
      const made = await world.sandboxes.control<{ id: string }>('stripe', 'POST', 'disputes', {
        payment_intent: payment?.intent_id,
      });
      let statements = 0;
      await die(() => (statements += 1) >= at);
      if ((run + index) % 3 === 0) await heal();
      const verdict = (run + index) % 2 === 0 ? 'winning_evidence' : 'losing_evidence';
      await stripe.disputes.update(made.id, { evidence: { uncategorized_text: verdict } });
      let later = 0;
      await die(() => (later += 1) >= at);
      await heal();
      // What was taken and what came of it, in one posting or two by what the dead had read.
      const postings = await postingsOf(`${made.id}/%`);
      tally(postings, Math.min(Math.max(postings, 1), 2));
      const row = await sql().one<{ state: string }>(q('disputes').where({ provider_id: made.id }).select('state'));
      expect(row?.state).toBe(verdict === 'winning_evidence' ? 'won' : 'lost');
    }
  expect(await balanceOf(sql(), 'disputes')).toBe(0);
  expect((await verifyLedger(sql())).imbalances).toEqual([]);
}, 600_000);

it('counts', () => {
  console.log(`${tried} checks after kills: ${lost} lost, ${doubled} doubled`);
  expect([lost, doubled]).toEqual([0, 0]);
  expect(tried).toBeGreaterThan(0);
});
