import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { idOf } from './context.ts';
import { buildStripeWorld, startReceiver } from './testing.ts';
import type { StripeWorld } from './testing.ts';

let world: StripeWorld;
beforeAll(async () => {
  world = await buildStripeWorld();
});
afterAll(() => world.stop());

const held = {
  amount: 12_050,
  currency: 'eur',
  capture_method: 'manual',
  payment_method: 'pm_card_visa',
  confirm: true,
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
} as const;

async function failure(promise: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Stripe.errors.StripeError))
    throw new Error(`Expected a refusal by Stripe, got ${String(error)}`);
  return error;
}

describe('payment intents', () => {
  it('holds money, captures part of it once, and lets the rest go', async () => {
    const intent = await world.stripe.paymentIntents.create({ ...held, metadata: { booking: 'PNX8' } });
    expect(intent).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 12_050,
      amount_received: 0,
      metadata: { booking: 'PNX8' },
    });
    expect(intent.lastResponse.requestId).toMatch(/^req_/);
    expect(intent.lastResponse.apiVersion).toBe('2026-10-28.endive');
    expect(await failure(world.stripe.paymentIntents.capture(intent.id, { amount_to_capture: 12_051 }))).toMatchObject({
      code: 'amount_too_large',
      param: 'amount_to_capture',
    });
    const captured = await world.stripe.paymentIntents.capture(
      intent.id,
      { amount_to_capture: 10_000 },
      { idempotencyKey: `${intent.id}:capture` },
    );
    expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 10_000 });
    const charge = await world.stripe.charges.retrieve(idOf(captured.latest_charge), {
      expand: ['balance_transaction', 'payment_intent.payment_method'],
    });
    expect(charge).toMatchObject({
      captured: true,
      amount_captured: 10_000,
      amount_refunded: 2_050,
      balance_transaction: { amount: 10_000, fee: 175, net: 9_825 },
      payment_intent: { payment_method: { card: { last4: '4242' } } },
    });
    expect(await failure(world.stripe.paymentIntents.capture(intent.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it('answers a declined card with 402, its reason and the intent, and keeps the failed charge', async () => {
    const error = await failure(
      world.stripe.paymentIntents.create({ ...held, payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' }),
    );
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'insufficient_funds',
      payment_intent: { status: 'requires_payment_method' },
    });
    const intent = await world.stripe.paymentIntents.retrieve(error.payment_intent?.id ?? '');
    expect(intent.last_payment_error).toMatchObject({ code: 'card_declined', decline_code: 'insufficient_funds' });
    const retried = await world.stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' });
    expect(retried.status).toBe('requires_capture');
    expect(
      (await world.stripe.charges.list({ payment_intent: intent.id })).data.map((charge) => charge.status),
    ).toEqual(['succeeded', 'failed']);
  });

  it('cancels a hold and refuses what the state does not allow', async () => {
    const intent = await world.stripe.paymentIntents.create(held);
    const canceled = await world.stripe.paymentIntents.cancel(intent.id, {
      cancellation_reason: 'requested_by_customer',
    });
    expect(canceled).toMatchObject({
      status: 'canceled',
      amount_capturable: 0,
      cancellation_reason: 'requested_by_customer',
    });
    expect(await world.stripe.charges.retrieve(idOf(intent.latest_charge))).toMatchObject({
      captured: false,
      refunded: true,
    });
    expect(await failure(world.stripe.paymentIntents.cancel(intent.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
    expect(await failure(world.stripe.paymentIntents.capture(intent.id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it('asks for authentication, except for cards an agent types, and refuses it off session', async () => {
    const asked = await world.stripe.paymentIntents.create({
      ...held,
      payment_method: 'pm_card_authenticationRequired',
    });
    expect(asked).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } });
    const typed = await world.stripe.paymentIntents.create({
      ...held,
      payment_method: 'pm_card_threeDSecure2Required',
      payment_method_options: { card: { moto: true } },
    });
    expect(typed.status).toBe('requires_capture');
    expect(
      await failure(
        world.stripe.paymentIntents.create({
          ...held,
          payment_method: 'pm_card_authenticationRequired',
          off_session: true,
        }),
      ),
    ).toMatchObject({ code: 'authentication_required' });
  });

  it.each([
    [
      { amount: 49, currency: 'eur' },
      { code: 'amount_too_small', param: 'amount' },
    ],
    [{ amount: 100_000_000, currency: 'eur' }, { code: 'amount_too_large' }],
    [{ amount: 5_000, currency: 'zzz' }, { param: 'currency' }],
    [{ amount: 5_001, currency: 'kwd' }, { code: 'invalid_charge_amount' }],
    [{ amount: 10.5, currency: 'eur' }, { code: 'parameter_invalid_integer' }],
    [
      { amount: 5_000, currency: 'eur', payment_method: 'pm_none' },
      { code: 'resource_missing', param: 'payment_method' },
    ],
    [
      { amount: 5_000, currency: 'eur', colour: 'red' },
      { code: 'parameter_unknown', param: 'colour' },
    ],
  ])('refuses %j', async (params, expected) => {
    expect(await failure(world.stripe.paymentIntents.create(params as Stripe.PaymentIntentCreateParams))).toMatchObject(
      { statusCode: 400, type: 'StripeInvalidRequestError', ...expected },
    );
  });

  it('takes whole yen', async () => {
    expect(await world.stripe.paymentIntents.create({ amount: 50, currency: 'jpy' })).toMatchObject({
      amount: 50,
      status: 'requires_payment_method',
    });
  });

  it('keeps the objects of connected accounts apart', async () => {
    const { id: stripeAccount } = await world.stripe.accounts.create({ type: 'standard' });
    const done = { method: 'POST', body: JSON.stringify({ outcome: 'complete' }) };
    await fetch(`${world.sandbox.url}/__sandbox/accounts/${stripeAccount}/onboarding`, done);
    const intent = await world.stripe.paymentIntents.create(
      { ...held, application_fee_amount: 500 },
      { stripeAccount },
    );
    expect(intent.application_fee_amount).toBe(500);
    expect(await failure(world.stripe.paymentIntents.retrieve(intent.id))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    });
    expect((await world.stripe.paymentIntents.retrieve(intent.id, {}, { stripeAccount })).id).toBe(intent.id);
  });
});

describe('refunds', () => {
  it('gives back part, then the rest, and refuses more', async () => {
    const intent = await world.stripe.paymentIntents.create({ ...held, capture_method: 'automatic' });
    const first = await world.stripe.refunds.create({
      payment_intent: intent.id,
      amount: 5_000,
      reason: 'requested_by_customer',
    });
    expect(first).toMatchObject({ status: 'succeeded', amount: 5_000, charge: intent.latest_charge });
    expect(await failure(world.stripe.refunds.create({ payment_intent: intent.id, amount: 7_051 }))).toMatchObject({
      statusCode: 400,
      param: 'amount',
    });
    expect(await world.stripe.refunds.create({ payment_intent: intent.id })).toMatchObject({ amount: 7_050 });
    expect(await failure(world.stripe.refunds.create({ payment_intent: intent.id }))).toMatchObject({
      code: 'charge_already_refunded',
    });
    expect((await world.stripe.refunds.list({ payment_intent: intent.id })).data).toHaveLength(2);
  });
});

describe('idempotency keys', () => {
  it('repeat the first answer, even a decline, and refuse other parameters', async () => {
    const key = 'bk_1:authorise:1';
    const first = await world.stripe.paymentIntents.create(held, { idempotencyKey: key });
    const again = await world.stripe.paymentIntents.create(held, { idempotencyKey: key });
    expect(again.id).toBe(first.id);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(
      await failure(world.stripe.paymentIntents.create({ ...held, amount: 999 }, { idempotencyKey: key })),
    ).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
    const declined = { ...held, payment_method: 'pm_card_chargeDeclined' };
    const errors = [
      await failure(world.stripe.paymentIntents.create(declined, { idempotencyKey: 'bk_2' })),
      await failure(world.stripe.paymentIntents.create(declined, { idempotencyKey: 'bk_2' })),
    ];
    expect(errors[1]?.payment_intent?.id).toBe(errors[0]?.payment_intent?.id);
  });

  it('charge once when the answer is lost and the client retries', async () => {
    const { hostname, port } = new URL(world.sandbox.url);
    const patient = new Stripe('sk_test_sandbox_for_tests', {
      host: hostname,
      port,
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries: 2,
    });
    const count = async (): Promise<number> =>
      ((await (await fetch(`${world.sandbox.url}/__sandbox/charges`)).json()) as { count: number }).count;
    const before = await count();
    await fetch(`${world.sandbox.url}/__sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'lost_answer', times: 1 }),
    });
    expect((await patient.paymentIntents.create(held)).status).toBe('requires_capture');
    expect(await count()).toBe(before + 1);
  });
});

describe('the rest of the API', () => {
  it('pages through lists', async () => {
    const seen: string[] = [];
    for await (const intent of world.stripe.paymentIntents.list({ limit: 3 })) seen.push(intent.id);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThan(6);
  });

  it('refuses a wrong key and knows its balance', async () => {
    const { hostname, port } = new URL(world.sandbox.url);
    const stranger = new Stripe('sk_test_wrong', { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 });
    expect(await failure(stranger.balance.retrieve())).toMatchObject({
      statusCode: 401,
      type: 'StripeAuthenticationError',
    });
    expect((await world.stripe.balance.retrieve()).pending[0]).toMatchObject({ currency: 'eur' });
  });

  it('answers 500 when asked to', async () => {
    await fetch(`${world.sandbox.url}/__sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'http_500' }),
    });
    expect(await failure(world.stripe.balance.retrieve())).toMatchObject({ statusCode: 500, type: 'StripeAPIError' });
  });
});

describe('webhooks', () => {
  it('are signed, reach *.localhost with their own Host, and are sent again until accepted', async () => {
    world.receiver.received.length = 0;
    world.receiver.answers.push(500);
    const intent = await world.stripe.paymentIntents.create(held);
    await world.stripe.paymentIntents.capture(intent.id);
    const own = () =>
      world.receiver.received
        .filter(({ event }) => [intent.id, intent.latest_charge].includes((event.data.object as { id: string }).id))
        .map(({ event }) => event.type);
    await vi.waitFor(() => expect(own()).toHaveLength(6), { timeout: 8_000 });
    expect(own().sort()).toEqual([
      'charge.captured',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'payment_intent.amount_capturable_updated',
      'payment_intent.created',
      'payment_intent.succeeded',
    ]);
    expect(world.receiver.received[0]?.host).toMatch(/^hooks\.localhost:\d+$/);
  });

  it('can come twice, late or not at all, and be asked for again', async () => {
    await fetch(`${world.sandbox.url}/__sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'duplicate', event: 'payment_intent.created' }),
    });
    await fetch(`${world.sandbox.url}/__sandbox/faults`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'drop', event: 'charge.succeeded' }),
    });
    const intent = await world.stripe.paymentIntents.create(held);
    const own = (type: string) =>
      world.receiver.received.filter(
        ({ event }) =>
          event.type === type && [intent.id, intent.latest_charge].includes((event.data.object as { id: string }).id),
      );
    await vi.waitFor(() => expect(own('payment_intent.created')).toHaveLength(2), { timeout: 5_000 });
    await vi.waitFor(() => expect(own('payment_intent.amount_capturable_updated')).toHaveLength(1), { timeout: 5_000 });
    expect(own('charge.succeeded')).toHaveLength(0);
    const event = (await world.stripe.events.list({ type: 'charge.succeeded', limit: 1 })).data[0];
    await fetch(`${world.sandbox.url}/__sandbox/events/${event?.id}/resend`, { method: 'POST' });
    await vi.waitFor(() => expect(own('charge.succeeded')).toHaveLength(1), { timeout: 5_000 });
  });

  it('keeps its state and sends what was undelivered after a restart', async () => {
    const port = Number(new URL(world.receiver.url).port);
    await world.receiver.stop();
    const intent = await world.stripe.paymentIntents.create(
      { ...held, metadata: { kept: 'yes' } },
      { idempotencyKey: 'kept' },
    );
    await world.restart();
    expect(await world.stripe.paymentIntents.retrieve(intent.id)).toMatchObject({
      status: 'requires_capture',
      metadata: { kept: 'yes' },
    });
    expect(
      (await world.stripe.paymentIntents.create({ ...held, metadata: { kept: 'yes' } }, { idempotencyKey: 'kept' })).id,
    ).toBe(intent.id);
    const receiver = await startReceiver(port);
    await vi.waitFor(
      () => expect(receiver.received.map(({ event }) => (event.data.object as { id: string }).id)).toContain(intent.id),
      { timeout: 12_000 },
    );
    await receiver.stop();
  }, 20_000);
});
