import type Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { idOf } from './context.ts';
import { buildStripeWorld, postForm } from './testing.ts';
import type { StripeWorld } from './testing.ts';

let world: StripeWorld;
beforeAll(async () => {
  world = await buildStripeWorld();
});
afterAll(() => world.stop());

function openSession(extra: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<Stripe.Checkout.Session> {
  return world.stripe.checkout.sessions.create({
    mode: 'payment',
    customer_email: 'marta@example.com',
    client_reference_id: 'BK-7',
    locale: 'es',
    metadata: { booking: 'BK-7' },
    success_url: 'http://brand.localhost:8080/pay/done?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://brand.localhost:8080/pay/back',
    line_items: [
      { quantity: 2, price_data: { currency: 'eur', unit_amount: 9_900, product_data: { name: 'Madrid – Roma' } } },
      { quantity: 1, price_data: { currency: 'eur', unit_amount: 450, product_data: { name: 'Equipaje <23 kg>' } } },
    ],
    payment_intent_data: {
      capture_method: 'manual',
      metadata: { booking: 'BK-7' },
      description: 'BK-7',
      statement_descriptor_suffix: 'VIAJES SOL',
    },
    ...extra,
  });
}

const card = (cardNumber: string): Record<string, string> => ({
  email: 'marta@example.com',
  cardNumber,
  cardExpiry: '12 / 31',
  cardCvc: '123',
  billingName: 'Marta García',
});

async function passChallenge(location: string, outcome: 'complete' | 'fail'): Promise<Response> {
  const page = await (await fetch(location)).text();
  expect(page).toContain('3-D Secure');
  const action = /action="([^"]+)"/.exec(page)?.[1] ?? '';
  const key = /name="key" value="([^"]+)"/.exec(page)?.[1] ?? '';
  return postForm(new URL(action, location).href, { key, outcome });
}

describe('the hosted payment page', () => {
  it('takes a card, holds the money and returns to the shop', async () => {
    const session = await openSession();
    expect(session).toMatchObject({
      amount_total: 20_250,
      status: 'open',
      payment_status: 'unpaid',
      payment_intent: null,
    });
    const page = await fetch(session.url ?? '');
    const text = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://brand.localhost:8080");
    expect(text).toContain('lang="es"');
    expect(text).toContain('Entorno de pruebas – sin dinero real');
    expect(text).toContain('Equipaje &lt;23 kg&gt;');
    const paid = await postForm(session.url ?? '', card('4242 4242 4242 4242'));
    expect([paid.status, paid.headers.get('location')]).toEqual([
      303,
      `http://brand.localhost:8080/pay/done?session=${session.id}`,
    ]);
    const complete = await world.stripe.checkout.sessions.retrieve(session.id, {
      expand: ['payment_intent.latest_charge', 'line_items'],
    });
    expect(complete).toMatchObject({
      status: 'complete',
      url: null,
      client_reference_id: 'BK-7',
      customer_details: { email: 'marta@example.com', name: 'Marta García' },
      payment_intent: {
        status: 'requires_capture',
        amount_capturable: 20_250,
        metadata: { booking: 'BK-7' },
        latest_charge: { calculated_statement_descriptor: expect.stringContaining('VIAJES') as string },
      },
    });
    expect(complete.line_items?.data.map((item) => item.description)).toEqual(['Madrid – Roma', 'Equipaje <23 kg>']);
    const intent = complete.payment_intent as Stripe.PaymentIntent;
    expect(
      (await world.stripe.checkout.sessions.list({ payment_intent: intent.id })).data.map((item) => item.id),
    ).toEqual([session.id]);
    await vi.waitFor(() => expect(world.receiver.types()).toContain('checkout.session.completed'), { timeout: 5_000 });
    await world.stripe.paymentIntents.capture(intent.id);
    expect((await world.stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe('paid');
    expect((await postForm(session.url ?? '', card('4242424242424242'))).headers.get('location')).toContain(session.id);
    expect((await world.stripe.charges.list({ payment_intent: intent.id })).data).toHaveLength(1);
  });

  it('says why a card was refused and lets the customer try another', async () => {
    const session = await openSession({ locale: 'en' });
    const declined = await postForm(session.url ?? '', card('4000000000000002'));
    expect(declined.status).toBe(402);
    expect(await declined.text()).toContain('Your card was declined.');
    expect(await (await postForm(session.url ?? '', card('4000000000009995'))).text()).toContain('insufficient funds');
    expect(await (await postForm(session.url ?? '', card('4242424242424241'))).text()).toContain(
      'Your card number is incorrect.',
    );
    expect(
      await (await postForm(session.url ?? '', { ...card('4242424242424242'), cardExpiry: '01/20' })).text(),
    ).toContain('expiration year is invalid');
    expect(await (await postForm(session.url ?? '', { ...card('4242424242424242'), email: '' })).text()).toContain(
      'complete email address',
    );
    expect((await postForm(session.url ?? '', card('4242424242424242'))).status).toBe(303);
    const { payment_intent: intent } = await world.stripe.checkout.sessions.retrieve(session.id);
    expect(
      (await world.stripe.charges.list({ payment_intent: idOf(intent) })).data.map((charge) => charge.status),
    ).toEqual(['succeeded', 'failed', 'failed']);
  });

  it.each(['4000002500003155', '4000002760003184'])(
    'sends %s to 3-D Secure: a failure returns to the form, a success to the shop',
    async (number) => {
      const session = await openSession({ locale: 'en' });
      const first = await postForm(session.url ?? '', card(number));
      expect(first.headers.get('location')).toContain('/3ds/pi_');
      const failed = await passChallenge(first.headers.get('location') ?? '', 'fail');
      expect(failed.headers.get('location')).toBe(`/c/pay/${session.id}`);
      expect(await (await fetch(session.url ?? '')).text()).toContain('did not confirm the payment');
      const second = await postForm(session.url ?? '', card(number));
      const passed = await passChallenge(second.headers.get('location') ?? '', 'complete');
      expect(passed.headers.get('location')).toContain(`/pay/done?session=${session.id}`);
      expect(await world.stripe.checkout.sessions.retrieve(session.id, { expand: ['payment_intent'] })).toMatchObject({
        status: 'complete',
        payment_intent: { status: 'requires_capture' },
      });
    },
  );

  it('expires: the page closes and nothing can be paid', async () => {
    const session = await openSession();
    expect(await world.stripe.checkout.sessions.expire(session.id)).toMatchObject({ status: 'expired', url: null });
    expect((await fetch(session.url ?? '')).status).toBe(410);
    expect((await postForm(session.url ?? '', card('4242424242424242'))).status).toBe(410);
    await expect(world.stripe.checkout.sessions.expire(session.id)).rejects.toThrow('status of expired');
  });

  it('refuses sums and dates Stripe would refuse', async () => {
    await expect(openSession({ expires_at: Math.floor(Date.now() / 1000) + 60 })).rejects.toThrow(
      'at least 30 minutes',
    );
    await expect(
      openSession({
        line_items: [{ quantity: 1, price_data: { currency: 'eur', unit_amount: 10, product_data: { name: 'Poco' } } }],
      }),
    ).rejects.toThrow('at least');
    await expect(openSession({ line_items: [] })).rejects.toThrow('line_items');
  });
});

describe('confirming with a return address', () => {
  it('goes through the challenge page and comes back with the result', async () => {
    const intent = await world.stripe.paymentIntents.create({
      amount: 30_000,
      currency: 'eur',
      capture_method: 'manual',
      payment_method: 'pm_card_threeDSecure2Required',
      confirm: true,
      return_url: 'http://brand.localhost:8080/back?b=1',
    });
    expect(intent).toMatchObject({
      status: 'requires_action',
      next_action: { type: 'redirect_to_url', redirect_to_url: { return_url: 'http://brand.localhost:8080/back?b=1' } },
    });
    const challenge = intent.next_action?.redirect_to_url?.url ?? '';
    expect((await fetch(challenge.replace(/key=.*/, 'key=guess'))).status).toBe(404);
    const back = new URL((await passChallenge(challenge, 'complete')).headers.get('location') ?? '');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      b: '1',
      payment_intent: intent.id,
      payment_intent_client_secret: intent.client_secret,
      redirect_status: 'succeeded',
    });
    const held = await world.stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge'] });
    expect(held).toMatchObject({
      status: 'requires_capture',
      latest_charge: { payment_method_details: { card: { three_d_secure: { result: 'authenticated' } } } },
    });
  });
});

