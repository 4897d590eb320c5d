import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import { newId } from '../kernel/ids.ts';
import { tenantKey } from '../kernel/redis.ts';
import { findUserByEmail } from './repository.ts';
import { addAgency, createBrowser, eventsOf, startTwoTenants, type Browser, type TwoTenants } from './testing.ts';

const PASSWORD = 'a quiet harbour at dawn';
const ANA = 'ana@north.test';
const BOSS = 'boss@south.test';

let all: TwoTenants;
let server: TwoTenants['server'];
let first: TwoTenants['first'];
let north: Awaited<ReturnType<typeof addAgency>>;
let south: Awaited<ReturnType<typeof addAgency>>;

beforeAll(async () => {
  all = await startTwoTenants();
  ({ server, first } = all);
  north = await addAgency(all, first, { withBrand: true });
  south = await addAgency(all, first, { withBrand: true });
  await addUser(ANA, 'agent', north.id);
  await addUser(BOSS, 'agency_admin', south.id);
});
afterAll(() => all?.close());

const addUser = (email: string, role: 'agent' | 'agency_admin' | 'reseller_admin', agencyId: string | null) =>
  server.identity.createUser(first.sql, {
    email,
    password: PASSWORD,
    givenName: 'Ana',
    familyName: 'Sol',
    role,
    agencyId,
  });
const pathOf = (url: string | undefined) => new URL(url!).pathname + new URL(url!).search;

