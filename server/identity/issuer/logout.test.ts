import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../kernel/database/builder.ts';
import { createEndSessions } from '../end-session.ts';
import { createPortalSessions } from '../portal/sessions.ts';
import { createBrowser, send, startTwoTenants, type Answer, type TwoTenants } from '../testing.ts';
import { issuerOf } from './resource.ts';
import { basic, discoverAs, jsonOf, post, registerApp, signInAt, walk, type Registered } from './testing.ts';

const ANA = { email: 'ana@customers.test', password: 'a quiet harbour at dawn' };
const BACK = 'https://app.partner.test/goodbye';
let all: TwoTenants;
let first: TwoTenants['first'];
let receiver: Server;
let received: string[] = [];
let answers: number[] = [];
let logoutUri: string;

beforeAll(async () => {
  all = await startTwoTenants({ environment: { EGRESS_ALLOW_PRIVATE: 'true' } });
  ({ first } = all);
  const person = { ...ANA, givenName: 'Ana', familyName: 'Sol', role: 'customer' as const, agencyId: null };
  await all.server.identity.createUser(first.sql, person);
  receiver = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      received.push(new URLSearchParams(body).get('logout_token') ?? '');
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((ready) => void receiver.listen(0, '127.0.0.1', () => ready()));
  logoutUri = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/logout`;
});
afterAll(async () => {
  receiver?.close();
  await all?.close();
});
beforeEach(() => {
  received = [];
  answers = [];
});

const newBrowser = () => createBrowser(all.server.port, first.brand);

/** A person signed in at an application, in a browser of its own. */
async function signedIn(settings: Record<string, unknown> = {}) {
  const app = await registerApp(all, first, { postLogoutRedirectUris: [BACK], ...settings });
  const config = await discoverAs(all, first, app);
  const browser = newBrowser();
  const { tokens } = await signInAt(config, browser, first.brand.origin, ANA);
  return { app, config, browser, tokens };
}
type SignedIn = Awaited<ReturnType<typeof signedIn>>;

const endSession = ({ browser }: Pick<SignedIn, 'browser'>, params: Record<string, string>) =>
  browser.visit('GET', `/oidc/session/end?${new URLSearchParams(params).toString()}`);
const confirm = async ({ browser }: Pick<SignedIn, 'browser'>, page: Answer) =>
  walk(browser, first.brand.origin, await browser.submit(page, {}));
const isSignedIn = async ({ browser }: Pick<SignedIn, 'browser'>): Promise<boolean> =>
  !(await browser.open('/auth/login?returnTo=/trips')).path.startsWith('/interaction/');

/** Delivers what waits for this tenant, as the worker does. */
async function deliver(): Promise<string[]> {
  const consumer = all.server.identity.logoutConsumer(() => Promise.resolve(first.brand));
  const rows = await all.world.database.platform.all<{
    id: string;
    payload: Record<string, unknown>;
    attempts: number;
  }>(q('platform.outbox').where({ tenant_id: first.tenant.id, kind: 'identity.session_ended@1', state: 'pending' }));
  const faults: string[] = [];
  for (const row of rows) {
    const event = { ...row, kind: 'identity.session_ended@1', createdAt: new Date() };
    const fault = await consumer.handle(event, first.tenant).then(
      () => undefined,
      (error: Error) => error.message,
    );
    const done = fault === undefined ? { state: 'done' } : { attempts: row.attempts + 1 };
    await all.world.database.platform.run(q('platform.outbox').where({ id: row.id }).update(done));
    if (fault) faults.push(fault);
  }
  return faults;
}

describe('signing out at the wish of an application', () => {
  it('oidcc-rp-initiated-logout: asks the person, then goes back to the registered address with the state', async () => {
    const one = await signedIn();
    const params = { id_token_hint: one.tokens.id_token!, post_logout_redirect_uri: BACK, state: 'xyz' };
    const page = await endSession(one, params);
    expect([page.status, page.text.includes('Sign out?')]).toEqual([200, true]);
    expect(await isSignedIn(one)).toBe(true);
    const again = await endSession(one, params);
    expect((await confirm(one, again)).left?.href).toBe(`${BACK}?state=xyz`);
    expect(await isSignedIn(one)).toBe(false);
    await expect(oidc.refreshTokenGrant(one.config, one.tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it.each([
    ['bad-post-logout-redirect-uri', { post_logout_redirect_uri: 'https://evil.test/' }],
    ['query-added-to-post-logout-redirect-uri', { post_logout_redirect_uri: `${BACK}?extra=1` }],
    ['bad-id-token-hint', { id_token_hint: 'not-a-token' }],
    ['modified-id-token-hint', { id_token_hint: 'modified' }],
  ] as const)('oidcc-rp-initiated-logout-%s (O22): no redirect, and the session stays', async (_name, change) => {
    const one = await signedIn();
    const hint = one.tokens.id_token!;
    const modified = `${hint.slice(0, -12)}AAAAAAAAAAAA`;
    const params = {
      id_token_hint: hint,
      post_logout_redirect_uri: BACK,
      ...('id_token_hint' in change && change.id_token_hint === 'modified' ? { id_token_hint: modified } : change),
    };
    const answer = await endSession(one, params);
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
    expect(answer.text).toContain('That did not work');
    expect(await isSignedIn(one)).toBe(true);
  });

  it('O22 another tenant’s hint is worth nothing', async () => {
    const one = await signedIn();
    const answer = await send(
      all.server.port,
      all.second.brand,
      'GET',
      `/oidc/session/end?id_token_hint=${one.tokens.id_token!}`,
      { headers: { accept: 'text/html' } },
    );
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
  });

  it('oidcc-rp-initiated-logout-no-params, -no-post-logout-redirect-uri, -only-state: asks, then stays at home', async () => {
    for (const params of [{}, { state: 'only' }]) {
      const one = await signedIn();
      const page = await endSession(one, params as Record<string, string>);
      expect(page.text).toContain('Sign out?');
      const end = await confirm(one, page);
      expect([end.left, await isSignedIn(one)]).toEqual([undefined, false]);
    }
  });

  it('oidcc-rp-initiated-logout-no-id-token-hint: an address nobody vouches for is not gone to', async () => {
    const one = await signedIn();
    const page = await endSession(one, { post_logout_redirect_uri: BACK });
    expect((await confirm(one, page)).left).toBeUndefined();
  });

  it('where nobody is signed in goes straight back to the registered address, without a script', async () => {
    const one = await signedIn();
    const stranger = { browser: newBrowser() };
    const answer = await endSession(stranger, {
      id_token_hint: one.tokens.id_token!,
      post_logout_redirect_uri: BACK,
      state: 's1',
    });
    expect([answer.status, answer.headers.location]).toEqual([303, `${BACK}?state=s1`]);
    expect((await endSession(stranger, {})).headers.location).toBe('/');
  });
});

describe('back-channel logout', () => {
  const verify = async (token: string, app: Registered) => {
    const keys = createRemoteJWKSet(new URL(`${issuerOf(first.brand)}/jwks`), {
      [(await import('jose')).customFetch]: async () => {
        const { text } = await send(all.server.port, first.brand, 'GET', '/oidc/jwks');
        return new Response(text, { headers: { 'content-type': 'application/json' } });
      },
    });
    return jwtVerify(token, keys, { issuer: issuerOf(first.brand), audience: app.clientId, typ: 'logout+jwt' });
  };

  it('oidcc-backchannel-rp-initiated-logout (O23): a signed token names session and event, and no nonce', async () => {
    const one = await signedIn({ backchannelLogoutUri: logoutUri });
    const sid = one.tokens.claims()!.sid;
    expect(sid).toBeTypeOf('string');
    const page = await endSession(one, { id_token_hint: one.tokens.id_token! });
    await confirm(one, page);
    expect(received).toEqual([]);
    expect(await deliver()).toEqual([]);
    expect(received).toHaveLength(1);
    const { payload } = await verify(received[0]!, one.app);
    expect(payload).toMatchObject({
      sid,
      sub: one.tokens.claims()!.sub,
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      jti: expect.any(String) as string,
    });
    expect(payload).not.toHaveProperty('nonce');
  });

  it('is sent again until the application answers, and given up in the end', async () => {
    const one = await signedIn({ backchannelLogoutUri: logoutUri });
    await confirm(one, await endSession(one, { id_token_hint: one.tokens.id_token! }));
    answers = [503, 302, 200];
    expect(await deliver()).toHaveLength(1);
    expect(await deliver()).toHaveLength(1);
    expect(await deliver()).toEqual([]);
    expect(new Set(received.map((token) => decodeJwt(token).sid)).size).toBe(1);
    expect(received).toHaveLength(3);
    const two = await signedIn({ backchannelLogoutUri: logoutUri });
    await confirm(two, await endSession(two, { id_token_hint: two.tokens.id_token! }));
    answers = Array.from({ length: 20 }, () => 500);
    for (let attempt = 1; attempt < 9; attempt += 1) expect(await deliver()).toHaveLength(1);
    expect(await deliver()).toEqual([]);
  });

  it('reaches applications when the person signs out at the portal', async () => {
    const one = await signedIn({ backchannelLogoutUri: logoutUri });
    expect(await isSignedIn(one)).toBe(true);
    const { csrfToken } = await one.browser.session();
    await one.browser.follow(
      await one.browser.visit('POST', '/auth/logout', {
        body: `_csrf=${csrfToken}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: first.brand.origin },
      }),
    );
    await deliver();
    expect(received.map((token) => decodeJwt(token).aud)).toEqual([one.app.clientId]);
  });

  it('reaches applications when the person is signed out everywhere', async () => {
    const one = await signedIn({ backchannelLogoutUri: logoutUri });
    await all.server.identity.signOutEverywhere(first.tenant, one.tokens.claims()!.sub);
    expect(await deliver()).toEqual([]);
    const told = received.map((token) => decodeJwt(token));
    expect(told.filter(({ aud }) => aud === one.app.clientId).map(({ sid }) => sid)).toEqual([
      one.tokens.claims()!.sid,
    ]);
    expect(await isSignedIn(one)).toBe(false);
  });

  it('reaches the applications of a session that is ended from the list of sessions, and of no other', async () => {
    const [one, other] = [
      await signedIn({ backchannelLogoutUri: logoutUri }),
      await signedIn({ backchannelLogoutUri: logoutUri }),
    ];
    const { redis, vault, database } = all.world;
    const sessions = createPortalSessions({ redis, vault });
    for (const { browser } of [other, one]) await browser.open('/auth/login?returnTo=/trips');
    const [newest] = await sessions.list(first.tenant, one.tokens.claims()!.sub);
    const { endOne } = createEndSessions({ database, redis, sessions });
    expect(await endOne(first.tenant, one.tokens.claims()!.sub, newest!.id)).toBe(true);
    expect(await deliver()).toEqual([]);
    expect(received.map((token) => decodeJwt(token).aud)).toEqual([one.app.clientId]);
    expect(await isSignedIn(other)).toBe(true);
  });

  it('does not reach the own network where that is not allowed', async () => {
    const closed = await startTwoTenants();
    try {
      await expect(
        registerApp(closed, closed.first, { backchannelLogoutUri: 'http://127.0.0.1:9/logout' }),
      ).rejects.toThrow(/backchannelLogoutUri must be an https URL/);
    } finally {
      await closed.close();
    }
  });

  it('oidcc-backchannel-logout-discovery-endpoint-verification: is announced in the discovery document', async () => {
    const { text } = await send(all.server.port, first.brand, 'GET', '/oidc/.well-known/openid-configuration');
    expect(JSON.parse(text)).toMatchObject({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
      end_session_endpoint: `${issuerOf(first.brand)}/session/end`,
    });
    expect(
      jsonOf(await post(all, first, '/oidc/token', 'grant_type=x', { authorization: basic('a', 'b') })).error,
    ).toBe('invalid_client');
  });
});
