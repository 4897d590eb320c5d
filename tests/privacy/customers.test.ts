import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eraseOldGuests, forgetPeople } from '../../server/app/retention.ts';
import { findUserByEmail } from '../../server/identity/index.ts';
import { q } from '../../server/kernel/database/builder.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';
import { adult, bookExample } from '../../server/testing/trips.ts';
import { storedText } from './stored-text.ts';

let world: PlatformWorld;
let first: TestSite;
let admin: SiteClient;
let agent: SiteClient;
let subagent: SiteClient;
let customer: SiteClient;
let customerId: string;
let bookingId: string;
const email = () => `customer@${first.tenant.slug}.test`;
const document = { type: 'passport', number: 'ZQX778899', issuingCountry: 'ES', expiresOn: '2035-01-01' };
const traveller = () => adult({ givenName: 'Ysolda', familyName: 'Marchetti', document });

beforeAll(async () => {
  world = await createPlatformWorld();
  ({ first } = world);
  admin = (await first.signIn('admin', 'reseller')).client;
  agent = (await first.signIn('agent', 'a')).client;
  subagent = (await first.signIn('subagent', 'b')).client;
  customer = (await first.signIn('customer', 'b')).client;
  const booked = await bookExample(world, customer, { email: email(), travellers: [traveller()] });
  if (booked.status !== 201) throw new Error(booked.text);
  bookingId = booked.body.id as string;
  await world.createWorker().drain();
  customerId = (await findUserByEmail(first.sql, email()))!.id;
}, 240_000);
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

const found = async (client: SiteClient, search: string) => {
  const { status, body } = await client.get(`/customers?search=${encodeURIComponent(search)}`);
  return status === 200 ? (body.data as Array<{ id: string }>).map(({ id }) => id) : (body.code as string);
};

describe('customers', () => {
  it('are found by the whole address in any case and by words of the name; a part of an address is refused with the reason (E02)', async () => {
    expect(await found(admin, email().toUpperCase())).toEqual([customerId]);
    expect(await found(admin, 'Test cust')).toEqual([customerId]);
    expect(await found(admin, 'nobody@mail.test')).toEqual([]);
    for (const part of ['customer@', '%@%', 'customer%', '@mail.test'])
      expect(await found(admin, part), part).toBe('customers.email_search_partial');
  });

  it('are those of the own agency and below, of nobody else, and not other people', async () => {
    expect(await found(agent, email())).toEqual([customerId]);
    expect(await found(subagent, email())).toEqual([customerId]);
    expect(await found(admin, `agent@${first.tenant.slug}.test`)).toEqual([]);
    const elsewhere = (await world.second.signIn('admin', 'reseller')).client;
    expect(await found(elsewhere, email())).toEqual([]);
    expect((await elsewhere.get(`/customers/${customerId}`)).status).toBe(404);
    const made = await agent.post('/customers', { email: 'noted@mail.test', givenName: 'Noa', familyName: 'Gil' });
    expect([made.status, made.body.agency?.id]).toEqual([201, first.agencies.a]);
    expect((await subagent.get(`/customers/${made.body.id}`)).status).toBe(404);
    expect((await subagent.patch(`/customers/${made.body.id}`, { givenName: 'X' })).status).toBe(404);
    expect((await agent.patch(`/customers/${made.body.id}`, { givenName: 'Nora' })).body.givenName).toBe('Nora');
    expect(await found(agent, 'nora')).toEqual([made.body.id]);
    // Who has not booked yet is the reseller's to see as well.
    expect(await found(admin, 'nora')).toEqual([made.body.id]);
    expect((await agent.post('/customers', { email: 'Noted@mail.test', givenName: 'N', familyName: 'G' })).status).toBe(
      409,
    );
    // An agent reads and corrects; exporting and erasing are the administrators'.
    expect((await subagent.get(`/customers/${customerId}/export`)).status).toBe(403);
    expect((await subagent.post(`/customers/${customerId}/erasure`, { confirm: email() })).status).toBe(403);
  });
});

describe('the export of a person', () => {
  it('G01: has the account, what it agreed to, its bookings with travellers and documents, as a file', async () => {
    const answer = await customer.get('/me/export');
    expect([answer.status, answer.headers['content-disposition']]).toEqual([
      200,
      expect.stringContaining(`personal-data-${customerId}.json`),
    ]);
    expect(answer.body.account).toMatchObject({ id: customerId, email: email() });
    expect(answer.body.bookings[0]).toMatchObject({
      contact: { email: email(), phone: '+34600000001' },
      travellers: [{ givenName: 'Ysolda', bornOn: '1988-04-12', document }],
    });
    expect(answer.body.bookings[0].invoices[0].customer.name).toBe('Clara Vidal');
    const theirs = await admin.get(`/customers/${customerId}/export`);
    expect(theirs.body.bookings).toHaveLength(1);
    expect((await first.guest('b').get('/me/export')).status).toBe(401);
  });
});

