import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Duffel } from '@duffel/api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { adultDetails, orderBody, passport, refusalOf, searchFlights, startTestSandbox } from './testing.ts';
import type { SearchLeg, TestSandbox } from './testing.ts';
import type { OfferRequest } from './wire.ts';

let now = new Date();
let test: TestSandbox;

beforeEach(async () => {
  now = new Date('2026-11-23T10:00:00Z');
  test = await startTestSandbox({ clock: () => now });
});
afterEach(() => test.sandbox.stop());

const legs: readonly SearchLeg[] = [['VLC', 'BIO', '2027-01-12']];

/** The ZZ offer of exactly 200.00, which can also be held. */
async function exactOffer(client = test.client): Promise<OfferRequest['offers'][number]> {
  const { offers } = await searchFlights(client, legs);
  const offer = offers.find((candidate) => candidate.owner.iata_code === 'ZZ' && candidate.total_amount === '200.00');
  if (!offer) throw new Error('VLC–BIO lost its fixed offer.');
  return offer;
}

async function firstOffer(from: string, to: string): Promise<OfferRequest['offers'][number]> {
  const { offers } = await searchFlights(test.client, [[from, to, '2027-03-05']]);
  const [offer] = offers;
  if (!offer) throw new Error(`${from}–${to} has no offers.`);
  return offer;
}

