import { SignJWT, UnsecuredJWT, importJWK, type JWTPayload } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../../kernel/database/builder.ts';
import { createRedis } from '../../kernel/redis.ts';
import type { TestWorld } from '../../testing/index.ts';
import { issuerOf } from '../issuer/resource.ts';
import {
  createBrowser,
  send,
  startIdentityServer,
  startTwoTenants,
  type Browser,
  type TwoTenants,
} from '../testing.ts';
import { createPortalSessions, type PortalSessions } from './sessions.ts';

const PASSWORD = 'a quiet harbour at dawn';
const EVENTS = { 'http://schemas.openid.net/event/backchannel-logout': {} };

let all: TwoTenants;
let world: TestWorld;
let server: TwoTenants['server'];
let first: TwoTenants['first'];
let second: TwoTenants['second'];
let sessions: PortalSessions;
let anaId: string;

beforeAll(async () => {
  all = await startTwoTenants();
  ({ world, server, first, second } = all);
  sessions = createPortalSessions({ redis: world.redis, vault: world.vault });
  for (const site of [second, first])
    ({ id: anaId } = await server.identity.createUser(site.sql, {
      email: 'ana@customers.test',
      password: PASSWORD,
      givenName: 'Ana',
      familyName: 'Sol',
      role: 'customer',
      agencyId: null,
    }));
});
afterAll(() => all?.close());

const signIn = async (site = first): Promise<Browser> => {
  const browser = createBrowser(server.port, site.brand);
  await browser.signIn('ana@customers.test', PASSWORD);
  return browser;
};
const pathOf = (location: string | undefined) => {
  const { pathname, search } = new URL(location ?? '', first.brand.origin);
  return pathname + search;
};
/** Goes as far as the issuer's answer to the portal, which is not followed. */
async function untilCallback(browser: Browser): Promise<string> {
  const page = await browser.open('/auth/login?returnTo=/trips');
  let answer = await browser.submit(page, { email: 'ana@customers.test', password: PASSWORD });
  while (!answer.headers.location?.includes('/auth/callback'))
    answer = await browser.visit('GET', pathOf(answer.headers.location));
  return pathOf(answer.headers.location);
}

describe('coming back from the issuer', () => {
  it('is for the browser that left: a stranger’s answer signs nobody in (login CSRF, O25)', async () => {
    const callback = await untilCallback(createBrowser(server.port, first.brand));
    const victim = createBrowser(server.port, first.brand);
    await victim.visit('GET', '/auth/login');
    const answer = await victim.visit('GET', callback);
    expect(answer.status).toBe(400);
    expect(victim.jar.has('portolan_sid')).toBe(false);
  });

  it('is refused when the answer names another issuer, or none, or its state is missing, foreign or used (O26)', async () => {
    const change = (callback: string, edit: (query: URLSearchParams) => void) => {
      const url = new URL(callback, first.brand.origin);
      edit(url.searchParams);
      return url.pathname + url.search;
    };
    for (const edit of [
      (query: URLSearchParams) => query.set('iss', issuerOf(second.brand)),
      (query: URLSearchParams) => query.delete('iss'),
      (query: URLSearchParams) => query.delete('state'),
      (query: URLSearchParams) => query.set('state', 'x'.repeat(43)),
    ]) {
      const browser = createBrowser(server.port, first.brand);
      const answer = await browser.visit('GET', change(await untilCallback(browser), edit));
      expect(answer.status).toBe(400);
      expect(browser.jar.has('portolan_sid')).toBe(false);
    }
    const browser = createBrowser(server.port, first.brand);
    const callback = await untilCallback(browser);
    expect((await browser.visit('GET', callback)).headers.location).toBe('/trips');
    const before = browser.jar.get('portolan_sid')!.value;
    expect((await browser.visit('GET', callback)).headers.location).toBe('/');
    expect(browser.jar.get('portolan_sid')!.value).toBe(before);
  });

  it('works in two tabs at once: both arrive, one session goes on, and signing out in one ends the other', async () => {
    const browser = createBrowser(server.port, first.brand);
    const before = new Set((await sessions.list(first.tenant, anaId)).map(({ id }) => id));
    const [tabA, tabB] = [await browser.open('/auth/login?returnTo=/a'), await browser.open('/auth/login?returnTo=/b')];
    const form = { email: 'ana@customers.test', password: PASSWORD };
    expect((await browser.follow(await browser.submit(tabA, form))).path).toBe('/a');
    expect((await browser.follow(await browser.submit(tabB, form))).path).toBe('/b');
    const after = await browser.session();
    expect(after.user).not.toBeNull();
    const cookie = browser.jar.get('portolan_sid')!.value;
    const { userId } = (await sessions.read(first.tenant, cookie))!;
    const out = await browser.visit('POST', '/auth/logout', { headers: { 'x-csrf-token': after.csrfToken! } });
    expect(out.status).toBe(303);
    expect((await sessions.list(first.tenant, userId)).filter(({ id }) => !before.has(id))).toEqual([]);
  });

  it('keeps the session of a tab that signed in meanwhile, with its CSRF token', async () => {
    const browser = createBrowser(server.port, first.brand);
    const late = await browser.visit('GET', '/auth/login?returnTo=/late');
    await browser.signIn('ana@customers.test', PASSWORD);
    const before = await browser.session();
    expect((await browser.follow(late)).path).toBe('/late');
    expect((await browser.session()).csrfToken).toBe(before.csrfToken);
  });

  it('starts a new session under a new cookie when another person signs in', async () => {
    const browser = await signIn();
    const before = browser.jar.get('portolan_sid')!.value;
    browser.jar.delete('portolan_issuer');
    const callback = await untilCallback({ ...browser, open: (path: string) => anonymousOpen(browser, path) });
    await browser.visit('GET', callback);
    expect(browser.jar.get('portolan_sid')!.value).not.toBe(before);
    expect(await sessions.read(first.tenant, before)).toBeUndefined();
  });
});

