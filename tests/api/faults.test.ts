import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../server/kernel/database/builder.ts';
import { evidenceOf } from '../../server/testing/evidence.ts';
import {
  createPlatformWorld,
  WEBHOOK_SECRET,
  type PlatformWorld,
  type TestSite,
} from '../../server/testing/platform-world.ts';
import { createSiteClient, type SiteClient } from '../../server/testing/site-client.ts';
import { bookExample } from '../../server/testing/trips.ts';
import type { TestWorker } from '../../server/testing/test-worker.ts';

let world: PlatformWorld;
let first: TestSite;
let worker: TestWorker;
let guest: SiteClient;

beforeAll(async () => {
  world = await createPlatformWorld();
  first = world.first;
  guest = first.guest('b');
  worker = world.createWorker();
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.resetTime();
  await Promise.all([world.forgetRates(), world.sandboxes.clearFaults()]);
});

/** What a booking that went well leaves behind: one of each. */
const whole = {
  state: 'ticketed',
  orders: 1,
  intents: ['succeeded'],
  captured: [23970],
  postings: 1,
  commissions: 2,
  mails: [expect.stringMatching(/^Booking confirmed/)],
};
const faultAtOrder = (kind: string, times = 1) =>
  world.sandboxes.addFault('duffel', { operation: 'orders.create', kind, times, delay_ms: 200 });

const ordersAsked = async () =>
  (await world.sandboxes.control<{ operations: Record<string, number> }>('duffel', 'GET', 'requests')).operations[
    'orders.create'
  ] ?? 0;

let made = 0;
async function bookByCard(payment: object = { method: 'card', paymentMethodId: 'pm_card_visa' }) {
  const answer = await bookExample(world, guest, { email: `fault${(made += 1)}@faults.test`, payment });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.body as {
    id: string;
    reference: string;
    guestToken: string;
    payment: { actionUrl: string | null; state: string };
  };
}
const stateOf = async (bookingId: string) =>
  (await first.sql.one<{ state: string }>(q('bookings').where({ id: bookingId }).select('state')))!.state;
const settled = new Set(['ticketed', 'confirmed', 'failed', 'expired', 'needs_attention']);

/** Works, and lets time pass whenever only waiting is left, until the booking is settled and its mail sent. */
async function finish(by: TestWorker, bookingId: string, rounds = 12): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await by.drain();
    if (settled.has(await stateOf(bookingId)) && (await by.faults()).length === 0) return;
    world.passTime(31);
    await by.makeDue();
  }
}