describe('instant orders', () => {
  it('are created, read, listed and found by reference, offer and metadata', async () => {
    const offer = await exactOffer();
    const created = await test.client.orders.create(orderBody(offer, { booking_id: 'bk_1' }));
    expect(created.status).toBe(201);
    expect(created.data).toMatchObject({
      total_amount: '200.00',
      base_amount: '160.00',
      tax_amount: '40.00',
      metadata: { booking_id: 'bk_1' },
      payment_status: { awaiting_payment: false },
    });
    expect(created.data.booking_reference).toMatch(/^[A-HJ-NP-Z2-9]{6}$/);
    expect(created.data.documents?.[0]).toMatchObject({
      type: 'electronic_ticket',
      unique_identifier: expect.stringMatching(/^\d{13}$/),
    });
    expect((await test.client.orders.get(created.data.id)).data.id).toBe(created.data.id);
    const other = await test.client.orders.create(orderBody(await exactOffer(), { booking_id: 'bk_2' }));
    const listed = await test.client.orders.list();
    expect(listed.data.map((order) => order.id)).toEqual([other.data.id, created.data.id]);
    expect((await test.client.orders.list({ booking_reference: created.data.booking_reference })).data.length).toBe(1);
    expect(
      (await test.client.orders.list({ offer_id: offer.id } as object)).data.map(
        (order) => order.metadata['booking_id'],
      ),
    ).toEqual(['bk_1']);
  });

  it('need a payment equal to the cent', async () => {
    const body = orderBody(await exactOffer());
    const wrong = (amount: string, currency = 'EUR') =>
      refusalOf(test.client.orders.create({ ...body, payments: [{ type: 'balance', amount, currency }] }));
    expect(await wrong('199.99')).toMatchObject({
      status: 422,
      code: 'payment_amount_does_not_match_order_amount',
      type: 'validation_error',
    });
    expect(await wrong('200.00', 'USD')).toMatchObject({ code: 'payment_currency_does_not_match_order_currency' });
    expect((await test.admin('GET', 'orders'))['count']).toBe(0);
  });

  it('include bags in the amount', async () => {
    const offer = await exactOffer();
    const { data } = await test.client.offers.get(offer.id, { return_available_services: true });
    const bag = data.available_services[0];
    const total = (Number(offer.total_amount) + Number(bag?.total_amount)).toFixed(2);
    const body = { ...orderBody(offer), services: [{ id: bag?.id ?? '', quantity: 1 }] };
    expect(await refusalOf(test.client.orders.create(body))).toMatchObject({
      code: 'payment_amount_does_not_match_order_amount',
    });
    const order = await test.client.orders.create({
      ...body,
      payments: [{ type: 'balance', amount: total, currency: 'EUR' }],
    });
    expect(order.data.total_amount).toBe(total);
    expect(order.data.services[0]).toMatchObject({ type: 'baggage', quantity: 1 });
  });

  it('are made once for a search', async () => {
    const offer = await exactOffer();
    await test.client.orders.create(orderBody(offer));
    expect(await refusalOf(test.client.orders.create(orderBody(offer)))).toMatchObject({
      status: 422,
      code: 'offer_request_already_booked',
    });
    expect((await test.admin('GET', 'orders'))['count']).toBe(1);
  });

  it('are refused with the field at fault', async () => {
    const offer = await exactOffer();
    const attempt = (over: object) =>
      refusalOf(
        test.client.orders.create({
          ...orderBody(offer),
          passengers: [adultDetails(offer.passengers[0]?.id ?? '', over)],
        }),
      );
    expect(await attempt({ given_name: '' })).toMatchObject({
      code: 'validation_required',
      field: '/passengers/0/given_name',
    });
    expect(await attempt({ family_name: 'Œuvre' })).toMatchObject({ field: '/passengers/0/family_name' });
    expect(await attempt({ phone_number: '600000001' })).toMatchObject({ code: 'invalid_phone_number' });
    expect(await attempt({ born_on: '2020-01-01' })).toMatchObject({ field: '/passengers/0/born_on' });
    expect((await test.admin('GET', 'orders'))['count']).toBe(0);
  });

  it('check ages on the last departure and infants on adults', async () => {
    const { offers } = await searchFlights(
      test.client,
      [
        ['MAD', 'BCN', '2027-03-05'],
        ['BCN', 'MAD', '2027-03-12'],
      ],
      [{ type: 'adult' }, { age: 12 }, { age: 1 }],
    );
    const offer = offers[0] as OfferRequest['offers'][number];
    const [adult = '', child = '', infant = ''] = offer.passengers.map((passenger) => passenger.id);
    const book = (childBorn: string, carried: string | null) =>
      test.client.orders.create({
        ...orderBody(offer),
        passengers: [
          adultDetails(adult, { infant_passenger_id: carried }),
          adultDetails(child, { given_name: 'Leo', born_on: childBorn }),
          adultDetails(infant, { given_name: 'Ana', born_on: '2025-06-01' }),
        ],
      });
    expect(await refusalOf(book('2015-03-13', infant))).toMatchObject({ field: '/passengers/1/born_on' });
    expect(await refusalOf(book('2015-03-10', null))).toMatchObject({ code: 'validation_infant_assignment' });
    expect((await book('2015-03-10', infant)).data.passengers.length).toBe(3);
  });

  it('want a passport where the offer says so', async () => {
    const { offers } = await searchFlights(test.client, [['MAD', 'JFK', '2027-03-05']]);
    const offer = offers[0] as OfferRequest['offers'][number];
    expect(offer.passenger_identity_documents_required).toBe(true);
    const attempt = (documents: (typeof passport)[]) =>
      test.client.orders.create({
        ...orderBody(offer),
        passengers: [adultDetails(offer.passengers[0]?.id ?? '', { identity_documents: documents })],
      });
    expect(await refusalOf(attempt([]))).toMatchObject({ field: '/passengers/0/identity_documents' });
    expect(await refusalOf(attempt([{ ...passport, expires_on: '2027-01-01' }]))).toMatchObject({
      field: '/passengers/0/identity_documents/0/expires_on',
    });
    expect((await attempt([passport])).status).toBe(201);
  });

  it('play the failing test routes without creating anything', async () => {
    const book = async (from: string, to: string) =>
      refusalOf(test.client.orders.create(orderBody(await firstOffer(from, to))));
    expect(await book('STN', 'LHR')).toMatchObject({ status: 504 });
    expect(await book('LGW', 'LHR')).toMatchObject({ status: 422, code: 'offer_no_longer_available' });
    expect(await book('LHR', 'LGW')).toMatchObject({ status: 502, type: 'airline_error' });
    expect(await book('LGW', 'STN')).toMatchObject({ status: 422, code: 'insufficient_balance' });
    expect((await test.admin('GET', 'orders'))['count']).toBe(0);
  });
});