describe('a customer’s cards', () => {
  it('are kept when the box is ticked and the bank agreed, shown again, and gone when detached or the customer is deleted', async () => {
    const { stripe } = world;
    const { id: customer } = await stripe.customers.create({ email: 'marta@example.com', metadata: { row: 'r1' } });
    const forCustomer = () =>
      stripe.checkout.sessions.create({
        mode: 'payment',
        customer,
        saved_payment_method_options: { payment_method_save: 'enabled' },
        success_url: 'http://brand.localhost:8080/done',
        line_items: [
          { quantity: 1, price_data: { currency: 'eur', unit_amount: 900, product_data: { name: 'Trip' } } },
        ],
      });
    const listed = async () => (await stripe.customers.listPaymentMethods(customer, { type: 'card' })).data;
    const first = await forCustomer();
    const asked = await postForm(first.url ?? '', { ...card('4000002760003184'), keep: 'yes' });
    expect(await listed()).toEqual([]);
    await passChallenge(asked.headers.get('location') ?? '', 'complete');
    const [kept] = await listed();
    expect(kept).toMatchObject({ allow_redisplay: 'always', card: { last4: '3184' } });

    const second = await forCustomer();
    expect(await (await fetch(second.url ?? '')).text()).toContain('VISA •••• 3184');
    const answer = await postForm(second.url ?? '', { kept: kept!.id });
    expect((await passChallenge(answer.headers.get('location') ?? '', 'complete')).status).toBe(303);
    await expect(
      stripe.paymentIntents.create({
        amount: 900,
        currency: 'eur',
        payment_method: kept!.id,
        confirm: true,
        off_session: true,
      }),
    ).rejects.toMatchObject({ param: 'payment_method' });
    // Off session, for a merchant that may: the bank asks nobody and so declines.
    await expect(
      stripe.paymentIntents.create({
        amount: 900,
        currency: 'eur',
        customer,
        payment_method: kept!.id,
        confirm: true,
        off_session: true,
      }),
    ).rejects.toMatchObject({ code: 'authentication_required' });
    await stripe.paymentMethods.detach(kept!.id);
    expect(await listed()).toEqual([]);
    await stripe.customers.del(customer);
    await expect(forCustomer()).rejects.toMatchObject({ param: 'customer' });
  });
});