async function api(browser: Browser, method: string, path: string, body?: object) {
  const { csrfToken } = await browser.session();
  const answer = await browser.visit(method, `/api/v1${path}`, {
    headers: {
      accept: 'application/json',
      origin: first.brand.origin,
      'x-csrf-token': csrfToken ?? '',
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (answer.text ? JSON.parse(answer.text) : {}) as Record<string, unknown> };
}
async function signedIn(email: string, brand = first.brand) {
  const browser = createBrowser(server.port, brand);
  const page = await browser.signIn(email, PASSWORD);
  return { browser, page };
}
const whereIs = async (browser: Browser) => (await api(browser, 'GET', '/me')).body;
const invited = async (email: string) =>
  (await eventsOf(all.world, first.tenant, 'identity.invitation_created@1'))
    .filter((event) => event.recipient === email)
    .at(-1)!;

/** A person of one agency that has been made a member of another one. */
async function addMember(email: string, home: string, other: string, role: 'agent' | 'agency_admin' = 'agent') {
  const { id: userId } = await addUser(email, 'agent', home);
  const id = newId();
  await first.sql.run(q('memberships').insert({ id, user_id: userId, agency_id: other, role }));
  return { id, userId };
}

describe('somebody who works for an agency', () => {
  it('is invited into another one, accepts by signing in, and chooses between them at every sign-in', async () => {
    const boss = (await signedIn(BOSS)).browser;
    const sent = await api(boss, 'POST', '/invitations', { email: ANA, role: 'agency_admin', agencyId: south.id });
    expect(sent.status).toBe(201);
    const { url } = await invited(ANA);
    expect(new URL(url!).origin).toBe(first.brand.origin);

    const visitor = createBrowser(server.port, first.brand);
    const asked = await visitor.open(pathOf(url));
    expect(asked.text).toContain('name="password"');
    expect(asked.text).not.toContain('Create account and join');
    const page = await visitor.follow(await visitor.submit(asked, { email: ANA, password: PASSWORD }));
    expect(page.text).toContain(`Join ${south.name}`);
    expect(page.text).not.toContain('name="password"');
    const choice = await visitor.follow(await visitor.submit(page, {}));
    expect(choice.text).toContain('Which agency are you working for?');
    expect(await whereIs(visitor)).toMatchObject({ role: 'agent', agencyId: north.id });
    expect((await visitor.open(pathOf(url))).status).toBe(410);

    const members = (await api(boss, 'GET', '/memberships')).body.data as Record<string, string>[];
    expect(members).toMatchObject([{ email: ANA, role: 'agency_admin', agencyId: south.id }]);
    const before = visitor.jar.get('portolan_sid')!.value;
    await visitor.submit(choice, { agency: members[0]!.id! });
    expect(visitor.jar.get('portolan_sid')!.value).not.toBe(before);
    expect(await whereIs(visitor)).toMatchObject({ role: 'agency_admin', agencyId: south.id });
    expect(await visitor.session()).toMatchObject({ role: 'agency_admin', canChangeAgency: true });
    visitor.jar.get('portolan_sid')!.value = before;
    expect((await visitor.session()).user).toBeNull();

    const again = await signedIn(ANA);
    expect(again.page.path).toMatch(/^\/account\/agency\?/);
    expect(again.page.text).toMatch(new RegExp(`value="${members[0]!.id!}" checked`));
    expect(again.page.text).not.toContain('<script');
    expect(await whereIs(again.browser)).toMatchObject({ agencyId: south.id });
    const back = await again.browser.submit(await again.browser.open('/account/agency?returnTo=/account/security'), {
      agency: 'home',
    });
    expect(back.headers.location).toBe('/account/security');
    expect(await whereIs(again.browser)).toMatchObject({ role: 'agent', agencyId: north.id });
    expect((await again.browser.open('/account/agency?lang=es')).text).toContain('¿Para qué agencia trabajas ahora?');
  });

  it('is not asked into the own agency again, nor among the people of the reseller', async () => {
    await addUser('root@r.test', 'reseller_admin', null);
    const root = (await signedIn('root@r.test')).browser;
    const code = async (email: string, role: string, agencyId: string | null) =>
      (await api(root, 'POST', '/invitations', { email, role, agencyId })).body.code;
    expect(await code(BOSS, 'agent', south.id)).toBe('identity.email_taken');
    expect(await code(BOSS, 'reseller_admin', null)).toBe('identity.email_taken');
    expect(await code('root@r.test', 'agent', south.id)).toBe('identity.email_taken');
  });

  it('is the only one who can accept: the link of another person opens nothing and sets no password', async () => {
    const { id } = await addUser('ida@north.test', 'agent', north.id);
    const boss = (await signedIn(BOSS)).browser;
    await api(boss, 'POST', '/invitations', { email: 'ida@north.test', role: 'agent', agencyId: south.id });
    const path = pathOf((await invited('ida@north.test')).url);
    expect((await boss.open(path)).status).toBe(403);
    const thief = createBrowser(server.port, first.brand);
    const form = await thief.open('/account/sign-up');
    const token = new URLSearchParams(path.split('?')[1]).get('token')!;
    const taken = await thief.post(form, '/account/invitation', {
      token,
      givenName: 'T',
      familyName: 'T',
      password: 'the thief chose this one',
      acceptTerms: 'yes',
    });
    expect(taken.headers.location).toMatch(/^\/auth\/login/);
    expect(await first.sql.all(q('memberships').where({ user_id: id }))).toEqual([]);
    expect((await signedIn('ida@north.test')).browser.jar.has('portolan_sid')).toBe(true);
  });
});

describe('the choice', () => {
  it("takes no made-up membership, no other person's, and none that a session was forged with", async () => {
    const mine = await addMember('mia@north.test', north.id, south.id);
    const theirs = await addMember('tom@north.test', north.id, south.id, 'agency_admin');
    const { browser } = await signedIn('mia@north.test');
    const page = await browser.open('/account/agency');
    for (const agency of [theirs.id, newId(), 'nonsense', ''])
      expect((await browser.submit(page, { agency })).status).toBe(422);
    expect((await browser.submit(page, { agency: mine.id }, { origin: 'https://evil.test' })).status).toBe(403);
    expect(await whereIs(browser)).toMatchObject({ role: 'agent', agencyId: north.id });

    const key = tenantKey(first.tenant, 'session', digest(browser.jar.get('portolan_sid')!.value));
    const stored = JSON.parse((await all.world.redis.hget(key, 'session'))!) as object;
    await all.world.redis.hset(key, 'session', JSON.stringify({ ...stored, membershipId: theirs.id }));
    expect((await api(browser, 'GET', '/me')).status).toBe(401);
  });

  it('has only the agencies of the brand: at the one of an agency, no other', async () => {
    await addMember('leo@north.test', north.id, south.id);
    const atSouth = await signedIn('leo@north.test', south.brand);
    expect(atSouth.page.path).not.toContain('/account/agency');
    expect(await atSouth.browser.session()).toMatchObject({ role: 'agent', agencyId: south.id });
    const page = await atSouth.browser.open('/account/agency');
    expect(page.text).toContain(south.name);
    expect(page.text).not.toContain(north.name);
    expect((await atSouth.browser.submit(page, { agency: 'home' })).status).toBe(422);
    const west = await addAgency(all, first, { withBrand: true });
    expect((await signedIn('leo@north.test', west.brand)).page.status).toBe(401);
  });

  it('loses an agency that is suspended, and the person keeps the others', async () => {
    const east = await addAgency(all, first);
    const member = await addMember('eva@east.test', east.id, south.id);
    const { browser, page } = await signedIn('eva@east.test');
    await first.sql.run(q('agencies').where({ id: east.id }).update({ state: 'suspended' }));
    await server.identity.signOutEverywhere(first.tenant, member.userId);
    expect((await browser.session()).user).toBeNull();
    expect(page.text).toContain(east.name);
    const after = await signedIn('eva@east.test');
    expect(after.page.path).not.toContain('/account/agency');
    expect(await whereIs(after.browser)).toMatchObject({ agencyId: south.id });
    await first.sql.run(q('users').where({ id: member.userId }).update({ state: 'suspended' }));
    await server.identity.signOutEverywhere(first.tenant, member.userId);
    expect((await signedIn('eva@east.test')).page.status).toBe(401);
  });
});

describe('a member', () => {
  it('is removed by the administrators of that agency only, and is out at once', async () => {
    const { id } = await addMember('ivo@north.test', north.id, south.id);
    const { browser, page } = await signedIn('ivo@north.test');
    const atHome = (await signedIn('ivo@north.test')).browser;
    await browser.submit(page, { agency: id });
    expect(await whereIs(browser)).toMatchObject({ agencyId: south.id });

    await addUser('boss@north.test', 'agency_admin', north.id);
    expect((await api((await signedIn('boss@north.test')).browser, 'DELETE', `/memberships/${id}`)).status).toBe(404);
    expect((await api(atHome, 'DELETE', `/memberships/${id}`)).status).toBe(403);
    const boss = (await signedIn(BOSS)).browser;
    expect((await api(boss, 'DELETE', `/memberships/${id}`)).status).toBe(204);
    expect((await browser.session()).user).toBeNull();
    expect(await whereIs(atHome)).toMatchObject({ agencyId: north.id });
    expect((await api(boss, 'DELETE', `/memberships/${id}`)).status).toBe(404);
    expect(await findUserByEmail(first.sql, 'ivo@north.test')).toMatchObject({ state: 'active' });
  });
});