describe('held orders', () => {
  const hold = async () => {
    const offer = await exactOffer();
    const { payments: _none, ...body } = orderBody(offer, { booking_id: 'bk_hold' });
    return (await test.client.orders.create({ ...body, type: 'hold' as 'pay_later' })).data;
  };
  const pay = (orderId: string, amount = '200.00') =>
    test.client.payments.create({ order_id: orderId, payment: { type: 'balance', amount, currency: 'EUR' } });

  it('are paid later, once, exactly', async () => {
    const order = await hold();
    expect(order).toMatchObject({
      documents: [],
      payment_status: {
        awaiting_payment: true,
        payment_required_by: '2026-11-26T10:00:00.000Z',
        price_guarantee_expires_at: '2026-11-25T10:00:00.000Z',
        paid_at: null,
      },
    });
    expect(await refusalOf(pay(order.id, '199.00'))).toMatchObject({
      code: 'payment_amount_does_not_match_order_amount',
    });
    expect((await pay(order.id)).data).toMatchObject({ amount: '200.00', type: 'balance' });
    const { data } = await test.client.orders.get(order.id);
    expect(data.payment_status.awaiting_payment).toBe(false);
    expect(data.documents?.length).toBe(1);
    expect(await refusalOf(pay(order.id))).toMatchObject({ type: 'invalid_state_error', code: 'already_paid' });
  });

  it('lapse unpaid', async () => {
    const order = await hold();
    now = new Date('2026-11-26T10:00:00Z');
    const { data } = await test.client.orders.get(order.id);
    expect(data.payment_status).toMatchObject({ awaiting_payment: false, paid_at: null });
    expect(await refusalOf(pay(order.id))).toMatchObject({ code: 'past_payment_required_by_date' });
  });

  it('cost nothing to cancel', async () => {
    const order = await hold();
    const { data: quote } = await test.client.orderCancellations.create({ order_id: order.id });
    expect(quote).toMatchObject({ refund_amount: '0.00', refund_to: 'awaiting_payment' });
    await test.client.orderCancellations.confirm(quote.id);
    expect(await refusalOf(pay(order.id))).toMatchObject({ code: 'already_cancelled' });
  });
});

describe('cancelling', () => {
  it("quotes by the fare's rule, then confirms the newest quote once", async () => {
    const { data: order } = await test.client.orders.create(orderBody(await exactOffer()));
    const { data: stale } = await test.client.orderCancellations.create({ order_id: order.id });
    const { data: quote } = await test.client.orderCancellations.create({ order_id: order.id });
    expect(quote).toMatchObject({
      refund_amount: '120.00',
      refund_currency: 'EUR',
      refund_to: 'balance',
      confirmed_at: null,
    });
    expect(await refusalOf(test.client.orderCancellations.confirm(stale.id))).toMatchObject({
      code: 'order_cancellation_stale',
    });
    expect((await test.client.orderCancellations.confirm(quote.id)).data.confirmed_at).toBeTruthy();
    expect((await test.client.orders.get(order.id)).data).toMatchObject({
      cancelled_at: now.toISOString(),
      available_actions: [],
      cancellation: { refund_amount: '120.00' },
    });
    expect(await refusalOf(test.client.orderCancellations.create({ order_id: order.id }))).toMatchObject({
      code: 'already_cancelled',
    });
  });

  it('refuses a quote that has expired', async () => {
    const { data: order } = await test.client.orders.create(orderBody(await exactOffer()));
    const { data: quote } = await test.client.orderCancellations.create({ order_id: order.id });
    now = new Date(now.getTime() + 3_600_000);
    expect(await refusalOf(test.client.orderCancellations.confirm(quote.id))).toMatchObject({
      code: 'order_cancellation_expired',
    });
  });
});

