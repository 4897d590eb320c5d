import type Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { releaseDueCommissions } from '../../server/commissions/index.ts';
import { verifyLedger } from '../../server/ledger/index.ts';
import { q } from '../../server/kernel/database/builder.ts';
import { createPlatformWorld, type PlatformWorld } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import { allDelivered, ok, stripeOf } from '../../server/testing/stripe.ts';
import { bookExample } from '../../server/testing/trips.ts';
import { balanceOf } from '../../server/settlement/testing.ts';

let world: PlatformWorld;
let admin: SiteClient;
let stripe: Stripe;
beforeAll(async () => {
  world = await createPlatformWorld({ webhooks: true });
  admin = (await world.first.signIn('admin', 'reseller')).client;
  stripe = stripeOf(world);
});
afterAll(() => world?.close());
beforeEach(async () => {
  await Promise.all([world.forgetRates(), world.sandboxes.clearFaults()]);
});

async function work(): Promise<void> {
  const worker = world.createWorker();
  await worker.drain();
  await worker.close();
}
/** Every webhook has come in, and what it said is done. */
async function settled(): Promise<void> {
  await allDelivered(world);
  await work();
}
interface View {
  id: string;
  state: string;
  mayAnswer: boolean;
  booking: { id: string };
}
let sold = 0;
async function sell(paymentMethodId: string): Promise<string> {
  const answer = await bookExample(world, world.first.guest('b'), {
    email: `disputes${(sold += 1)}@mail.test`,
    payment: { method: 'card', paymentMethodId },
  });
  const { id } = ok<{ id: string }>(answer);
  await work();
  await settled();
  return id;
}
async function paid(): Promise<{ bookingId: string; intentId: string }> {
  const bookingId = await sell('pm_card_visa');
  const row = await world.first.sql.one<{ intent_id: string }>(
    q('payments').where({ booking_id: bookingId }).select('intent_id'),
  );
  return { bookingId, intentId: row?.intent_id ?? '' };
}
async function disputed(): Promise<{ bookingId: string; dispute: View }> {
  const id = await sell('pm_card_createDispute');
  const { data } = ok<{ data: View[] }>(await admin.get('/disputes'));
  const dispute = data.find(({ booking }) => booking.id === id);
  if (!dispute) throw new Error('The dispute did not arrive');
  return { bookingId: id, dispute };
}
const stateOf = async (table: string, bookingId: string) =>
  (await world.first.sql.all<{ state: string }>(q(table).where({ booking_id: bookingId }).select('state'))).map(
    ({ state }) => state,
  );
const isSound = async () => expect((await verifyLedger(world.first.sql)).imbalances).toEqual([]);
const evidence = (text: string) => ({ customerName: 'Clara Vidal', text });