/** Opens the sign-in page although the portal's own session is live. */
async function anonymousOpen(browser: Browser, path: string) {
  const kept = browser.jar.get('portolan_sid')!;
  browser.jar.delete('portolan_sid');
  const page = await browser.open(path);
  browser.jar.set('portolan_sid', kept);
  return page;
}

describe('back-channel logout (O23)', () => {
  const keyOf = async (site: typeof first) => {
    const vault = world.vault.forTenant(site.tenant.id, site.tenant.wrappedDataKey);
    const row = (await site.sql.one<{ sealed: string }>(
      q('signing_keys').where({ state: 'current' }).select({ sealed: 'private_jwk_encrypted' }),
    ))!;
    return JSON.parse(vault.open('signing_keys.private_jwk', row.sealed)) as { kid: string };
  };
  const now = () => Math.floor(Date.now() / 1000);
  const claimsFor = (more: JWTPayload): JWTPayload => ({
    iss: issuerOf(first.brand),
    aud: 'portal',
    iat: now(),
    exp: now() + 120,
    jti: crypto.randomUUID(),
    events: EVENTS,
    ...more,
  });
  const sign = async (claims: JWTPayload, { typ = 'logout+jwt', site = first } = {}) => {
    const jwk = await keyOf(site);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid, typ })
      .sign(await importJWK(jwk, 'ES256'));
  };
  const post = (token: string, site = first) =>
    send(server.port, site.brand, 'POST', '/auth/backchannel-logout', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
    });
  const sessionOf = async (browser: Browser) =>
    (await sessions.read(first.tenant, browser.jar.get('portolan_sid')!.value))!;

  it('ends the sessions of the issuer’s session, and no other', async () => {
    const [one, other] = [await signIn(), await signIn()];
    const { issuerSessionId, userId } = await sessionOf(one);
    const answer = await post(await sign(claimsFor({ sid: issuerSessionId!, sub: userId })));
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await one.session()).user).toBeNull();
    expect((await other.session()).user).not.toBeNull();
    expect((await post(await sign(claimsFor({ sub: userId })))).status).toBe(200);
    expect((await other.session()).user).toBeNull();
  });

  it('is sent by our issuer when its own page signs a person out', async () => {
    const browser = await signIn();
    const page = await browser.open('/oidc/session/end');
    await browser.submit(page, {});
    expect((await browser.session()).user).toBeNull();
  });

  it('does nothing for a token that is forged, foreign, stale, used or no logout token', async () => {
    const browser = await signIn();
    const { issuerSessionId: sid, userId: sub } = await sessionOf(browser);
    const right = claimsFor({ sid: sid!, sub });
    const used = await sign(claimsFor({ sid: 'nobody' }));
    expect((await post(used)).status).toBe(200);
    const { jti: _jti, ...withoutJti } = right;
    const { iat: _iat, ...withoutIat } = right;
    const forged = new SignJWT(right).setProtectedHeader({
      alg: 'HS256',
      kid: (await keyOf(first)).kid,
      typ: 'logout+jwt',
    });
    const tokens: Record<string, string> = {
      'not a JWT': 'nonsense',
      empty: '',
      unsigned: new UnsecuredJWT(right).encode(),
      'HS256 with a guess': await forged.sign(new TextEncoder().encode('guess')),
      "another tenant's key": await sign(right, { site: second }),
      'wrong iss': await sign({ ...right, iss: issuerOf(second.brand) }),
      'wrong aud': await sign({ ...right, aud: 'someone' }),
      'no events': await sign({ ...right, events: undefined }),
      'other events': await sign({ ...right, events: { other: {} } }),
      'a nonce': await sign({ ...right, nonce: 'n' }),
      'neither sub nor sid': await sign({ ...right, sid: undefined, sub: undefined }),
      'no jti': await sign(withoutJti),
      'no iat': await sign(withoutIat),
      expired: await sign({ ...right, iat: now() - 300, exp: now() - 200 }),
      'long ago': await sign({ ...right, iat: now() - 3600 }),
      'an ID token': await sign(right, { typ: 'JWT' }),
      'used before': used,
    };
    for (const [name, token] of Object.entries(tokens)) expect((await post(token)).status, name).toBe(400);
    expect((await post(await sign({ ...right, sub: crypto.randomUUID() }))).status).toBe(200);
    expect((await browser.session()).user).not.toBeNull();
    expect((await post(await sign(claimsFor({ sid: sid!, sub })), second)).status).toBe(400);
    expect((await browser.session()).user).not.toBeNull();
  });
});

describe('while Redis is away', () => {
  it('a session is neither believed nor taken for nobody: API and page answer 503, and say when to come back', async () => {
    const browser = await signIn();
    const redis = createRedis('redis://127.0.0.1:1', { name: 'away' });
    const lame = await startIdentityServer({ ...world, redis }, all.sites);
    const cookie = `portolan_sid=${browser.jar.get('portolan_sid')!.value}`;
    for (const path of ['/api/v1/me', '/auth/session']) {
      const answer = await send(lame.port, first.brand, 'GET', path, { headers: { cookie } });
      expect(answer.status, path).toBe(503);
      expect(answer.headers['retry-after']).toBe('5');
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'service.unavailable' });
    }
    await lame.close();
    redis.disconnect();
    expect((await browser.session()).user).not.toBeNull();
  });
});