describe('faults on request', () => {
  const fault = (operation: string, kind: string, more: object = {}) =>
    test.admin('POST', 'faults', { operation, kind, times: 1, ...more });

  it('raise the price at order, and the offer then shows the new one', async () => {
    const offer = await exactOffer();
    await fault('orders.create', 'price_change');
    expect(await refusalOf(test.client.orders.create(orderBody(offer)))).toMatchObject({
      status: 422,
      type: 'airline_error',
      code: 'price_changed',
    });
    const { data: again } = await test.client.offers.get(offer.id);
    expect(again.total_amount).toBe('212.00');
    expect((await test.client.orders.create(orderBody(again))).data.total_amount).toBe('212.00');
  });

  it('create the order and then time out; it is found again by its metadata', async () => {
    const offer = await exactOffer();
    await fault('orders.create', 'created_then_timeout');
    expect(await refusalOf(test.client.orders.create(orderBody(offer, { booking_id: 'bk_lost' })))).toMatchObject({
      status: 504,
    });
    const { data } = await test.client.orders.list();
    expect(data.filter((order) => order.metadata['booking_id'] === 'bk_lost').length).toBe(1);
    expect(await refusalOf(test.client.orders.create(orderBody(offer)))).toMatchObject({
      code: 'offer_request_already_booked',
    });
  });

  it('answer 500, 429, expired and gone as often as asked, only where they match', async () => {
    const offer = await exactOffer();
    await fault('orders.create', 'http_500', { match: 'bk_other' });
    await fault('orders.create', 'http_429', { times: 2 });
    expect(await refusalOf(test.client.orders.create(orderBody(offer)))).toMatchObject({
      status: 429,
      code: 'rate_limit_exceeded',
      remaining: '0',
    });
    expect(await refusalOf(test.client.orders.create(orderBody(offer)))).toMatchObject({ status: 429 });
    expect(await refusalOf(test.client.orders.create(orderBody(offer, { booking_id: 'bk_other' })))).toMatchObject({
      status: 500,
    });
    await fault('offers.get', 'expired');
    expect(await refusalOf(test.client.offers.get(offer.id))).toMatchObject({ code: 'offer_no_longer_available' });
    expect(await refusalOf(test.client.orders.create(orderBody(offer)))).toMatchObject({
      code: 'offer_no_longer_available',
    });
    expect(await test.admin('GET', 'faults')).toEqual({ faults: [] });
  });

  it('hang until the sandbox stops and answer late when slow', async () => {
    await fault('airlines.list', 'slow', { delay_ms: 120 });
    const started = performance.now();
    await test.client.airlines.list();
    expect(performance.now() - started).toBeGreaterThan(100);
    await fault('airlines.list', 'hang');
    const hanging = test.client.airlines.list();
    const first = await Promise.race([
      hanging.catch(() => 'dropped'),
      new Promise((resolve) => setTimeout(() => resolve('waiting'), 200)),
    ]);
    expect(first).toBe('waiting');
    const dropped = expect(hanging).rejects.toThrow();
    await test.sandbox.stop();
    await dropped;
  });

  it('count requests by operation', async () => {
    await exactOffer();
    expect(await test.admin('GET', 'requests')).toMatchObject({ operations: { 'offer_requests.create': 1 } });
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

describe('surviving', () => {
  it('a restart keeps orders, offers and cancellation quotes', async () => {
    const offer = await exactOffer();
    const later = await exactOffer();
    const { data: order } = await test.client.orders.create(orderBody(offer, { booking_id: 'bk_1' }));
    const { data: quote } = await test.client.orderCancellations.create({ order_id: order.id });
    await test.sandbox.stop();
    const again = await startTestSandbox({ clock: () => now, dataDir: test.dataDir });
    expect((await again.client.orders.get(order.id)).data.metadata).toEqual({ booking_id: 'bk_1' });
    expect((await again.client.offers.get(later.id)).data.total_amount).toBe('200.00');
    expect((await again.client.orderCancellations.confirm(quote.id)).data.refund_amount).toBe('120.00');
    await again.sandbox.stop();
  });

  it('kill -9 keeps every order that was answered', async () => {
    const port = await freePort();
    const dataDir = mkdtempSync(join(tmpdir(), 'duffel-sandbox-'));
    const run = async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('./main.ts', import.meta.url))], {
        env: { ...process.env, SANDBOX_PORT: String(port), SANDBOX_DATA_DIR: dataDir },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      return child;
    };
    const client = new Duffel({ token: 'duffel_test_sandbox', basePath: `http://127.0.0.1:${port}/` });
    const first = await run();
    const date = new Date(Date.now() + 60 * 86_400_000).toISOString().slice(0, 10);
    const { offers } = await searchFlights(client, [['VLC', 'BIO', date]]);
    const offer = offers.find((candidate) => candidate.total_amount === '200.00') as OfferRequest['offers'][number];
    const { data: order } = await client.orders.create(orderBody(offer, { booking_id: 'bk_kill' }));
    first.kill('SIGKILL');
    await once(first, 'exit');
    const second = await run();
    expect((await client.orders.list()).data.map((row) => [row.id, row.metadata['booking_id']])).toEqual([
      [order.id, 'bk_kill'],
    ]);
    second.kill('SIGKILL');
    await once(second, 'exit');
  }, 30_000);
});
