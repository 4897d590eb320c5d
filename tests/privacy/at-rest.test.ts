import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { rotateDataKey, sealWhatIsLeft, destroyKeys, dropReplacedKeys } from '../../server/app/rotate-data-key.ts';
import { sealedTables } from '../../server/app/sealed-tables.ts';
import { findUserByEmail } from '../../server/identity/index.ts';
import { countStale } from '../../server/kernel/crypto/reseal.ts';
import { SealBroken } from '../../server/kernel/crypto/vault.ts';
import { q } from '../../server/kernel/database/builder.ts';
import type { Tenant } from '../../server/kernel/http/context.ts';
import { newId } from '../../server/kernel/ids.ts';
import { must } from '../../server/kernel/must.ts';
import { verifyLedger } from '../../server/ledger/index.ts';
import { findTenantBySlug } from '../../server/tenancy/index.ts';
import { mortalDatabase } from '../../server/testing/mortal-database.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import { adult, bookExample } from '../../server/testing/trips.ts';
import { redisText, storedText } from './stored-text.ts';

const CANARIES = {
  givenName: 'Quillarona',
  familyName: 'Ostrevanda',
  email: 'quillarona.canary@ostrevanda.test',
  phone: '+34699481516',
  bornOn: '1971-03-29',
  passport: 'ZQX481516',
  registered: 'registered.canary@ostrevanda.test',
  registeredName: 'Tremallion',
  invited: 'invited.canary@ostrevanda.test',
};

let world: PlatformWorld;
let first: TestSite;
let second: TestSite;
let bookingId: string;
let access: string;

beforeAll(async () => {
  world = await createPlatformWorld({ webhooks: true });
  ({ first, second } = world);
  const { givenName, familyName, email, phone, bornOn, passport } = CANARIES;
  const document = { type: 'passport', number: passport, issuingCountry: 'ES', expiresOn: '2035-01-01' };
  const booked = await bookExample(world, first.guest('b'), {
    email,
    travellers: [adult({ givenName, familyName, bornOn, document })],
    over: { contact: { givenName, familyName, email, phone } },
  });
  if (booked.status !== 201) throw new Error(booked.text);
  bookingId = booked.body.id as string;
  access = booked.body.guestToken as string;
  const brand = await first.brandAt('b');
  const person = { password: 'a quiet harbour at dusk', familyName, locale: 'en' };
  await world.modules.identity.registerCustomer(first.tenant, brand, {
    ...person,
    email: CANARIES.registered,
    givenName: CANARIES.registeredName,
  });
  const admin = (await first.signIn('admin', 'reseller')).client;
  await admin.post('/invitations', { email: CANARIES.invited, role: 'reseller_admin' });
  await world.createWorker().drain();
}, 240_000);
afterAll(() => world?.close());

const now = async (site: TestSite): Promise<Tenant> =>
  must(await findTenantBySlug(world.infra.database.platform, site.tenant.slug), site.tenant.slug);
const deps = () => ({ infra: world.infra, invalidateHost: world.modules.hosts.invalidate, settleSeconds: 0 });
const readBooking = () => first.guest('b').get(`/bookings/${bookingId}?access=${access}`);

describe('what is stored of a person', () => {
  it('E01: none of it stands in clear in a dump of the database or of Redis', async () => {
    const dump = await storedText(world.config.DATABASE_URL, first.tenant);
    const redis = await redisText(world.infra.redis);
    // The dump is whole: what is no personal data is found in it.
    expect(dump).toContain(first.hosts.b);
    for (const [what, value] of Object.entries(CANARIES)) {
      const line = (text: string) =>
        text
          .split('\n')
          .find((one) => one.includes(value))
          ?.slice(0, 200);
      expect(line(dump), `${what} in PostgreSQL`).toBeUndefined();
      expect(line(redis), `${what} in Redis`).toBeUndefined();
    }
    // Yet the person reads it.
    const { body } = await readBooking();
    expect(body.contact).toMatchObject({ email: CANARIES.email, phone: CANARIES.phone });
    expect(body.travellers[0]).toMatchObject({ givenName: CANARIES.givenName, bornOn: CANARIES.bornOn });
    // And the mails went out.
    expect(await world.sandboxes.mailsTo(CANARIES.email)).toHaveLength(1);
  });

  it('E02: people are found by the whole address in any spelling, bookings by words of the name', async () => {
    expect(await findUserByEmail(first.sql, CANARIES.registered)).toMatchObject({ givenName: CANARIES.registeredName });
    expect(await findUserByEmail(first.sql, 'registered.canary')).toBeUndefined();
    const admin = (await first.signIn('admin', 'reseller')).client;
    const found = async (search: string) => (await admin.get(`/bookings?search=${search}`)).body.data.length as number;
    expect(await found('ostrevanda')).toBe(1);
    expect(await found('quil%20OSTREV')).toBe(1);
    expect(await found('strevanda')).toBe(0);
  });

  it('E03: one address has another index in each tenant', async () => {
    const index = (site: TestSite) => site.sql.vault.index('users.email', CANARIES.registered);
    expect(index(first)).not.toBe(index(second));
  });

  it('ASVS 11.3: two cells swapped in the database open in neither row, and say so in the log only', async () => {
    const [one, two] = await first.sql.all<{ id: string; email: string }>(q('users').limit(2).select('id', 'email'));
    if (!one || !two) throw new Error('two users');
    const put = (id: string, email: string) => first.sql.run(q('users').where({ id }).update({ email }));
    await put(one.id, 'swapped');
    await put(two.id, one.email);
    await put(one.id, two.email);
    const admin = first.at('reseller', { authorization: `Bearer ${await first.token('reseller_admin', 'reseller')}` });
    const answer = await admin.get('/users');
    expect(answer.status).toBe(500);
    expect(answer.text).not.toMatch(/seal|key/i);
    await put(one.id, 'swapped');
    await put(two.id, two.email);
    await put(one.id, one.email);
    expect((await admin.get('/users')).status).toBe(200);
  });
});

