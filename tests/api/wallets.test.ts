import { createHmac } from 'node:crypto';
import sharp from 'sharp';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../server/kernel/database/builder.ts';
import { verifyLedger } from '../../server/ledger/index.ts';
import { createPlatformWorld, WEBHOOK_SECRET, type PlatformWorld } from '../../server/testing/platform-world.ts';
import { book, bookExample, findExampleFlight, quoteOf } from '../../server/testing/trips.ts';
import { verifyWallets } from '../../server/wallets/index.ts';
import { createSiteClient, type Answer, type SiteClient } from '../../server/testing/site-client.ts';

let world: PlatformWorld;
let worker: ReturnType<PlatformWorld['createWorker']>;
let [admin, agencyA, agencyB]: SiteClient[] = [];
let ids: { a: string; b: string };

beforeAll(async () => {
  world = await createPlatformWorld({ resellers: 1 });
  const site = world.first;
  ids = site.agencies;
  admin = (await site.signIn('admin', 'reseller')).client;
  agencyA = (await site.signIn('agent', 'a')).client;
  agencyB = site.at('b', { authorization: `Bearer ${await site.token('agency_admin', 'b')}` });
  worker = world.createWorker();
  await worker.drain();
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

const eur = (amount: number) => ({ amount, currency: 'EUR' });
const balanceOf = async (id: string) => (await admin!.get(`/agencies/${id}/wallet`)).body.balance.amount as number;
const read = async (id: string) => (await admin!.get(`/wallet-top-ups/${id}`)).body as Record<string, unknown>;
const byCard = (amount = 50_000, key?: string) =>
  agencyA!.post(`/agencies/${ids.a}/wallet/top-ups`, { method: 'card', amount: eur(amount) }, key ? { key } : {});
const byTransfer = (client: SiteClient, id: string, amount = 30_000) =>
  client.post(`/agencies/${id}/wallet/top-ups`, { method: 'transfer', amount: eur(amount), paidOn: world.day(-1) });
const mails = async (mailbox: string, subject: RegExp) =>
  (await world.sandboxes.mailsTo(`${mailbox}@${world.first.tenant.slug}.test`)).filter((one) =>
    subject.test(one.subject),
  );

async function pay(page: string, cardNumber = '4242424242424242'): Promise<number> {
  const form = { email: 'a@pay.test', cardNumber, cardExpiry: '12/40', cardCvc: '123', billingName: 'Ana' };
  return (await fetch(page, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' })).status;
}
interface StripeEvent {
  data: { object: { metadata?: { top_up_id?: string } } };
}
async function eventsOf(topUpId: string): Promise<StripeEvent[]> {
  const { data } = await world.sandboxes.control<{ data: StripeEvent[] }>('stripe', 'GET', 'events');
  return data.filter((event) => event.data.object.metadata?.top_up_id === topUpId);
}
function deliver(event: unknown): Promise<Answer> {
  const body = JSON.stringify(event);
  const at = Math.floor(Date.now() / 1000);
  const signature = createHmac('sha256', WEBHOOK_SECRET).update(`${at}.${body}`).digest('hex');
  const headers = { 'stripe-signature': `t=${at},v1=${signature}`, 'content-type': 'application/json' };
  return createSiteClient(world.server, `platform.localhost:${world.port}`).raw('post', '/webhooks/stripe', body, {
    key: null,
    headers,
  });
}

describe('a top-up by card', () => {
  it('is credited once, however often its webhooks come, in both books', async () => {
    const before = await balanceOf(ids.a);
    const made = await byCard(50_000, 'card-key-1');
    expect([made.status, made.body.state, made.body.method]).toEqual([201, 'pending', 'card']);
    expect((await byCard(50_000, 'card-key-1')).body.id).toBe(made.body.id);
    expect((await agencyA!.get(`/wallet-top-ups?agencyId=${ids.a}`)).body.data).toHaveLength(1);
    expect(await pay(made.body.actionUrl as string, '4000000000000002')).toBe(402);
    expect(await pay(made.body.actionUrl as string)).toBe(303);
    const events = await eventsOf(made.body.id as string);
    expect(events.length).toBeGreaterThan(2);
    for (const event of [...events.toReversed(), ...events]) expect((await deliver(event)).status).toBe(200);
    await worker.drain();
    for (const event of events) await deliver(event);
    await worker.drain();
    expect(await worker.faults()).toEqual([]);
    expect(await read(made.body.id as string)).toMatchObject({ state: 'credited', actionUrl: null });
    expect(await balanceOf(ids.a)).toBe(before + 50_000);
    expect((await verifyLedger(world.first.sql)).imbalances).toEqual([]);
    const posted = await world.first.sql.all<{ code: string; amount: number }>(
      q('ledger_entries as e')
        .join('ledger_accounts as c', 'c.id', 'e.account_id')
        .join('ledger_transactions as t', 't.id', 'e.transaction_id')
        .where('t.key', 'like', `%${made.body.id as string}`)
        .orderBy('c.code')
        .select('c.code', 'e.amount_minor as amount'),
    );
    expect(posted).toEqual([
      { code: 'bank_clearing', amount: -50_000 },
      { code: 'payable:reseller', amount: 50_000 },
      { code: 'psp_clearing', amount: 50_000 },
      { code: `wallet:${ids.a}`, amount: -50_000 },
    ]);
    const [mail] = await mails('agent', /^Wallet of/);
    expect(mail?.text).toContain('€500.00 has been credited');
  });

  it('whose webhooks are lost is found by looking', async () => {
    const before = await balanceOf(ids.a);
    const made = await byCard(12_300);
    await pay(made.body.actionUrl as string);
    await worker.makeDue();
    await worker.drain();
    expect(await read(made.body.id as string)).toMatchObject({ state: 'credited' });
    expect(await balanceOf(ids.a)).toBe(before + 12_300);
  });

  it('has a smallest and a largest amount, and only where the reseller keeps the wallet', async () => {
    for (const amount of [999, 2_000_001])
      expect((await byCard(amount)).body).toMatchObject({
        code: 'wallet.top_up_out_of_range',
        minimum: eur(1_000),
        maximum: eur(2_000_000),
      });
    const below = await agencyB!.post(`/agencies/${ids.b}/wallet/top-ups`, { method: 'card', amount: eur(5_000) });
    expect([below.status, below.body.code]).toEqual([409, 'wallet.card_not_here']);
    const other = { method: 'card', amount: { amount: 5_000, currency: 'USD' } };
    expect((await agencyA!.post(`/agencies/${ids.a}/wallet/top-ups`, other)).body.code).toBe(
      'wallet.currency_not_accepted',
    );
    expect((await agencyA!.post(`/agencies/${ids.b}/wallet/top-ups`, other)).status).toBe(403);
  });
});

describe('a top-up by bank transfer', () => {
  it('is announced with a proof, and credited by the parent', async () => {
    const before = await balanceOf(ids.b);
    const made = await byTransfer(agencyB!, ids.b);
    expect(made.body).toMatchObject({ state: 'pending', may: { attach: true, withdraw: true, decide: false } });
    const path = `/wallet-top-ups/${made.body.id as string}`;
    const picture = await sharp({ create: { width: 60, height: 40, channels: 4, background: '#fff' } })
      .jpeg()
      .toBuffer();
    const uploaded = await request(world.server)
      .post(`/api/v1${path}/proof`)
      .set({ host: agencyB!.host, ...agencyB!.caller })
      .attach('file', picture, { filename: 'paper.jpg' });
    expect([uploaded.status, (uploaded.body as { hasProof: boolean }).hasProof]).toEqual([200, true]);
    await worker.drain();
    const [told] = await mails('agent', /^Wallet of Agency B/);
    expect(told?.text).toMatch(/€300\.00 by bank transfer.*TU-\d{5}/s);

    expect((await agencyB!.post(`${path}/approval`)).status).toBe(403);
    expect((await agencyA!.file(`${path}/proof`)).type).toBe('image/png');
    const approved = await agencyA!.post(`${path}/approval`);
    expect([approved.status, approved.body.state]).toEqual([200, 'credited']);
    expect((await agencyA!.post(`${path}/approval`)).body.code).toBe('wallet.top_up_over');
    expect(await balanceOf(ids.b)).toBe(before + 30_000);
    const { data } = (await agencyB!.get(`/agencies/${ids.b}/wallet/entries?kind=top_up`)).body;
    expect(data[0]).toMatchObject({ amount: eur(30_000), reason: made.body.reference });
  });

  it('is never decided by who announced it, and may be refused with a reason', async () => {
    const made = await byTransfer(admin!, ids.a);
    const path = `/wallet-top-ups/${made.body.id as string}`;
    const own = await admin!.post(`${path}/approval`);
    expect([own.status, own.body.code]).toEqual([403, 'wallet.own_top_up']);
    const second = world.first.at('reseller', {
      authorization: `Bearer ${await world.first.token('reseller_admin', 'reseller')}`,
    });
    const before = await balanceOf(ids.a);
    const refused = await second.post(`${path}/refusal`, { reason: 'No such transfer has come in.' });
    expect(refused.body).toMatchObject({ state: 'refused', refusal: 'No such transfer has come in.' });
    expect((await agencyA!.post(`${path}/withdrawal`)).body.code).toBe('wallet.top_up_over');
    await worker.drain();
    expect((await mails('agent', /^Wallet of Agency A/)).some(({ text }) => text.includes('No such transfer'))).toBe(
      true,
    );
    expect(await balanceOf(ids.a)).toBe(before);
    const withdrawn = await agencyA!.post(
      `/wallet-top-ups/${(await byTransfer(agencyA!, ids.a)).body.id as string}/withdrawal`,
    );
    expect(withdrawn.body.state).toBe('withdrawn');
  });
});

describe('a chain whose upper wallet is short', () => {
  it('tells that ancestor who and by how much, once, and the seller only that its provider must act', async () => {
    const now = (await admin!.get(`/agencies/${ids.a}/wallet`)).body as { balance: { amount: number } };
    const adjust = (amount: number, reason: string) =>
      admin!.post(`/agencies/${ids.a}/wallet/adjustments`, { kind: 'adjustment', amount: eur(amount), reason });
    await admin!.put(`/agencies/${ids.a}/credit-limit`, { creditLimit: eur(0) });
    await adjust(-now.balance.amount + 1_000, 'Taken out');
    const staffOfB = (await world.first.signIn('subagent', 'b')).client;
    const tried = await bookExample(world, staffOfB, { email: 'three@short.test', payment: { method: 'wallet' } });
    expect([tried.status, tried.body.code]).toEqual([409, 'wallet.provider_must_act']);
    for (const email of ['one@short.test', 'two@short.test']) {
      const answer = await bookExample(world, agencyB!, { email, payment: { method: 'wallet' } });
      expect([answer.status, answer.body.code]).toEqual([409, 'wallet.provider_must_act']);
    }
    await worker.drain();
    const told = (await mails('agent', /^Wallet of Agency A/)).filter(({ text }) => text.includes('could not book'));
    expect(told).toHaveLength(1);
    expect(told[0]!.text).toMatch(/^Agency B .* is short by €220\.00/m);
    const toldAgain = async () =>
      (await mails('subagent', /^Wallet of Agency B/)).filter(({ text }) => text.includes('has funds again'));
    await adjust(1_000, 'Too little');
    await worker.drain();
    expect(await toldAgain()).toHaveLength(0);
    await adjust(now.balance.amount - 1_000, 'Put back');
    await admin!.put(`/agencies/${ids.a}/credit-limit`, { creditLimit: eur(500_000) });
    await worker.drain();
    const [back, ...more] = await toldAgain();
    expect(more).toEqual([]);
    expect(back!.text).toMatch(/above Agency B .* was short[^]*\/flights\?from=/);
    expect(await world.first.sql.all(q('wallet_waiters').select('quote_id'))).toEqual([]);
  });
});

describe('bookings from a wallet', () => {
  const fundB = async (balance: number) => {
    const missing = balance - (await balanceOf(ids.b));
    await admin!.put(`/agencies/${ids.b}/credit-limit`, { creditLimit: eur(0) });
    const body = { kind: 'adjustment', amount: eur(missing), reason: 'Set for a test' };
    if (missing !== 0) await admin!.post(`/agencies/${ids.b}/wallet/adjustments`, body);
  };

  it('50 at once against funds for 10 give exactly 10', async () => {
    await fundB(10 * 23_500);
    const offer = await findExampleFlight(world, agencyB!);
    const quotes: { id: string }[] = [];
    for (let at = 0; at < 50; at += 1) {
      if (at % 20 === 0) await world.forgetRates();
      quotes.push(await quoteOf(agencyB!, offer.id));
    }
    await world.forgetRates();
    const answers = await Promise.all(
      quotes.map(({ id }, at) => book(agencyB!, id, { email: `p${at}@many.test`, payment: { method: 'wallet' } })),
    );
    const counts = { made: 0, short: 0 };
    for (const { status, body } of answers)
      if (status < 300) counts.made += 1;
      else if (body.code === 'wallet.insufficient_funds') counts.short += 1;
    expect(counts).toEqual({ made: 10, short: 40 });
    const { body } = await admin!.get(`/agencies/${ids.b}/wallet`);
    expect(body).toMatchObject({ held: eur(235_000), available: eur(0) });
    await worker.drain();
    expect(await balanceOf(ids.b)).toBe(0);
    expect((await verifyWallets(world.first.sql)).differences).toEqual([]);
  }, 120_000);

  it('whose worker is killed between debit and confirmation is debited and posted once', async () => {
    await fundB(23_500);
    const { body } = await bookExample(world, agencyB!, { email: 'killed@many.test', payment: { method: 'wallet' } });
    const id = body.id as string;
    const countOf = async (table: string, where: object) =>
      (await world.first.sql.all(q(table).where(where).select(q.raw('1')))).length;
    const debits = () => countOf('wallet_entries', { booking_id: id, kind: 'capture' });
    const dying = world.createWorker({ dies: async () => (await debits()) > 0 });
    await dying.drain().catch(() => undefined);
    expect([await debits(), await countOf('ledger_transactions', { key: `${id}/sale` })]).toEqual([2, 0]);
    expect((await verifyWallets(world.first.sql)).differences).toEqual([]);
    await dying.close();
    for (let round = 0; round < 6; round += 1) {
      await worker.drain();
      world.passTime(31);
      await worker.makeDue();
    }
    world.resetTime();
    expect([await debits(), await countOf('ledger_transactions', { key: `${id}/sale` })]).toEqual([2, 1]);
    expect((await agencyB!.get(`/bookings/${id}`)).body.state).toMatch(/^(confirmed|ticketed)$/);
    expect(await balanceOf(ids.b)).toBe(0);
    expect((await verifyWallets(world.first.sql)).differences).toEqual([]);
  });
});

describe('a booking that lacks what stands in another currency', () => {
  it('is held by an exchange that its timeline and the wallet tell of, and that stays', async () => {
    await admin!.put('/exchange-rates/USD', { mid: '0.92', source: 'Test' });
    expect((await agencyA!.put('/wallet-currencies/USD', { spreadBp: 100 })).status).toBe(200);
    const at = `/agencies/${ids.b}/wallet`;
    const usd = { method: 'transfer', amount: { amount: 100_000, currency: 'USD' }, paidOn: world.day(-1) };
    const made = await agencyB!.post(`${at}/top-ups`, usd);
    expect((await agencyA!.post(`/wallet-top-ups/${made.body.id as string}/approval`)).body.state).toBe('credited');
    expect((await agencyB!.put(`${at}/auto-exchange`, { autoExchange: true })).status).toBe(200);
    expect(await balanceOf(ids.b)).toBe(0);
    const { body } = await bookExample(world, agencyB!, { email: 'usd@many.test', payment: { method: 'wallet' } });
    expect((await admin!.get(at)).body).toMatchObject({ balance: eur(23_500), held: eur(23_500), available: eur(0) });
    const { data } = (await agencyB!.get(`/bookings/${body.id as string}/timeline`)).body as {
      data: { kind: string }[];
    };
    expect(JSON.stringify(data)).toContain('wallet_exchanged');
    const entries = (await agencyB!.get(`${at}/entries?kind=exchange`)).body.data as { booking: { id: string } }[];
    expect(entries).toMatchObject([{ booking: { id: body.id }, amount: eur(23_500) }]);
    const [balance] = (await agencyB!.get(`${at}/currencies`)).body.data as { balance: { amount: number } }[];
    // 235.00 euros are 258.01 dollars at 0.92 less 1 %.
    expect(balance!.balance.amount).toBe(100_000 - 25_801);
    await agencyB!.put(`${at}/auto-exchange`, { autoExchange: false });
    await worker.drain();
    expect(await balanceOf(ids.b)).toBe(0);
    expect((await verifyWallets(world.first.sql)).differences).toEqual([]);
  });
});

describe('the statement of a wallet', () => {
  it('goes from the opening to the closing balance, as CSV and as PDF', async () => {
    const range = `from=${world.day(-5)}&to=${world.day(0)}`;
    const csv = await agencyB!.get(`/agencies/${ids.b}/wallet/statement/csv?${range}`);
    const lines = csv.text.trim().split('\r\n');
    expect(lines[1]).toMatch(/Opening balance,,,,0\.00,EUR$/);
    expect(lines.at(-1)).toMatch(new RegExp(`Closing balance,,,,${((await balanceOf(ids.b)) / 100).toFixed(2)},EUR$`));
    const sum = lines.slice(2, -1).reduce((total, line) => total + Math.round(Number(line.split(',').at(-3)) * 100), 0);
    expect(sum).toBe(await balanceOf(ids.b));
    const pdf = await agencyB!.file(`/agencies/${ids.b}/wallet/statement/pdf?${range}`);
    expect([pdf.status, pdf.type, pdf.data.subarray(0, 5).toString()]).toEqual([200, 'application/pdf', '%PDF-']);
    const open = `from=${world.day(-366)}`;
    expect((await agencyB!.get(`/agencies/${ids.b}/wallet/statement/csv?${open}`)).status).toBe(400);
    const wrong = `from=${world.day(0)}&to=${world.day(-5)}`;
    expect((await agencyB!.get(`/agencies/${ids.b}/wallet/statement/csv?${wrong}`)).status).toBe(400);
    expect((await agencyB!.get(`/agencies/${ids.a}/wallet/statement/csv?${range}`)).status).toBe(404);
  });
});

describe('terms of a wallet', () => {
  it('are set by who keeps it, and say how old its debts are', async () => {
    const terms = { paymentDays: 30, graceDays: 5 };
    expect((await agencyB!.put(`/agencies/${ids.b}/wallet/terms`, terms)).status).toBe(403);
    expect((await agencyA!.put(`/agencies/${ids.b}/wallet/terms`, { paymentDays: null, graceDays: 5 })).status).toBe(
      400,
    );
    expect((await agencyA!.put(`/agencies/${ids.b}/wallet/terms`, terms)).body.terms).toEqual(terms);
    const low = await agencyB!.put(`/agencies/${ids.b}/wallet/low-balance`, { lowBalance: eur(7_000) });
    expect(low.body.lowBalance).toEqual(eur(7_000));
    const balance = await balanceOf(ids.b);
    const owe = { kind: 'adjustment', amount: eur(-balance - 12_345), reason: 'Invoice of the office' };
    expect((await agencyA!.post(`/agencies/${ids.b}/wallet/adjustments`, owe)).status).toBe(201);
    world.passTime(45 * 86_400);
    const [own, kept] = [
      await agencyB!.get(`/agencies/${ids.b}/wallet/ageing`),
      await world.first
        .at('a', { authorization: `Bearer ${await world.first.token('agency_admin', 'a')}` })
        .get('/wallets/ageing'),
    ];
    world.resetTime();
    expect(own.body).toMatchObject({ owed: eur(12_345), overdue: eur(12_345), daysOverdue: 15, blocked: true });
    expect(kept.body.data).toMatchObject([{ agency: { id: ids.b }, buckets: { upTo30: eur(12_345), notDue: eur(0) } }]);
    expect(kept.body.totals).toMatchObject([{ currency: 'EUR', owed: eur(12_345), buckets: { upTo30: eur(12_345) } }]);
  });
});