describe('the supplier', () => {
  it('that books and does not answer is asked what it did: one order, one charge', async () => {
    await faultAtOrder('created_then_timeout');
    const { id } = await bookByCard();
    await finish(worker, id);
    expect(await evidenceOf(world, first, id)).toMatchObject(whole);
  });

  it('that takes no booking for now is asked again: one order, one charge', async () => {
    await faultAtOrder('http_429', 2);
    const { id } = await bookByCard();
    await worker.drain();
    expect(await stateOf(id)).toBe('pending');
    await finish(worker, id);
    expect(await evidenceOf(world, first, id)).toMatchObject(whole);
  });

  it('that fails without saying whether it booked is never asked to book again: a person decides', async () => {
    await faultAtOrder('http_500');
    const { id } = await bookByCard();
    await worker.drain();
    const asked = await ordersAsked();
    for (let hour = 0; hour < 7; hour += 1) {
      world.passTime(3600);
      await worker.makeDue();
      await worker.drain();
    }
    expect(await ordersAsked()).toBe(asked);
    expect(await evidenceOf(world, first, id)).toMatchObject({
      state: 'needs_attention',
      orders: 0,
      intents: ['requires_capture'],
      captured: [],
      postings: 0,
    });
  });

  it('that has no seat left fails the booking: the card is released, nothing is posted, the mail says so', async () => {
    await faultAtOrder('gone');
    const { id, reference } = await bookByCard();
    await worker.drain();
    const evidence = await evidenceOf(world, first, id);
    expect(evidence).toMatchObject({
      state: 'failed',
      orders: 0,
      intents: ['canceled'],
      captured: [],
      postings: 0,
      invoices: 0,
      commissions: 0,
    });
    expect(evidence.mails).toHaveLength(1);
    const [mail] = (await world.sandboxes.mailsTo(`fault${made}@faults.test`)).filter((one) =>
      one.subject.includes(reference),
    );
    expect(mail!.text).toMatch(/€239\.70 was held on your card and never collected\. Your bank will release/);
    expect(mail!.attachments).toEqual([]);
  });

  it('that has no seat left gives a wallet its money back on both edges', async () => {
    const agent = first.at('b', { authorization: `Bearer ${await first.token('agent', 'b')}` });
    const wallets = () =>
      first.sql.all(q('wallets').orderBy('agency_id').select('agency_id', 'balance_minor', 'held_minor'));
    const before = await wallets();
    await faultAtOrder('gone');
    const answer = await bookExample(world, agent, { email: 'wallet@faults.test', payment: { method: 'wallet' } });
    expect(answer.status).toBe(201);
    expect(await wallets()).not.toEqual(before);
    await worker.drain();
    expect(await wallets()).toEqual(before);
    expect(await evidenceOf(world, first, answer.body.id as string)).toMatchObject({
      state: 'failed',
      postings: 0,
      orders: 0,
    });
  });
});

describe('a worker that is killed', () => {
  type World = Pick<Awaited<ReturnType<typeof evidenceOf>>, 'orders' | 'captured' | 'intents'>;
  const points: Array<[string, (found: World & { paid: boolean }) => boolean]> = [
    ['after the card was authorised', (found) => found.paid],
    ['after the supplier booked', (found) => found.orders > 0],
    ['after the money was taken', (found) => found.captured.length > 0],
  ];

  it.each(points)('%s leaves a booking that another worker completes once', async (_, reached) => {
    const { id } = await bookByCard();
    const dying = world.createWorker({
      dies: async () => reached({ ...(await evidenceOf(world, first, id)), paid: true }),
    });
    await dying.drain().catch(() => undefined);
    expect(settled.has(await stateOf(id))).toBe(false);
    await dying.close();
    await finish(world.createWorker(), id);
    expect(await evidenceOf(world, first, id)).toMatchObject(whole);
  });

  it('while the supplier still books is not repeated before that call can have ended', async () => {
    await world.sandboxes.addFault('duffel', { operation: 'orders.create', kind: 'slow', times: 1, delay_ms: 2500 });
    const asked = await ordersAsked();
    const { id } = await bookByCard();
    let dead = false;
    const dying = world.createWorker({ dies: () => dead });
    const death = dying.drain().catch(() => undefined);
    while ((await ordersAsked()) === asked) await new Promise((resolve) => setTimeout(resolve, 20));
    dead = true;
    await dying.loseLocks();
    for (let look = 0; look < 4; look += 1) {
      await worker.makeDue();
      await worker.drain();
    }
    expect(await ordersAsked()).toBe(asked + 1);
    await death;
    await finish(worker, id);
    expect(await ordersAsked()).toBe(asked + 1);
    expect(await evidenceOf(world, first, id)).toMatchObject(whole);
  });

  it('at any statement leaves a booking that another worker completes once', async () => {
    let at = 0;
    let statements = 0;
    let dead = false;
    const dying = world.createWorker({ dies: () => (dead ||= (statements += 1) === at) });
    const counted = await bookByCard();
    await dying.drain();
    expect(await evidenceOf(world, first, counted.id)).toMatchObject(whole);
    const all = statements;
    const step = Math.max(1, Math.ceil(all / 12));
    expect(all).toBeGreaterThan(40);
    for (at = 2; at <= all; at += step) {
      await world.forgetRates();
      const { id } = await bookByCard();
      [statements, dead] = [0, false];
      await dying.drain().catch(() => undefined);
      expect([at, dead]).toEqual([at, true]);
      await finish(worker, id);
      expect([at, await evidenceOf(world, first, id)]).toEqual([at, expect.objectContaining(whole)]);
    }
  }, 120_000);

  it('while another works on the same booking leaves it to that one', async () => {
    const { id } = await bookByCard();
    const second = world.createWorker();
    await Promise.all([worker.drain(), second.drain(), worker.drain(), second.drain()]);
    await finish(worker, id);
    expect(await evidenceOf(world, first, id)).toMatchObject(whole);
  });
});