describe('a disputed card payment', () => {
  it('holds the money and the earnings, tells those who answer, and comes back when won', async () => {
    const { bookingId, dispute } = await disputed();
    expect(dispute).toMatchObject({ state: 'needs_response', reason: 'fraudulent', mayAnswer: true });
    expect(await stateOf('payments', bookingId)).toEqual(['disputed']);
    expect(await balanceOf(world.first.sql, 'disputes')).toBe(23970 + 2000);
    const later = new Date(Date.now() + 90 * 86_400_000);
    await releaseDueCommissions((run) => world.infra.database.withTenant(world.first.tenant, run), later);
    expect([...new Set(await stateOf('commissions', bookingId))]).toEqual(['pending']);
    const mails = await world.sandboxes.mailsTo(`admin@${world.first.tenant.slug}.test`);
    expect(mails.filter(({ subject }) => /Dispute|Disputa/.test(subject))).toHaveLength(1);
    const told = await world.infra.database.platform.all<{ kind: string }>(
      q('platform.outbox').where({ tenant_id: world.first.tenant.id, kind: 'payment.disputed@1' }).select('kind'),
    );
    expect(told).toHaveLength(1);

    const draft = ok<{ text: string; customerName: string }>(await admin.get(`/disputes/${dispute.id}/evidence`));
    expect(draft.customerName).toBe('Clara Vidal');
    expect(draft.text).toMatch(/accepted them and ordered on .* UTC/);
    expect(draft.text).toMatch(/confirmation with itinerary/);
    expect((await admin.post(`/disputes/${dispute.id}/evidence`, { text: 'no' })).status).toBe(400);
    ok(await admin.post(`/disputes/${dispute.id}/evidence`, evidence('winning_evidence')));
    await settled();
    expect(ok(await admin.get(`/disputes/${dispute.id}`))).toMatchObject({ state: 'won', mayAnswer: false });
    expect((await admin.post(`/disputes/${dispute.id}/evidence`, evidence('once more please'))).body.code).toBe(
      'dispute.closed',
    );
    expect(await stateOf('payments', bookingId)).toEqual(['succeeded']);
    expect(await balanceOf(world.first.sql, 'disputes')).toBe(0);
    expect(await balanceOf(world.first.sql, 'dispute_losses')).toBe(2000);
    await releaseDueCommissions((run) => world.infra.database.withTenant(world.first.tenant, run), later);
    expect([...new Set(await stateOf('commissions', bookingId))]).toEqual(['payable']);
    await isSound();
  });

  it('won: what comes back after the end is posted then, the fee alone is lost', async () => {
    const { dispute } = await disputed();
    const losses = await balanceOf(world.first.sql, 'dispute_losses');
    const row = await world.first.sql.one<{ provider_id: string }>(
      q('disputes').where({ id: dispute.id }).select('provider_id'),
    );
    const bank = (path: string, body: object) =>
      world.sandboxes.control('stripe', 'POST', `disputes/${row?.provider_id}/${path}`, body);
    await bank('decision', { outcome: 'won', reinstate: false });
    await settled();
    expect(ok(await admin.get(`/disputes/${dispute.id}`))).toMatchObject({ state: 'won', returned: { amount: 0 } });
    expect(await balanceOf(world.first.sql, 'disputes')).toBe(23970);
    await bank('reinstatement', {});
    await settled();
    expect(ok(await admin.get(`/disputes/${dispute.id}`))).toMatchObject({ returned: { amount: 23970 } });
    expect(await balanceOf(world.first.sql, 'disputes')).toBe(0);
    expect((await balanceOf(world.first.sql, 'dispute_losses')) - losses).toBe(2000);
    await isSound();
  });

  it('lost in parts, after a refund: the commissions of what is left go, and the payment stays disputed', async () => {
    const { bookingId, intentId } = await paid();
    await stripe.refunds.create({ payment_intent: intentId, amount: 3970 });
    await world.first.sql.run(q('payments').where({ booking_id: bookingId }).update({ refunded_minor: 3970 }));
    const dispute = (amount: number) =>
      world.sandboxes.control<{ id: string }>('stripe', 'POST', 'disputes', { payment_intent: intentId, amount });
    const parts = [await dispute(10_000), await dispute(10_000)];
    await settled();
    const end = async (part: number, outcome: 'won' | 'lost') => {
      await world.sandboxes.control('stripe', 'POST', `disputes/${parts[part]?.id}/decision`, { outcome });
      await settled();
    };
    const held = async () =>
      (
        await world.first.sql.all(
          q('commissions').where({ booking_id: bookingId }).whereNotNull('held_at').select('id'),
        )
      ).length;
    await end(0, 'lost');
    expect(await held()).toBe(2);
    await end(1, 'won');
    expect([await held(), await stateOf('payments', bookingId)]).toEqual([0, ['disputed']]);
    // Half of what was left, 200.00 of 239.70: half of the commissions 570 and 1330.
    const clawed = await world.first.sql.one<{ total: number }>(
      q('disputes').where({ booking_id: bookingId }).select(q.raw('sum(clawed_back_minor)::int as total')),
    );
    expect(clawed?.total).toBe(950);
    await isSound();
  });

  it('lost: the reseller bears it, less the commissions of the sale', async () => {
    const before = await balanceOf(world.first.sql, 'dispute_losses');
    const { bookingId, dispute } = await disputed();
    ok(await admin.post(`/disputes/${dispute.id}/evidence`, evidence('losing_evidence')));
    await settled();
    // Example A: commissions 570 and 1330.
    expect(ok(await admin.get(`/disputes/${dispute.id}`))).toMatchObject({
      state: 'lost',
      clawedBack: { amount: 1900 },
    });
    expect(await stateOf('payments', bookingId)).toEqual(['disputed']);
    expect((await balanceOf(world.first.sql, 'dispute_losses')) - before).toBe(23970 + 2000 - 1900);
    const left = await world.first.sql.all<{ left: number; markup: number }>(
      q('commissions')
        .where({ booking_id: bookingId })
        .select(q.raw('(amount_minor - reversed_minor)::int as left'), q.raw('markup_reversed_minor::int as markup')),
    );
    expect(left.every((row) => row.left === 0 && row.markup === 0)).toBe(true);
    await isSound();
  });

  it('a booking is not cancelled while a bank decides; lost, nothing goes back and the supplier’s refund stays', async () => {
    const { bookingId, dispute } = await disputed();
    const ask = () => admin.post(`/bookings/${bookingId}/cancellation-quotes`);
    const refused = await ask();
    expect([refused.status, refused.body.code]).toEqual([409, 'booking.disputed']);
    ok(await admin.post(`/disputes/${dispute.id}/evidence`, evidence('losing_evidence')));
    await settled();
    const cleared = await balanceOf(world.first.sql, 'psp_clearing');
    const owed = await balanceOf(world.first.sql, 'supplier_payable');
    const quote = ok<{ id: string; refund: { amount: number } }>(await ask());
    expect(quote.refund.amount).toBe(0);
    ok(await admin.post(`/cancellation-quotes/${quote.id}/confirm`));
    await work();
    expect(ok(await admin.get(`/bookings/${bookingId}`))).toMatchObject({ state: 'cancelled' });
    expect(await balanceOf(world.first.sql, 'psp_clearing')).toBe(cleared);
    // Example C: the supplier gives 60 % of its 200.00 back.
    expect((await balanceOf(world.first.sql, 'supplier_payable')) - owed).toBe(12_000);
    expect(await stateOf('payments', bookingId)).toEqual(['disputed']);
    await isSound();
  });

  it('says the same whatever order, number and lateness of events, and wherever the worker dies', async () => {
    for (const fault of ['duplicate', 'out_of_order', 'drop'] as const)
      await world.sandboxes.addFault('stripe', {
        kind: fault,
        times: 2,
        event: 'charge.dispute.created',
        delay_ms: 300,
      });
    const { bookingId, dispute } = await disputed();
    const row = await world.first.sql.one<{ provider_id: string }>(
      q('disputes').where({ id: dispute.id }).select('provider_id'),
    );
    await stripe.disputes.update(row?.provider_id ?? '', { evidence: { uncategorized_text: 'losing_evidence' } });
    await expect
      .poll(async () => {
        const pending = q('platform.outbox').where({ kind: 'dispute.provider_event@1', state: 'pending' });
        return (await world.infra.database.platform.all(pending.select('id'))).length;
      })
      .toBeGreaterThan(0);
    for (const at of [2, 6, 10, 14]) {
      let statements = 0;
      const mortal = world.createWorker({ dies: () => (statements += 1) >= at });
      await mortal.drain().catch(() => undefined);
      await mortal.close();
    }
    const heir = world.createWorker();
    await heir.makeDue();
    await heir.drain();
    await heir.close();
    const postings = await world.first.sql.all<{ key: string }>(
      q('ledger_transactions').where({ source: 'dispute', booking_id: bookingId }).orderBy('sequence').select('key'),
    );
    expect(postings.map(({ key }) => key)).toEqual([
      `${row?.provider_id}/open/25970/0`,
      `${row?.provider_id}/lost/25970/0`,
    ]);
    expect(ok(await admin.get(`/disputes/${dispute.id}`))).toMatchObject({ state: 'lost' });
    await isSound();
  });

  it('an inquiry that became a dispute is answered anew', async () => {
    const { bookingId, intentId } = await paid();
    await world.sandboxes.control('stripe', 'POST', 'disputes', { payment_intent: intentId, reason: 'inquiry' });
    await settled();
    const { data } = ok<{ data: View[] }>(await admin.get('/disputes'));
    const id = data.find(({ booking }) => booking.id === bookingId)?.id ?? '';
    ok(await admin.post(`/disputes/${id}/evidence`, evidence('escalate_inquiry_evidence')));
    await settled();
    expect(ok(await admin.get(`/disputes/${id}`))).toMatchObject({ state: 'needs_response' });
    ok(await admin.post(`/disputes/${id}/evidence`, evidence('losing_evidence')));
    await settled();
    expect(ok(await admin.get(`/disputes/${id}`))).toMatchObject({ state: 'lost' });
  });

  it('is nobody else’s: not an agency’s, not another tenant’s', async () => {
    const { data } = ok<{ data: View[] }>(await admin.get('/disputes'));
    const agency = world.first.at('a', { authorization: `Bearer ${await world.first.token('agency_admin', 'a')}` });
    expect((await agency.get('/disputes')).status).toBe(403);
    const other = (await world.second.signIn('admin', 'reseller')).client;
    expect((await other.get(`/disputes/${data[0]?.id ?? ''}`)).status).toBe(404);
    expect(ok(await other.get('/disputes'))).toMatchObject({ data: [] });
  });
});