describe('an erasure', () => {
  it('waits until no trip is ahead, and wants the address typed', async () => {
    const mistyped = await customer.post('/me/erasure', { confirm: 'somebody@else.test' });
    expect([mistyped.status, mistyped.body.code]).toEqual([422, 'customers.erasure_not_confirmed']);
    const early = await customer.post('/me/erasure', { confirm: email() });
    expect([early.status, early.body.code]).toEqual([409, 'customers.trips_ahead']);
  });

  it('G02: destroys names, contacts and documents, ends credentials and sessions, and keeps the sale', async () => {
    const past = { starts_on: '2026-01-01', ends_on: '2026-01-02' };
    await first.sql.run(q('bookings').where({ id: bookingId }).update(past));
    const before = await storedText(world.config.DATABASE_URL, first.tenant);
    const counts = async () =>
      first.sql.one(
        q.raw('select (select count(*) from ledger_entries) as entries, (select count(*) from invoices) as invoices'),
      );
    const books = await counts();
    const erased = await admin.post(`/customers/${customerId}/erasure`, { confirm: email() });
    expect([erased.status, erased.body.id]).toEqual([200, customerId]);
    // Again: the same answer.
    expect((await admin.post(`/customers/${customerId}/erasure`, { confirm: '' })).body.erasedAt).toBe(
      erased.body.erasedAt,
    );

    expect((await customer.get('/me')).status).toBe(401);
    expect(await findUserByEmail(first.sql, email())).toBeUndefined();
    await expect(first.signIn('customer', 'b')).rejects.toThrow();
    expect((await admin.get(`/customers/${customerId}`)).body).toMatchObject({ state: 'erased', email: null });
    const booking = (await admin.get(`/bookings/${bookingId}`)).body;
    expect(booking).toMatchObject({
      total: { currency: 'EUR' },
      leadName: '–',
      contact: { email: '', phone: null },
      travellers: [{ givenName: '–', familyName: '–', bornOn: null, ticketNumber: null }],
    });
    expect((await admin.get('/bookings?search=marchetti')).body.data).toEqual([]);
    expect(await counts()).toEqual(books);
    const events = await world.infra.database.platform.all(
      q('platform.outbox').where({ tenant_id: first.tenant.id, kind: 'customer.erased@1' }),
    );
    expect(events).toHaveLength(1);

    // Not only hidden: the ciphertexts of before are gone from the database.
    const sealedBefore = before.match(/v2\.1r\.[\w-]{38,}/g) ?? [];
    const after = await storedText(world.config.DATABASE_URL, first.tenant);
    expect(sealedBefore.filter((value) => !after.includes(value)).length).toBeGreaterThan(8);
  });

  it('G02: is done again when a backup brings the person back', async () => {
    await first.sql.run(
      q('users')
        .where({ id: customerId })
        .update({ email: email(), email_index: first.sql.vault.index('users.email', email()), erased_at: null }),
    );
    expect(await findUserByEmail(first.sql, email())).toBeDefined();
    const deps = {
      infra: world.infra,
      identity: world.modules.identity,
      invalidateHost: world.modules.hosts.invalidate,
    };
    await forgetPeople(deps, first.tenant);
    expect(await findUserByEmail(first.sql, email())).toBeUndefined();
  });
});

describe('retention', () => {
  it('G03: guests are erased from trips that ended long ago, and from no other', async () => {
    const guest = first.guest('b');
    const [old, recent] = [
      await bookExample(world, guest, { email: 'old.guest@mail.test', travellers: [traveller()] }),
      await bookExample(world, guest, { email: 'new.guest@mail.test' }),
    ];
    const drained = world.createWorker();
    await drained.drain();
    const day = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
    const end = (id: string, days: number) =>
      first.sql.run(
        q('bookings')
          .where({ id })
          .update({ starts_on: day(days), ends_on: day(days) }),
      );
    await end(old.body.id as string, 91);
    await end(recent.body.id as string, 89);
    expect(await eraseOldGuests({ infra: world.infra }, first.tenant)).toBe(1);
    expect(await eraseOldGuests({ infra: world.infra }, first.tenant)).toBe(0);
    const nameOf = async (id: string) => (await admin.get(`/bookings/${id}`)).body.leadName as string;
    expect([await nameOf(old.body.id as string), await nameOf(recent.body.id as string)]).toEqual(['–', 'Clara Vidal']);
  });
});

describe('consent', () => {
  it('G04: what a person agreed to is on record with version, language and time, and in the export', async () => {
    const brand = await first.brandAt('b');
    const person = {
      email: 'agrees@mail.test',
      password: 'a quiet harbour at noon',
      givenName: 'Ada',
      familyName: 'Rey',
    };
    const id = await world.modules.identity.registerCustomer(first.tenant, brand, { ...person, locale: 'es' });
    const exported = await admin.get(`/customers/${id}/export`);
    expect(exported.body.consents).toEqual([
      { document: 'terms', version: '1', locale: 'es', acceptedAt: expect.any(String) },
    ]);
  });
});