describe('the payment provider', () => {
  const pay = async (pageUrl: string, cardNumber: string) =>
    (
      await fetch(pageUrl, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({
          email: 'p@faults.test',
          cardNumber,
          cardExpiry: '12 / 31',
          cardCvc: '123',
          billingName: 'Clara Vidal',
        }),
      })
    ).status;
  const eventsOf = async (bookingId: string) => {
    const { data } = await world.sandboxes.control<{
      data: Array<{
        id: string;
        created: number;
        type: string;
        data: { object: { metadata?: { booking_id?: string } } };
      }>;
    }>('stripe', 'GET', 'events');
    return data.filter((event) => event.data.object.metadata?.booking_id === bookingId);
  };
  function sign(body: string, options: { at?: number; secret?: string } = {}): string {
    const at = options.at ?? Math.floor(Date.now() / 1000);
    return `t=${at},v1=${createHmac('sha256', options.secret ?? WEBHOOK_SECRET)
      .update(`${at}.${body}`)
      .digest('hex')}`;
  }
  const deliver = (event: unknown, options: { host?: string; signature?: string } = {}) => {
    const body = JSON.stringify(event);
    const headers = { 'stripe-signature': options.signature ?? sign(body), 'content-type': 'application/json' };
    return createSiteClient(world.server, options.host ?? `platform.localhost:${world.port}`).raw(
      'post',
      '/webhooks/stripe',
      body,
      { key: null, headers },
    );
  };
  const written = async () => [
    await first.sql.one(q('webhook_receipts').select(q.raw('count(*)::int as receipts'))),
    await first.sql.all(q('payments').orderBy('id').select('id', 'state', 'captured_minor')),
    await world.infra.database.platform.one(
      q('platform.outbox').where({ tenant_id: first.tenant.id }).select(q.raw('count(*)::int as events')),
    ),
  ];

  it('takes an event signed for either of the two endpoints, and no other', async () => {
    const body = JSON.stringify({ id: 'evt_none', type: 'ping', data: { object: {} } });
    const answers = [];
    for (const secret of [WEBHOOK_SECRET, 'whsec_connect', 'whsec_other'])
      answers.push((await deliver(JSON.parse(body), { signature: sign(body, { secret }) })).status);
    expect(answers).toEqual([200, 200, 400]);
  });

  it('whose webhooks come twice and out of order changes nothing more', async () => {
    const { id } = await bookByCard();
    await finish(worker, id);
    const before = await first.sql.one(
      q('payments').where({ booking_id: id }).select('state', 'captured_minor', 'refunded_minor'),
    );
    const events = (await eventsOf(id)).sort((a, b) => b.id.localeCompare(a.id));
    expect(events.length).toBeGreaterThan(1);
    for (const event of [...events, ...events, ...events.reverse()]) expect((await deliver(event)).status).toBe(200);
    await worker.drain();
    expect(await worker.faults()).toEqual([]);
    expect(
      await first.sql.one(q('payments').where({ booking_id: id }).select('state', 'captured_minor', 'refunded_minor')),
    ).toEqual(before);
    expect(await evidenceOf(world, first, id)).toMatchObject(whole);
  });

  it('whose webhook says that the page was paid confirms the booking at once', async () => {
    const { id, payment } = await bookByCard({ method: 'card' });
    expect(payment.state).toBe('requires_action');
    await worker.drain();
    expect(await stateOf(id)).toBe('pending');
    expect(await pay(payment.actionUrl!, '4242424242424242')).toBe(303);
    for (const event of await eventsOf(id)) await deliver(event);
    await worker.drain();
    expect(await evidenceOf(world, first, id)).toMatchObject(whole);
  });

  it('whose webhook is lost is asked by the saga itself', async () => {
    const { id, payment } = await bookByCard({ method: 'card' });
    await worker.drain();
    expect(await pay(payment.actionUrl!, '4000000000000002')).toBe(402);
    expect(await pay(payment.actionUrl!, '4242424242424242')).toBe(303);
    await worker.drain();
    expect(await stateOf(id)).toBe('pending');
    await worker.makeDue();
    await worker.drain();
    expect(await evidenceOf(world, first, id)).toMatchObject({ ...whole, intents: ['succeeded'] });
  });

  it('whose page nobody pays lets the booking expire, and closes the page', async () => {
    const { id, payment } = await bookByCard({ method: 'card' });
    await worker.drain();
    world.passTime(45 * 60);
    await worker.makeDue();
    await worker.drain();
    expect(await evidenceOf(world, first, id)).toMatchObject({
      state: 'expired',
      orders: 0,
      captured: [],
      postings: 0,
    });
    expect(await pay(payment.actionUrl!, '4242424242424242')).not.toBe(303);
  });

  it("refuses a webhook with a bad signature, from the future or the past, or at another tenant's host, and writes nothing", async () => {
    const { id } = await bookByCard();
    await finish(worker, id);
    const [event] = await eventsOf(id);
    const body = JSON.stringify(event);
    const now = Math.floor(Date.now() / 1000);
    const before = await written();
    const bad = [
      { signature: sign(body, { secret: 'whsec_other' }) },
      { signature: sign(`${body} `) },
      { signature: '' },
      { signature: `t=${now},v1=` },
      { signature: sign(body, { at: now + 3600 }) },
      { signature: sign(body, { at: now - 3600 }) },
      { host: `${world.second.hosts.reseller}:${world.port}` },
      { host: `${world.second.hosts.b}:${world.port}` },
    ];
    for (const options of bad) {
      const answer = await deliver(event, options);
      expect([options, answer.status, answer.body.code]).toEqual([options, 400, 'payment.webhook_refused']);
    }
    const foreign = {
      ...event!,
      id: 'evt_forged',
      data: {
        object: {
          metadata: {
            tenant_id: world.second.tenant.id,
            payment_id: (event!.data.object.metadata as Record<string, string>).payment_id,
          },
        },
      },
    };
    expect((await deliver(foreign, { host: `${first.hosts.b}:${world.port}` })).status).toBe(400);
    expect(await written()).toEqual(before);
  });

  it('that fails at the capture is asked again: one charge', async () => {
    await world.sandboxes.addFault('stripe', { kind: 'http_500', path: '/capture', times: 3 });
    const { id } = await bookByCard();
    await finish(worker, id);
    expect(await evidenceOf(world, first, id)).toMatchObject(whole);
  });

  it('whose answer to the card is lost has charged once', async () => {
    await world.sandboxes.addFault('stripe', { kind: 'lost_answer', path: '/v1/payment_intents', times: 1 });
    const { id } = await bookByCard();
    await finish(worker, id);
    expect(await evidenceOf(world, first, id)).toMatchObject(whole);
  });
});

describe('the mail server', () => {
  it('that refuses at first gets the one mail later, and the booking does not wait for it', async () => {
    await world.sandboxes.addFault('mail', { kind: 'refuse', times: 2 });
    const { id } = await bookByCard();
    await worker.drain();
    expect(await stateOf(id)).toBe('ticketed');
    expect((await evidenceOf(world, first, id)).mails).toEqual([]);
    await finish(worker, id);
    expect(await evidenceOf(world, first, id)).toMatchObject(whole);
  });
});
