import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBrowser, type Browser } from '../../server/identity/testing.ts';
import { q } from '../../server/kernel/database/builder.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import { adult, bookExample, findExampleFlight, quoteOf } from '../../server/testing/trips.ts';

const PASSWORD = 'a quiet harbour at dawn';
type Level = 'reseller' | 'a' | 'b';
type Body = Record<string, unknown> & { code?: string };

let world: PlatformWorld;
let first: TestSite;
/** Customer of sub-agency B, with an account. */
let customerId: string;
let customer: SiteClient;
const address = (mailbox: string, site = first) => `${mailbox}@${site.tenant.slug}.test`;

beforeAll(async () => {
  world = await createPlatformWorld();
  ({ first } = world);
  customer = (await first.signIn('customer', 'b')).client;
  customerId = (await customer.get('/me')).body.id as string;
}, 240_000);
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());
afterEach(() => void vi.useRealTimers());

async function open(mailbox: string, level: Level, site = first): Promise<Browser> {
  const browser = createBrowser(world.port, await site.brandAt(level));
  await browser.signIn(address(mailbox, site), PASSWORD);
  return browser;
}
/** The browser as it is now: its cookie and its CSRF token. */
async function clientOf(browser: Browser, level: Level, site = first): Promise<SiteClient> {
  const { csrfToken } = await browser.session();
  const cookie = [...browser.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
  return site.at(level, { cookie, 'x-csrf-token': csrfToken ?? '' });
}
async function call(browser: Browser, method: string, path: string, body?: unknown) {
  const { csrfToken } = await browser.session();
  const answer = await browser.visit(method, `/api/v1${path}`, {
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-csrf-token': csrfToken ?? '' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (answer.text ? JSON.parse(answer.text) : {}) as Body };
}
const act = (browser: Browser, id = customerId, reason?: string) =>
  call(browser, 'POST', '/me/acting', { customerId: id, ...(reason ? { reason } : {}) });
const stop = (browser: Browser) => call(browser, 'DELETE', '/me/acting');
const me = async (browser: Browser) =>
  (await call(browser, 'GET', '/me')).body as { id: string; role: string; actingParty: Body | null };
const later = (minutes: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 });
async function acting(mailbox = 'subagent', level: Level = 'b'): Promise<Browser> {
  const browser = await open(mailbox, level);
  const started = await act(browser, customerId, 'she called');
  expect([started.status, started.body.code]).toEqual([200, undefined]);
  return browser;
}
async function noteCustomer(mailbox: string, level: Level, email: string): Promise<string> {
  const { client } = await first.signIn(mailbox, level);
  const made = await client.post('/customers', { email, givenName: 'Noa', familyName: 'Gil' });
  expect(made.status).toBe(201);
  return made.body.id as string;
}
/** Every process knows of a changed account, which is read anew after three seconds. */
const noticed = () => new Promise((done) => setTimeout(done, 3200));
const audited = async () =>
  (await first.sql.all<{ body: string }>(q('audit_entries').orderBy('sequence').select('body'))).map(
    ({ body }) =>
      JSON.parse(body) as {
        action: string;
        outcome: string;
        actor: { id: string; role: string };
        actingParty: { kind: string; id: string; name: string; reason: string | null } | null;
        subject: { type: string; id: string };
      },
  );

describe('I28: acting as a customer', () => {
  it('is a state of the session that says who acts, why and until when, and ends with the person it began with', async () => {
    const browser = await open('subagent', 'b');
    const agent = await me(browser);
    expect(agent.actingParty).toBeNull();
    const before = [...browser.jar.values()].map(({ value }) => value);
    const started = await act(browser, customerId, 'she called');
    expect(started.body).toMatchObject({ customer: { id: customerId }, redirectTo: '/' });
    expect([...browser.jar.values()].map(({ value }) => value)).not.toEqual(before);
    expect(await me(browser)).toMatchObject({
      id: customerId,
      role: 'customer',
      actingParty: { kind: 'user', reason: 'she called' },
    });
    expect((await act(browser)).body.code).toBe('access.not_while_acting');
    expect((await stop(browser)).status).toBe(204);
    expect(await me(browser)).toMatchObject({ id: agent.id, role: 'agent', actingParty: null });
    expect((await stop(browser)).status).toBe(204);
  });

  it('books for the customer, at the price the customer sees, under the name of who did it', async () => {
    const browser = await acting();
    const client = await clientOf(browser, 'b');
    const offer = await findExampleFlight(world, client);
    expect([offer.total.amount, offer.own]).toEqual([23_970, undefined]);
    const quote = await quoteOf(client, offer.id);
    const send = (email: string, payment: object = { method: 'card', paymentMethodId: 'pm_card_visa' }) =>
      client.post('/bookings', {
        items: [{ quoteId: quote.id }],
        travellers: [adult()],
        contact: { givenName: 'Clara', familyName: 'Vidal', email, phone: '+34600000001' },
        payment,
      });
    expect((await send('somebody@else.test')).body.code).toBe('booking.contact_not_customers');
    expect((await send(address('customer'), { method: 'wallet' })).body.code).toBe('booking.wallet_not_allowed');
    const booked = await send(address('customer'));
    expect(booked.status).toBe(201);
    expect(booked.body.earnings).toBeUndefined();
    await world.createWorker().drain();

    const id = booked.body.id as string;
    const row = await first.sql.one(q('bookings').where({ id }).select('customer_id', 'booked_by_id', 'agency_id'));
    const mine = await customer.get(`/bookings/${id}`);
    const agentId = (mine.body.bookedBy as { id: string }).id;
    expect(row).toEqual({ customer_id: customerId, booked_by_id: agentId, agency_id: first.agencies.b });
    expect(mine.body).toMatchObject({ state: 'ticketed', contact: { email: address('customer') } });
    const list = (await customer.get('/bookings')).body.data as Array<{ id: string }>;
    expect(list.map((one) => one.id)).toContain(id);
    await stop(browser);
    expect((await me(browser)).id).toBe(agentId);
    expect((await call(browser, 'GET', `/bookings/${id}`)).body.earnings).toBeDefined();
    const entry = (await audited()).find(({ action, outcome }) => action === 'POST /bookings' && outcome === 'done');
    expect(entry).toMatchObject({
      actor: { id: customerId, role: 'customer' },
      actingParty: { kind: 'user', id: agentId, reason: 'she called' },
    });
  });

  it('names in the audit log who began and ended it, and as whom', async () => {
    const browser = await acting();
    await stop(browser);
    const [start, end] = (await audited()).filter(({ action }) => action.endsWith(' /me/acting')).slice(-2);
    expect(start).toMatchObject({
      action: 'POST /me/acting',
      actor: { role: 'agent' },
      actingParty: null,
      subject: { type: 'Customer', id: customerId },
    });
    expect(end).toMatchObject({
      action: 'DELETE /me/acting',
      actor: { id: customerId },
      actingParty: { kind: 'user', id: start!.actor.id },
    });
  });

  it('leaves to the customer what is the customer’s: data, sessions, credentials, account pages', async () => {
    const browser = await acting();
    const acts: [string, string, unknown?][] = [
      ['GET', '/me/export'],
      ['POST', '/me/erasure', { confirm: address('customer') }],
      ['GET', '/me/cards'],
      ['DELETE', '/me/cards/pm_any'],
      ['POST', '/me/passkeys/options'],
      ['POST', '/me/sessions/end-others'],
      ['DELETE', `/me/sessions/${customerId}`],
      ['PATCH', `/customers/${customerId}`, { givenName: 'Other' }],
      ['GET', `/customers/${customerId}/export`],
      ['POST', `/customers/${customerId}/erasure`, { confirm: address('customer') }],
      ['GET', '/users'],
      ['GET', '/wallets'],
    ];
    for (const [method, path, body] of acts) {
      const answer = await call(browser, method, path, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'access.not_while_acting']);
    }
    expect((await call(browser, 'GET', '/me/sessions')).body.data).toEqual([]);
    for (const path of ['/account/security', '/account/agency', '/account/forgot-password'])
      expect([path, (await browser.open(path)).status]).toEqual([path, 403]);
  });

  it('shows nothing that the customer has at another agency', async () => {
    const atReseller = (await first.signIn('customer', 'reseller')).client;
    const elsewhere = await bookExample(world, atReseller, { email: address('customer'), days: 44 });
    expect(elsewhere.status).toBe(201);
    const id = elsewhere.body.id as string;
    expect((await customer.get(`/bookings/${id}`)).status).toBe(200);
    const browser = await acting();
    expect((await call(browser, 'GET', `/bookings/${id}`)).status).toBe(404);
    const { data } = (await call(browser, 'GET', '/bookings')).body as unknown as { data: Array<{ id: string }> };
    expect(data.map((one) => one.id)).not.toContain(id);
  });

  it('is begun and ended by a form without script as well, with the token of the page only', async () => {
    const browser = await acting();
    const { csrfToken } = await browser.session();
    const { origin } = await first.brandAt('b');
    const post = (token: string) =>
      browser.visit('POST', '/auth/acting/stop', {
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
        body: new URLSearchParams({ _csrf: token }).toString(),
      });
    expect((await post('forged')).status).toBe(403);
    expect((await post(csrfToken ?? '')).headers.location).toBe('/console/customers');
    expect((await me(browser)).role).toBe('agent');
    expect((await audited()).at(-1)).toMatchObject({ action: 'identity.acting_ended', subject: { id: customerId } });
  });
});

describe('I28: who may act as whom', () => {
  it('an agency’s administrator as customers of the agencies below, where these may sign in', async () => {
    const here = await open('agent', 'a');
    await first.sql.run(
      q('users')
        .where({ id: (await me(here)).id })
        .update({ role: 'agency_admin' }),
    );
    await noticed();
    const answer = await act(here);
    expect([answer.status, answer.body.code]).toEqual([409, 'identity.acting_not_here']);
    expect(answer.body.origin).toBe((await first.brandAt('reseller')).origin);
    const there = await acting('agent', 'reseller');
    const client = await clientOf(there, 'reseller');
    const booked = await bookExample(world, client, { email: address('customer'), days: 51 });
    expect([booked.status, (booked.body.agency as { id: string }).id]).toEqual([201, first.agencies.b]);
    await first.sql.run(
      q('users')
        .where({ id: (await me(here)).id })
        .update({ role: 'agent' }),
    );
  });

  it('an agent as customers of the own agency: others are unknown, and who only booked there is not its to act as', async () => {
    const upstairs = await open('agent', 'a');
    const subagent = await open('subagent', 'b');
    const ofA = await noteCustomer('agent', 'a', 'of-a@mail.test');
    expect((await act(subagent, ofA)).status).toBe(404);
    await noticed();
    expect((await act(upstairs)).status).toBe(404);
    expect((await act(upstairs, ofA)).status).toBe(200);

    const guestOfB = await noteCustomer('admin', 'reseller', 'of-reseller@mail.test');
    const { id } = (await first.sql.one<{ id: string }>(
      q('bookings').where({ customer_id: customerId }).select('id').limit(1),
    ))!;
    await first.sql.run(q('bookings').where({ id, agency_id: first.agencies.b }).update({ customer_id: guestOfB }));
    const seen = await act(subagent, guestOfB);
    expect([seen.status, seen.body.code]).toEqual([403, 'access.forbidden']);
    await first.sql.run(q('bookings').where({ id }).update({ customer_id: customerId }));
  });

  it('nobody as a colleague, a customer of another tenant, a stranger, or somebody erased or suspended', async () => {
    const admin = await open('admin', 'reseller');
    const agentId = (await me(await open('agent', 'a'))).id;
    const foreign = (await (await world.second.signIn('customer', 'b')).client.get('/me')).body.id as string;
    for (const id of [agentId, foreign, '01890000-0000-7000-8000-000000000000'])
      expect([id, (await act(admin, id)).status]).toEqual([id, 404]);
    const gone = await noteCustomer('admin', 'reseller', 'gone@mail.test');
    await first.sql.run(q('users').where({ id: gone }).update({ state: 'suspended' }));
    expect((await act(admin, gone)).body.code).toBe('identity.nobody_to_act_as');
    expect((await act(await open('customer', 'b'))).status).toBe(403);
    expect((await first.guest('b').post('/me/acting', { customerId })).status).toBe(401);
    expect((await first.guest('b').delete('/me/acting')).status).toBe(401);
    const program = first.at('b', { authorization: `Bearer ${await first.token('agent', 'b')}` });
    expect((await program.post('/me/acting', { customerId })).body.code).toBe('identity.acting_needs_session');
    expect((await call(admin, 'POST', '/me/acting', { customerId: 'x', more: 1 })).status).toBe(400);
  });

  it('a colleague of the reseller by permission, and then within its other permissions only', async () => {
    const admin = (await first.signIn('admin', 'reseller')).client;
    const { id } = await world.modules.identity.createUser(first.sql, {
      email: address('desk'),
      password: PASSWORD,
      givenName: 'Eva',
      familyName: 'Desk',
      role: 'reseller_staff',
      agencyId: null,
    });
    const give = async (name: string, ...permissions: string[]) => {
      const made = await admin.post('/permission-sets', { name, permissions });
      expect((await admin.patch(`/users/${id}`, { permissionSetId: made.body.id })).status).toBe(200);
      await noticed();
    };
    await give('Looking', 'customers.read', 'bookings.create');
    const desk = await open('desk', 'reseller');
    expect((await act(desk)).body.code).toBe('access.forbidden');
    await give('Acting', 'customers.act', 'bookings.read');
    expect((await act(desk)).status).toBe(200);
    const client = await clientOf(desk, 'reseller');
    expect((await client.post('/flights/searches', {})).body.code).toBe('access.not_while_acting');
    const { data } = (await client.get('/bookings')).body as { data: Array<{ id: string }> };
    const one = await client.get(`/bookings/${data[0]!.id}`);
    expect([one.status, one.body.contact]).toEqual([200, undefined]);
    await give('No more', 'bookings.read');
    expect(await me(desk)).toMatchObject({ id, role: 'reseller_staff', actingParty: null });
    await give('Again', 'customers.act');
    expect(await me(desk)).toMatchObject({ id, actingParty: null });
  });
});

describe('I28: acting ends', () => {
  it('after an hour, whatever happens, and a page of that hour can change nothing any more', async () => {
    const browser = await acting();
    const stale = await clientOf(browser, 'b');
    for (let passed = 0; passed < 56; passed += 14) {
      later(14);
      expect((await me(browser)).id).toBe(customerId);
    }
    later(4.1);
    expect((await me(browser)).role).toBe('agent');
    const late = await stale.post('/flights/searches', {});
    expect([late.status, late.body.code]).toEqual([403, 'access.csrf']);
  });

  it('after a quarter of an hour without a request, and is not taken up again by the next', async () => {
    const browser = await acting();
    later(15.1);
    expect((await me(browser)).role).toBe('agent');
    expect((await me(browser)).role).toBe('agent');
  });

  it('when the customer is suspended, and with the session', async () => {
    const browser = await acting();
    await first.sql.run(q('users').where({ id: customerId }).update({ state: 'suspended' }));
    await noticed();
    expect((await me(browser)).role).toBe('agent');
    await first.sql.run(q('users').where({ id: customerId }).update({ state: 'active' }));
    await noticed();
    const other = await acting();
    const { csrfToken } = await other.session();
    const { origin } = await first.brandAt('b');
    await other.visit('POST', '/auth/logout', { headers: { origin, 'x-csrf-token': csrfToken ?? '' } });
    expect((await call(other, 'GET', '/me')).status).toBe(401);
  });

  it('is worth nothing at another host of the tenant or at another tenant', async () => {
    const browser = await acting();
    for (const [site, level] of [
      [first, 'reseller'],
      [world.second, 'b'],
    ] as const) {
      const abroad = createBrowser(world.port, await site.brandAt(level));
      for (const [name, cookie] of browser.jar) abroad.jar.set(name, cookie);
      expect((await call(abroad, 'GET', '/me')).status).toBe(401);
    }
  });
});
