import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestWorld } from '../../testing/index.ts';
import { createBrowser, startTwoTenants, type TwoTenants } from '../testing.ts';
import { createEndSessions } from '../end-session.ts';
import { sessionLimits, type SessionStart } from './session.ts';
import { createPortalSessions, type PortalSessions } from './sessions.ts';

const PASSWORD = 'a quiet harbour at dawn';

let all: TwoTenants;
let world: TestWorld;
let server: TwoTenants['server'];
let first: TwoTenants['first'];
let second: TwoTenants['second'];
let sessions: PortalSessions;

const startOf = (userId: string, more: Partial<SessionStart> = {}): SessionStart => ({
  userId,
  brandId: first.brand.id,
  tokens: { accessToken: 'a', refreshToken: 'r', idToken: 'i', accessExpiresAt: Date.now() + 600_000 },
  authenticatedAt: Date.now(),
  methods: ['pwd'],
  issuer: `${first.brand.origin}/oidc`,
  issuerSessionId: 'sid-1',
  ip: '192.0.2.7',
  userAgent: 'Test',
  limits: sessionLimits('customer'),
  ...more,
});

beforeAll(async () => {
  all = await startTwoTenants();
  ({ world, server, first, second } = all);
  sessions = createPortalSessions({ redis: world.redis, vault: world.vault });
  await server.identity.createUser(first.sql, {
    email: 'ana@customers.test',
    password: PASSWORD,
    givenName: 'Ana',
    familyName: 'Sol',
    role: 'customer',
    agencyId: null,
  });
});
afterAll(() => all?.close());

const signedIn = async (userAgent: string) => {
  const browser = createBrowser(server.port, first.brand);
  const page = await browser.open('/auth/login');
  const posted = await browser.submit(page, { email: 'ana@customers.test', password: PASSWORD });
  const resumed = await browser.visit('GET', new URL(posted.headers.location!).pathname);
  await browser.visit('GET', new URL(resumed.headers.location!).pathname + new URL(resumed.headers.location!).search, {
    headers: { 'user-agent': userAgent },
  });
  return browser;
};
const sessionOf = async (browser: Awaited<ReturnType<typeof signedIn>>) =>
  (await sessions.read(first.tenant, browser.jar.get('portolan_sid')!.value))!;

