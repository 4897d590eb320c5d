import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSavedCards } from '../../server/payments/saved-cards/saved-cards.ts';
import { createStripeCustomers } from '../../server/payments/stripe/customers.ts';
import { q } from '../../server/kernel/database/builder.ts';
import { newId } from '../../server/kernel/ids.ts';
import { payOnPage } from '../../server/testing/hosted-page.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import { bookExample } from '../../server/testing/trips.ts';

let world: PlatformWorld;
let site: TestSite;
let customer: SiteClient;
let stripe: Stripe;
const email = () => `customer@${site.tenant.slug}.test`;

beforeAll(async () => {
  world = await createPlatformWorld();
  site = world.first;
  customer = (await site.signIn('customer', 'b')).client;
  const { hostname: host, port } = new URL(world.sandboxes.urls.stripe);
  stripe = new Stripe(world.config.STRIPE_SECRET_KEY, { host, port, protocol: 'http', maxNetworkRetries: 0 });
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

let days = 30;
/** A booking of a customer that waits on its hosted page; answers the page's address. */
async function atThePage(who: SiteClient, contact = email()): Promise<string> {
  const booked = await bookExample(world, who, { email: contact, payment: { method: 'card' }, days: (days += 1) });
  expect([booked.status, booked.text]).toEqual([201, expect.any(String)]);
  return booked.body.payment.actionUrl as string;
}
const shown = async (page: string) => (await fetch(page)).text();
const cards = async (who = customer) => (await who.get('/me/cards')).body.data as Array<{ id: string; last4: string }>;
const rows = () => site.sql.all<{ owner_id: string; stripe_customer_id: string }>(q('stripe_customers').select('*'));

describe('a kept card', () => {
  it('is kept only when the customer ticks the box, is shown by its last digits, pays the next trip, and is removed', async () => {
    expect(await cards()).toEqual([]);
    const first = await atThePage(customer);
    expect(await shown(first)).toContain('Save my card');
    expect(await payOnPage(first)).toBe(303);
    expect(await cards()).toEqual([]);

    for (const cardNumber of ['4242424242424242', '5555555555554444', '4242424242424242'])
      expect(await payOnPage(await atThePage(customer), { cardNumber, keep: 'yes' })).toBe(303);
    const kept = await cards();
    // The same card twice counts once; nothing but brand, digits and expiry leaves.
    expect(kept.map(({ last4 }) => last4).sort()).toEqual(['4242', '4444']);
    expect(Object.keys(kept[0]!).sort()).toEqual(['brand', 'expMonth', 'expYear', 'id', 'last4']);
    // One customer at Stripe, however many payments.
    expect(await rows()).toHaveLength(1);

    const visa = kept.find(({ last4 }) => last4 === '4242')!.id;
    const page = await atThePage(customer);
    expect(await shown(page)).toContain('•••• 4242');
    expect(await payOnPage(page, { kept: visa })).toBe(303);

    expect((await customer.delete(`/me/cards/${visa}`)).status).toBe(204);
    expect((await cards()).map(({ last4 }) => last4)).toEqual(['4444']);
    expect((await customer.delete(`/me/cards/${visa}`)).status).toBe(404);
    expect(await shown(await atThePage(customer))).not.toContain('•••• 4242');
  });

  it('is offered to nobody else: not to a guest, an agent who pays for a client, nor another customer', async () => {
    const [mine] = await cards();
    const agent = (await site.signIn('subagent', 'b')).client;
    for (const who of [site.guest('b'), agent])
      expect(await shown(await atThePage(who, 'somebody@mail.test'))).not.toMatch(/Save my card|•••• /);
    expect((await site.guest('b').get('/me/cards')).status).toBe(401);
    expect((await agent.get('/me/cards')).body.data).toEqual([]);
    expect((await agent.delete(`/me/cards/${mine!.id}`)).status).toBe(404);
    // Nor does its id pay for who learns of it.
    const stolen = await bookExample(world, site.guest('b'), {
      email: 'thief@mail.test',
      payment: { method: 'card', paymentMethodId: mine!.id },
      days: (days += 1),
    });
    expect([stolen.status, stolen.body.code]).toEqual([402, 'payment.declined']);
    const elsewhere = (await world.second.signIn('customer', 'b')).client;
    expect((await elsewhere.delete(`/me/cards/${mine!.id}`)).status).toBe(404);
  });

  it('is in the export of a person', async () => {
    const { body } = await customer.get('/me/export');
    expect(body.cards).toEqual([{ brand: 'mastercard', last4: '4444', expMonth: 12, expYear: 2031 }]);
  });

  it('whose customer was deleted in Stripe’s dashboard stops nobody from paying', async () => {
    const gone = (await rows()).at(-1)!.stripe_customer_id;
    await stripe.customers.del(gone);
    expect(await payOnPage(await atThePage(customer))).toBe(303);
    expect((await customer.get('/me/cards')).body.data).toEqual([]);
    expect((await rows()).map((row) => row.stripe_customer_id)).not.toContain(gone);
    expect(await shown(await atThePage(customer))).toContain('Save my card');
  });

  it('is deleted at Stripe with its customer when the person is erased, though Stripe was away first', async () => {
    const [row] = await rows();
    await site.sql.run(q('bookings').update({ starts_on: '2026-01-01', ends_on: '2026-01-02', state: 'completed' }));
    const admin = (await site.signIn('admin', 'reseller')).client;
    const worker = world.createWorker();
    await world.sandboxes.control('stripe', 'POST', 'faults', { kind: 'http_500', times: 3 });
    const erased = await admin.post(`/customers/${row!.owner_id}/erasure`, { confirm: email() });
    expect([erased.status, erased.text]).toEqual([200, expect.any(String)]);
    await worker.drain();
    await world.sandboxes.clearFaults();
    await worker.makeDue();
    await worker.drain();
    expect((await stripe.customers.list({ limit: 100 })).data).toEqual([]);
    expect(await rows()).toMatchObject([{ stripe_customer_id: null, forgotten_at: expect.any(Date) }]);
  });
});

describe('a Stripe customer', () => {
  const saved = () =>
    createSavedCards({
      database: world.infra.database,
      customers: createStripeCustomers(stripe),
      overTheWire: (work) => work(),
    });

  it('is one for each owner, also when an answer was lost or two ask at once, and none for who was forgotten', async () => {
    const owner = { kind: 'agency' as const, id: newId(), name: 'Sol', email: 'cash@sol.test' };
    const [a, b] = await Promise.all([1, 2].map(() => saved().customerOf(site.tenant, owner, null)));
    expect(a).toBe(b);
    await site.sql.run(q('stripe_customers').where({ owner_id: owner.id }).update({ stripe_customer_id: null }));
    expect(await saved().customerOf(site.tenant, { ...owner, name: 'Renamed' }, null)).toBe(a);
    await stripe.paymentMethods.attach('pm_card_visa', { customer: a! });
    expect(await saved().list(site.tenant, owner)).toHaveLength(1);
    await saved().forget(site.tenant, owner);
    expect(await saved().list(site.tenant, owner)).toEqual([]);
    expect(await saved().customerOf(site.tenant, owner, null)).toBeNull();
  });
});
