import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { remindDue } from '../../server/receivables/index.ts';
import { createPlatformWorld, type PlatformWorld } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import type { TestWorker } from '../../server/testing/test-worker.ts';
import { bookExample } from '../../server/testing/trips.ts';

let world: PlatformWorld;
let worker: TestWorker;
let [admin, agencyA, agencyB]: SiteClient[] = [];
let ids: { a: string; b: string };

interface Receivable {
  id: string;
  invoice: { number: string } | null;
  booking: { id: string } | null;
  reason: string | null;
  open: { amount: number };
  daysOverdue: number;
  reminder: { level: number } | null;
}

beforeAll(async () => {
  world = await createPlatformWorld({ resellers: 1 });
  ids = world.first.agencies;
  admin = (await world.first.signIn('admin', 'reseller')).client;
  agencyA = world.first.at('a', { authorization: `Bearer ${await world.first.token('agency_admin', 'a')}` });
  agencyB = (await world.first.signIn('subagent', 'b')).client;
  worker = world.createWorker();
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const listOf = async (client: SiteClient, show = 'all') =>
  (await client.get(`/receivables?show=${show}`)).body as {
    data: Receivable[];
    totals: { owed: { amount: number }; overdue: { amount: number }; buckets: Record<string, { amount: number }> }[];
  };
let daysOn = 0;
function pass(days: number): void {
  daysOn += days;
  world.passTime(days * 86_400);
}
const run = () =>
  remindDue(
    (work) => world.infra.database.withTenant(world.first.tenant, work),
    new Date(Date.now() + daysOn * 86_400_000),
  );
const mailsTo = async (mailbox: string) => {
  await worker.drain();
  const all = await world.sandboxes.mailsTo(`${mailbox}@${world.first.tenant.slug}.test`);
  return all.filter(({ subject }) => subject.startsWith('Payments of'));
};
async function sold() {
  const booked = await bookExample(world, agencyB!, { email: 'debt@due.test', payment: { method: 'wallet' } });
  expect([booked.status, booked.text]).toEqual([201, expect.any(String)]);
  await worker.drain();
  return booked.body.id as string;
}

describe('what is not paid', () => {
  it('is each level’s own to see: an invoice, an adjustment, with what is open of it and its age', async () => {
    for (const [client, id] of [
      [admin!, ids.a],
      [agencyA!, ids.b],
    ] as const) {
      expect(
        (await client.put(`/agencies/${id}/wallet/terms`, { paymentDays: 10, graceDays: null })).status,
        'terms',
      ).toBe(200);
      const balance = (await client.get(`/agencies/${id}/wallet`)).body.balance.amount as number;
      if (balance > 0) {
        const all = { kind: 'adjustment', amount: eur(-balance), reason: 'Paid back' };
        expect((await client.post(`/agencies/${id}/wallet/adjustments`, all)).status).toBe(201);
      }
      const limit = { creditLimit: eur(200_000) };
      expect((await client.put(`/agencies/${id}/credit-limit`, limit)).status).toBe(200);
    }
    expect((await listOf(admin!)).data).toEqual([]);
    const bookingId = await sold();
    const fee = { kind: 'adjustment', amount: eur(-5_000), reason: 'Fee of the fair' };
    expect((await admin!.post(`/agencies/${ids.a}/wallet/adjustments`, fee)).status).toBe(201);
    const { data, totals } = await listOf(admin!);
    expect(data).toMatchObject([
      { booking: { id: bookingId }, invoice: { number: expect.stringMatching(/^F-/) }, daysOverdue: -10 },
      { invoice: null, reason: 'Fee of the fair', open: eur(5_000) },
    ]);
    const invoices = (await admin!.get(`/invoices?bookingId=${bookingId}`)).body.data as {
      number: string;
      total: object;
    }[];
    expect(invoices.find(({ number }) => number === data[0]!.invoice!.number)!.total).toEqual(data[0]!.open);
    expect(totals).toMatchObject([{ overdue: eur(0), owed: eur(data[0]!.open.amount + 5_000) }]);
    // A's claim on B is A's, and B's own list is empty.
    const below = (await listOf(agencyA!)).data;
    expect(below).toMatchObject([{ booking: { id: bookingId } }]);
    expect(below[0]!.id).not.toBe(data[0]!.id);
    expect((await agencyB!.get('/receivables')).body.data ?? []).toEqual([]);
    expect((await agencyA!.post(`/receivables/${data[0]!.id}/reminders`)).status).toBe(403);
  });

  it('is mentioned before it is due and thrice after, once each; not while paused, and by hand once a day', async () => {
    expect(await run()).toBe(0);
    pass(8);
    // B's debt to A, and A's two debts to the reseller in one mail.
    expect(await run()).toBe(3);
    expect(await run()).toBe(0);
    const mails = await mailsTo('agent');
    expect(mails).toHaveLength(1);
    expect(mails[0]!.text).toMatch(/will soon expect[\s\S]*F-\d{4}-\d{6}, due [\s\S]*Adjustment: Fee of the fair/);
    pass(6);
    const [invoice, fee] = (await listOf(admin!)).data;
    expect((await admin!.put(`/receivables/${fee!.id}/pause`, { reason: 'They dispute it' })).body).toMatchObject({
      pause: { reason: 'They dispute it' },
    });
    const paused = await admin!.post(`/receivables/${fee!.id}/reminders`);
    expect([paused.status, paused.body.code]).toEqual([409, 'receivable.paused']);
    // Day 14: four days overdue.
    expect(await run()).toBe(2);
    const again = await admin!.post(`/receivables/${invoice!.id}/reminders`);
    expect([again.status, again.body.code]).toEqual([409, 'receivable.reminded_today']);
    pass(1);
    expect((await admin!.post(`/receivables/${invoice!.id}/reminders`)).body.reminder.level).toBe(2);
    expect(await run()).toBe(0);
    // Day 42: straight to the last level, and the fee too once it goes on.
    pass(27);
    expect((await admin!.delete(`/receivables/${fee!.id}/pause`)).status).toBe(200);
    expect(await run()).toBe(3);
    const late = await listOf(admin!, 'overdue');
    expect(late.data.map((row) => [row.daysOverdue, row.reminder?.level])).toEqual([
      [32, 4],
      [32, 4],
    ]);
    expect(late.totals).toMatchObject([{ buckets: { upTo60: late.totals[0]!.owed } }]);
    pass(60);
    expect(await run()).toBe(0);
  });

  it('is gone when it is paid; a cancellation pays its own trip’s, and a credit note by hand lessens its invoice', async () => {
    world.resetTime();
    const { data } = await listOf(admin!);
    const open = data.reduce((sum, row) => sum + row.open.amount, 0);
    const second = await sold();
    const invoice = (await listOf(admin!)).data.find((row) => row.booking?.id === second)!;
    const { data: invoices } = (await admin!.get(`/invoices?bookingId=${second}`)).body as {
      data: { id: string; number: string }[];
    };
    const { id } = invoices.find(({ number }) => number === invoice.invoice!.number)!;
    const note = await admin!.post(`/invoices/${id}/credit-notes`, { amountMinor: 1_000, reason: 'Goodwill' });
    expect([note.status, note.text]).toEqual([201, expect.any(String)]);
    const openOf = async () => (await listOf(admin!)).data.find((row) => row.booking?.id === second)?.open.amount ?? 0;
    expect(await openOf()).toBe(invoice.open.amount - 1_000);
    const quote = await agencyB!.post(`/bookings/${second}/cancellation-quotes`);
    await agencyB!.post(`/cancellation-quotes/${quote.body.id}/confirm`);
    await worker.drain();
    const kept = await openOf();
    expect(kept).toBeLessThan(invoice.open.amount - 1_000);
    expect((await listOf(admin!)).totals[0]!.owed.amount).toBe(open + kept);
    const pay = { kind: 'top_up', amount: eur(open), reason: 'Paid by transfer' };
    expect((await admin!.post(`/agencies/${ids.a}/wallet/adjustments`, pay)).status).toBe(201);
    expect((await listOf(admin!)).data.map((row) => row.booking?.id ?? null)).toEqual([second]);
  });
});