describe('data of a version that stored them in clear', () => {
  it('is read as it is, and sealed by the migration', async () => {
    const id = newId();
    await first.sql.run(
      q('users').insert({
        id,
        email: 'legacy@ostrevanda.test',
        given_name: 'Old',
        family_name: 'Row',
        role: 'customer',
      }),
    );
    await first.sql.run(
      q('bookings')
        .where({ id: bookingId })
        .update({
          lead_name: 'Quillarona Ostrevanda',
          lead_terms: [],
          contact: JSON.stringify({
            givenName: CANARIES.givenName,
            familyName: CANARIES.familyName,
            email: CANARIES.email,
          }),
        }),
    );
    expect(await findUserByEmail(first.sql, 'legacy@ostrevanda.test')).toMatchObject({ id, givenName: 'Old' });
    expect((await readBooking()).body.contact.email).toBe(CANARIES.email);
    expect(await sealWhatIsLeft(deps(), first.tenant)).toEqual({ sealed: 2, broken: [] });
    expect(await findUserByEmail(first.sql, 'legacy@ostrevanda.test')).toMatchObject({ id, familyName: 'Row' });
    expect((await readBooking()).body.contact.email).toBe(CANARIES.email);
    const dump = await storedText(world.config.DATABASE_URL, first.tenant);
    expect(dump).not.toContain('legacy@ostrevanda.test');
    expect(dump).not.toContain(CANARIES.email);
  });
});

describe('rotation of the data key', () => {
  it('E04: goes on under load and after a kill; every row then has the new key, and the old one can go', async () => {
    // Somebody who reads all along sees nothing of it.
    let reads = 0;
    let stop = false;
    const reader = (async () => {
      while (!stop) {
        expect((await readBooking()).body.contact.email).toBe(CANARIES.email);
        reads += 1;
      }
    })();
    let dies = 30;
    const dying = { ...world.infra, database: mortalDatabase(world.infra.database, () => (dies -= 1) < 0) };
    await expect(rotateDataKey({ ...deps(), infra: dying }, await now(first))).rejects.toThrow('killed');
    const half = await now(first);
    expect(world.infra.vault.rings.describe(half.id, half.wrappedDataKey).versions).toEqual([1, 2]);

    const result = await rotateDataKey(deps(), half);
    expect(result).toMatchObject({ version: 2, broken: [] });
    expect(result.sealed).toBeGreaterThan(5);
    await vi.waitFor(() => expect(reads).toBeGreaterThan(1));
    stop = true;
    await reader;
    await world.forgetRates();

    const rotated = await now(first);
    const sql = world.infra.database.tenant(rotated);
    expect(await countStale(sql, sealedTables)).toBe(0);
    // The handle of before, with the old keys only, still reads by index; a session of before goes on until the old key is dropped.
    expect(await findUserByEmail(sql, CANARIES.registered)).toBeDefined();
    const session = first.sql.vault.seal('session.tokens', 'kept');
    // People still sign in: cookies and the portal's secret are derived from what does not rotate.
    expect((await first.signIn('customer', 'b')).csrf).toBeTruthy();
    expect(sql.vault.open('session.tokens', session)).toBe('kept');
    expect(await dropReplacedKeys(deps(), rotated, new Date(0))).toBe(false);
    expect(await dropReplacedKeys(deps(), rotated, new Date(Date.now() + 1000))).toBe(true);
    const dropped = world.infra.database.tenant(await now(first));
    expect(() => dropped.vault.open('session.tokens', session)).toThrow(SealBroken);
    expect(await findUserByEmail(dropped, CANARIES.registered)).toBeDefined();
    expect((await readBooking()).status).toBe(200);
  });
});

describe('a reseller whose keys are destroyed', () => {
  it('E05: is unreadable, the books still hold, and the neighbour does not notice', async () => {
    const before = await now(second);
    await destroyKeys(deps(), before);
    const gone = world.infra.database.tenant(await now(second));
    expect(await gone.all(q('users').select('id'))).not.toHaveLength(0);
    expect(() => gone.vault).toThrow(SealBroken);
    expect(await world.infra.database.withTenant(await now(second), (sql) => verifyLedger(sql))).toMatchObject({
      imbalances: [],
    });
    expect((await readBooking()).status).toBe(200);
  });
});