describe('a session of the portal', () => {
  it('knows when and how its person signed in, from where, and which session of the issuer it belongs to', async () => {
    const session = await sessionOf(await signedIn('Firefox on a boat'));
    expect(session).toMatchObject({
      methods: ['pwd'],
      issuer: `${first.brand.origin}/oidc`,
      ip: '127.0.0.1',
      userAgent: 'Firefox on a boat',
    });
    expect(session.issuerSessionId).toMatch(/^[\w-]{10,}$/);
    expect(Math.abs(session.authenticatedAt - Date.now())).toBeLessThan(60_000);
    expect(session.id).not.toBe(session.key);
  });

  it('is listed without anything that opens it, and ended by its public id together with the issuer’s session', async () => {
    const [here, there] = [await signedIn('here'), await signedIn('there')];
    const { userId, id } = await sessionOf(there);
    const listed = await sessions.list(first.tenant, userId);
    expect(listed.map((session) => session.userAgent)).toEqual(expect.arrayContaining(['here', 'there']));
    expect(JSON.stringify(listed)).not.toMatch(/token|"key"|csrf/i);

    const { endOne, endOthers } = createEndSessions({ database: world.database, redis: world.redis, sessions });
    expect(await endOne(second.tenant, userId, id)).toBe(false);
    expect(await endOne(first.tenant, userId, id)).toBe(true);
    expect((await there.session()).user).toBeNull();
    expect((await there.open('/auth/login')).text).toContain('name="password"');
    expect((await here.session()).user).not.toBeNull();

    await signedIn('third');
    const kept = await sessionOf(here);
    expect(await endOthers(first.tenant, userId, kept.id)).toBeGreaterThan(0);
    expect(await sessions.list(first.tenant, userId)).toHaveLength(1);
    expect((await here.session()).user).not.toBeNull();
  });

  it('asks again who it is when the proof is older than the session may live', async () => {
    const browser = await signedIn('old proof');
    const value = browser.jar.get('portolan_sid')!.value;
    const key = (await sessionOf(browser)).key;
    const at = `{${first.tenant.id}}:session:${key}`;
    const stored = JSON.parse((await world.redis.hget(at, 'session'))!) as Record<string, unknown>;
    await world.redis.hset(at, 'session', JSON.stringify({ ...stored, authenticatedAt: Date.now() - 31 * 86_400_000 }));
    expect(await sessions.read(first.tenant, value)).toBeUndefined();
    expect(await world.redis.exists(at)).toBe(0);
  });

  it('notes a visit once a minute and leaves tokens alone', async () => {
    const cookie = await sessions.start(first.tenant, startOf('p-seen'));
    const session = (await sessions.read(first.tenant, cookie))!;
    const at = `{${first.tenant.id}}:session:${session.key}`;
    await world.redis.hset(at, 'seen', Date.now() - 61_000);
    await world.redis.expire(at, 60);
    const [again] = await Promise.all([
      sessions.read(first.tenant, cookie),
      sessions.update(first.tenant, { ...session, tokens: { ...session.tokens, refreshToken: 'new' } }),
    ]);
    expect(again!.lastSeenAt).toBeGreaterThan(Date.now() - 5000);
    expect(await world.redis.ttl(at)).toBeGreaterThan(3600);
    expect((await sessions.read(first.tenant, cookie))!.tokens.refreshToken).toBe('new');
  });

  it('gets a new cookie and CSRF token when what it may do changes, and keeps its public id', async () => {
    const cookie = await sessions.start(first.tenant, startOf('p-rotate'));
    const before = (await sessions.read(first.tenant, cookie))!;
    const until = Date.now() + 60_000;
    const rotated = (await sessions.rotate(first.tenant, before, {
      actingFor: { userId: 'c', reason: 'call', until, csrfToken: 'of acting' },
    }))!;
    expect(await sessions.read(first.tenant, cookie)).toBeUndefined();
    const after = (await sessions.read(first.tenant, rotated))!;
    expect(after).toMatchObject({ id: before.id, actingFor: { userId: 'c', until } });
    expect(after.csrfToken).not.toBe(before.csrfToken);
    const again = (await sessions.rotate(first.tenant, after, { actingFor: null }))!;
    expect(await sessions.read(first.tenant, again)).not.toHaveProperty('actingFor');
    expect(await sessions.list(first.tenant, 'p-rotate')).toHaveLength(1);
  });

  it('stays ended: a refresh that comes back late does not revive it', async () => {
    const cookie = await sessions.start(first.tenant, startOf('p-late'));
    const session = (await sessions.read(first.tenant, cookie))!;
    await sessions.endAll(first.tenant, 'p-late');
    await sessions.update(first.tenant, session);
    expect(await sessions.read(first.tenant, cookie)).toBeUndefined();
  });

  it('is one of fifty at most: a further one ends the oldest', async () => {
    const cookies: string[] = [];
    for (let each = 0; each < 52; each++) cookies.push(await sessions.start(first.tenant, startOf('p-many')));
    expect(await sessions.list(first.tenant, 'p-many')).toHaveLength(50);
    expect(await sessions.read(first.tenant, cookies[51]!)).toBeDefined();
  });

  it('is found by the issuer and its session, within its own tenant only', async () => {
    await sessions.start(first.tenant, startOf('p-sid', { issuerSessionId: 'sid-9' }));
    const issuer = `${first.brand.origin}/oidc`;
    expect(await sessions.findByIssuerSession(first.tenant, issuer, 'sid-9')).toHaveLength(1);
    expect(await sessions.findByIssuerSession(second.tenant, issuer, 'sid-9')).toHaveLength(0);
    expect(await sessions.findByIssuerSession(first.tenant, 'https://other.test', 'sid-9')).toHaveLength(0);
  });
});
