import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { payOnPage } from '../../server/testing/hosted-page.ts';
import { evidenceOf } from '../../server/testing/evidence.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import type { TestWorker } from '../../server/testing/test-worker.ts';
import { adult, bookExample } from '../../server/testing/trips.ts';

let world: PlatformWorld;
let site: TestSite;
let worker: TestWorker;
let agent: SiteClient;
let client: SiteClient;

beforeAll(async () => {
  world = await createPlatformWorld();
  site = world.first;
  worker = world.createWorker();
  agent = (await site.signIn('subagent', 'b')).client;
  client = site.guest('b');
});
afterAll(() => world?.close());
beforeEach(async () => {
  world.resetTime();
  await Promise.all([world.forgetRates(), world.sandboxes.clearFaults()]);
});

let made = 0;
/** A booking of an agent whose client is to pay by link, and the secret of the mailed link. */
async function linked() {
  const email = `client${(made += 1)}@link.test`;
  const answer = await bookExample(world, agent, {
    email,
    payment: { method: 'link' },
    travellers: [adult({ familyName: 'Zubizarreta' })],
  });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  await worker.drain();
  return { email, id: answer.body.id as string, booking: answer.body, access: await accessMailed(email) };
}
/** The secret in the newest mail to an address. */
async function accessMailed(email: string): Promise<string> {
  const mails = await world.sandboxes.mailsTo(email);
  const found = mails.map((mail) => /\/pay\?access=([\w-]{43})/.exec(mail.text)?.[1]).filter(Boolean);
  return found[0] ?? '';
}
const open = (access: string, who = client) => who.get(`/payment-links/own?access=${access}`);
const pay = (access: string) => client.post(`/payment-links/own/payments?access=${access}`);

describe('a payment link', () => {
  it('takes a client without an account from the mail to a booked trip', async () => {
    const { id, email, access, booking } = await linked();
    expect(booking).toMatchObject({ state: 'pending', payment: null, paymentLink: { state: 'open', openedAt: null } });
    expect(booking).not.toHaveProperty('guestToken');
    expect(booking.actions).toContain('send_payment_link');

    const page = await open(access);
    expect(page.body).toMatchObject({
      state: 'open',
      recipientName: 'Clara',
      trip: { total: { amount: 23970, currency: 'EUR' }, travellers: [{ givenName: 'Clara', familyInitial: 'Z' }] },
    });
    // Nothing of the contact, the travellers' documents, or what the chain earns.
    for (const secret of [email, '+34600000001', '1988-04-12', 'Zubizarreta', 'Vidal', '23000', '23500', '20000'])
      expect(page.text).not.toContain(secret);

    const started = await pay(access);
    // Pressed twice: the same page.
    expect((await pay(access)).body.payment.actionUrl).toBe(started.body.payment.actionUrl);
    expect(await payOnPage(started.body.payment.actionUrl as string)).toBe(303);
    // No webhook comes in this world: the saga looks by itself.
    await worker.makeDue();
    await worker.drain();

    expect((await open(access)).body).toMatchObject({ state: 'booked' });
    const seen = (await agent.get(`/bookings/${id}`)).body;
    expect(seen).toMatchObject({ state: 'ticketed', paymentLink: { state: 'booked', openedAt: expect.any(String) } });
    const evidence = await evidenceOf(world, site, id);
    expect(evidence).toMatchObject({ captured: [23970], liveOrders: 1, postings: 1 });
    // The confirmation opens the trip for the client, as a guest's does.
    const confirmation = (await world.sandboxes.mailsTo(email)).find((mail) => mail.text.includes('/trips/'));
    const key = /access=([\w-]+)/.exec(confirmation?.text ?? '')?.[1];
    expect((await client.get(`/bookings/${id}?access=${key}`)).status).toBe(200);
    const again = await pay(access);
    expect([again.status, again.body.code]).toEqual([409, 'booking.payment_link_closed']);
  });

  it('that is sent again replaces the one before; withdrawn, it takes no money', async () => {
    const { id, access, email } = await linked();
    const page = (await pay(access)).body.payment.actionUrl as string;
    const sent = await agent.post(`/bookings/${id}/payment-link`);
    expect([sent.status, sent.body.state]).toEqual([201, 'open']);
    await worker.drain();
    const newer = await accessMailed(email);
    expect(sent.body.url).toContain(newer);
    expect([newer === access, (await open(access)).body.state]).toEqual([false, 'revoked']);
    expect((await open(access)).body.trip).toBeNull();
    expect((await pay(access)).status).toBe(409);

    expect((await agent.delete(`/bookings/${id}/payment-link`)).status).toBe(204);
    expect((await open(newer)).body.state).toBe('revoked');
    // The page that was open at the payment service is closed too.
    expect(await payOnPage(page)).not.toBe(303);
    // No webhook comes in this world: the saga looks by itself.
    await worker.makeDue();
    await worker.drain();
    expect((await evidenceOf(world, site, id)).captured).toEqual([]);
    expect((await agent.get(`/bookings/${id}/payment-link`)).body).not.toHaveProperty('url');
  });

  it('ends with the offer: the page says so, the booking expires, nothing is charged', async () => {
    const { id, access, booking } = await linked();
    expect(booking.paymentLink.expiresAt).toBe(booking.expiresAt);
    world.passTime((Date.parse(booking.expiresAt as string) - Date.now()) / 1000 + 1);
    expect((await open(access)).body).toMatchObject({ state: 'expired', trip: null, recipientName: null });
    expect((await pay(access)).body).toMatchObject({ code: 'booking.payment_link_closed', state: 'expired' });
    expect((await agent.post(`/bookings/${id}/payment-link`)).body.code).toBe('booking.payment_link_not_possible');
  });

  it('is of its brand and its seller alone', async () => {
    const { id, access } = await linked();
    for (const other of [site.guest('reseller'), world.second.guest('b')])
      expect((await open(access, other)).status).toBe(404);
    expect((await open('x'.repeat(43))).status).toBe(404);
    expect((await client.post(`/bookings/${id}/payment-link`)).status).toBe(401);
    const guests = await bookExample(world, client, { email: 'g@link.test', payment: { method: 'link' } });
    expect([guests.status, guests.body.code]).toEqual([403, 'booking.payment_link_not_allowed']);
  });
});
