import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../../kernel/database/builder.ts';
import { createSelfFetch } from '../portal/self-fetch.ts';
import { createBrowser, eventsOf, send, startTwoTenants, type TwoTenants } from '../testing.ts';
import { issuerOf } from './resource.ts';
import { adminToken, arrive, ask, basic, callApi, discoverAs, jsonOf, post, registerApp, signInAt } from './testing.ts';

const ANA = { email: 'ana@customers.test', password: 'a quiet harbour at dawn' };
let all: TwoTenants;
let first: TwoTenants['first'];
let ana: string;

beforeAll(async () => {
  all = await startTwoTenants();
  ({ first } = all);
  const person = { ...ANA, givenName: 'Ana', familyName: 'Sol', role: 'customer' as const, agencyId: null };
  ({ id: ana } = await all.server.identity.createUser(first.sql, person));
});
afterAll(() => all?.close());

const newBrowser = () => createBrowser(all.server.port, first.brand);
const origin = () => first.brand.origin;
const me = (headers: Record<string, string>) => send(all.server.port, first.brand, 'GET', '/api/v1/me', { headers });

describe('an application of a third party', () => {
  it('gets consent once in a session, on a page that names it and what it asks for; the portal never asks', async () => {
    const app = await registerApp(all, first, { scopes: ['openid', 'profile', 'email', 'api'] });
    const config = await discoverAs(all, first, app);
    const browser = newBrowser();
    const asked = await ask(config, { scope: 'openid profile api' });
    const { pages, callback } = await arrive(browser, origin(), asked.url, ANA);
    expect(pages).toEqual(['Welcome back', 'Allow access?']);
    expect(callback.searchParams.get('iss')).toBe(issuerOf(first.brand));
    const again = await arrive(browser, origin(), (await ask(config, { scope: 'openid profile api' })).url, ANA);
    expect(again.pages).toEqual([]);
    expect((await browser.open('/auth/login?returnTo=/trips')).path).toBe('/trips');
    const page = await newBrowser().visit('GET', `${asked.url.pathname}${asked.url.search}&ui_locales=es`);
    expect(page.status).toBe(303);
  });

  it('is told when the person refuses, and gets nothing', async () => {
    const config = await discoverAs(all, first, await registerApp(all, first));
    const asked = await ask(config);
    const { callback } = await arrive(newBrowser(), origin(), asked.url, { ...ANA, decision: 'deny' });
    expect(callback.searchParams.get('error')).toBe('access_denied');
    expect(callback.searchParams.get('state')).toBe(asked.state);
  });

  it('gets a token for the API when it asks for it, and one for userinfo only when it does not', async () => {
    const app = await registerApp(all, first, { scopes: ['openid', 'profile', 'email', 'api'] });
    const config = await discoverAs(all, first, app);
    const { tokens } = await signInAt(config, newBrowser(), origin(), ANA, { scope: 'openid profile email api' });
    expect(tokens.scope).toBe('api');
    expect(jsonOf(await me({ authorization: `Bearer ${tokens.access_token}` }))).toMatchObject({ id: ana });
    const light = await signInAt(config, newBrowser(), origin(), ANA, { scope: 'openid email' });
    expect(await oidc.fetchUserInfo(config, light.tokens.access_token, ana)).toEqual({
      sub: ana,
      email: ANA.email,
      email_verified: true,
    });
    expect((await me({ authorization: `Bearer ${light.tokens.access_token}` })).status).toBe(401);
  });

  it('that was not given the scope of the API cannot get it by naming the API as resource', async () => {
    const app = await registerApp(all, first);
    const config = await discoverAs(all, first, app);
    const { tokens } = await signInAt(config, newBrowser(), origin(), ANA, {
      scope: 'openid profile api',
      resource: 'urn:portolan:api',
    });
    expect((await me({ authorization: `Bearer ${tokens.access_token}` })).status).toBe(401);
    const inherited = await oidc.refreshTokenGrant(config, tokens.refresh_token!, { resource: 'urn:portolan:api' });
    expect((await me({ authorization: `Bearer ${inherited.access_token}` })).status).toBe(401);
  });

  it('with pairwise subjects knows a person by an id of its own host, and can still call the API', async () => {
    const settings = { subjectType: 'pairwise', scopes: ['openid', 'email', 'api'] };
    const elsewhere = { ...settings, redirectUris: ['https://other.partner.test/callback'] };
    const [one, same, other] = [
      await registerApp(all, first, settings),
      await registerApp(all, first, settings),
      await registerApp(all, first, elsewhere),
    ];
    const subjects: string[] = [];
    for (const app of [one, same, other]) {
      const config = await discoverAs(all, first, app);
      const redirect: Record<string, string> = app === other ? { redirect_uri: elsewhere.redirectUris[0]! } : {};
      const { tokens } = await signInAt(config, newBrowser(), origin(), ANA, { scope: 'openid api', ...redirect });
      const token = tokens.access_token;
      const claims = Buffer.from(token.split('.')[1]!, 'base64url').toString();
      expect(claims).not.toContain(ana);
      expect((JSON.parse(claims) as { sub: string }).sub).toBe(tokens.claims()!.sub);
      expect(jsonOf(await me({ authorization: `Bearer ${token}` }))).toMatchObject({ id: ana });
      subjects.push(tokens.claims()!.sub);
    }
    expect(subjects[0]).toBe(subjects[1]);
    expect(new Set([...subjects, ana]).size).toBe(3);
  });

  it('that must push its requests is refused a plain one', async () => {
    const config = await discoverAs(all, first, await registerApp(all, first, { requirePar: true }));
    const asked = await ask(config);
    const plain = await newBrowser().visit('GET', `${asked.url.pathname}${asked.url.search}`);
    expect(plain.status === 400 || plain.headers.location!.includes('error=invalid_request')).toBe(true);
    const pushed = await oidc.buildAuthorizationUrlWithPAR(config, Object.fromEntries(asked.url.searchParams));
    expect([...pushed.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri']);
    const { callback } = await arrive(newBrowser(), origin(), pushed, ANA);
    expect(callback.searchParams.has('code')).toBe(true);
    const reused = await newBrowser().visit('GET', `${pushed.pathname}${pushed.search}`);
    expect(reused.headers.location ?? '').not.toContain('/interaction/');
  });

  it('with tokens bound to a key must prove the key to the API, once for each request', async () => {
    const app = await registerApp(all, first, { requireDpop: true, scopes: ['openid', 'api'] });
    const config = await discoverAs(all, first, app);
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
    const person = await ask(config, { scope: 'openid api' });
    const arrived = await arrive(newBrowser(), origin(), person.url, ANA);
    const checks = { pkceCodeVerifier: person.verifier, expectedNonce: person.nonce, expectedState: person.state };
    await expect(oidc.authorizationCodeGrant(config, arrived.callback, checks)).rejects.toMatchObject({
      error: expect.stringMatching(/invalid_request|invalid_grant|invalid_dpop_proof/) as string,
    });
    const { tokens } = await signInAt(config, newBrowser(), origin(), ANA, { scope: 'openid api' }, { DPoP });
    expect(tokens.token_type).toBe('dpop');
    const token = tokens.access_token;
    expect((await me({ authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await me({ authorization: `DPoP ${token}` })).status).toBe(401);
    const sent: Array<Record<string, string>> = [];
    const selfFetch = createSelfFetch({ host: '127.0.0.1', port: () => all.server.port });
    config[oidc.customFetch] = (url, options) => {
      sent.push({ ...options.headers });
      return selfFetch(url, options);
    };
    const url = new URL(`${origin()}/api/v1/me`);
    const good = await oidc.fetchProtectedResource(config, token, url, 'GET', null, undefined, { DPoP });
    expect(good.status).toBe(200);
    const replayed = { authorization: `DPoP ${token}`, dpop: sent[0]!.dpop! };
    expect((await me(replayed)).status).toBe(401);
    const stolen = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair('ES256'));
    const attempt = oidc.fetchProtectedResource(config, token, url, 'GET', null, undefined, { DPoP: stolen });
    expect((await attempt.catch((error: { status?: number }) => error)).status).toBe(401);
  });

  it('can prove itself by a signed assertion (O14: not unsigned, for another, twice or outdated)', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256' }] };
    const app = await registerApp(all, first, { authMethod: 'private_key_jwt', jwks, scopes: ['openid'] });
    const key = await crypto.subtle.importKey(
      'pkcs8',
      privateKey.export({ type: 'pkcs8', format: 'der' }),
      { name: 'ECDSA', namedCurve: 'P-256' },
      false,
      ['sign'],
    );
    const config = await discoverAs(all, first, app, oidc.PrivateKeyJwt({ key, kid: 'k1' }));
    const { tokens } = await signInAt(config, newBrowser(), origin(), ANA, { scope: 'openid' });
    expect(tokens.claims()!.sub).toBe(ana);
    const { SignJWT, UnsecuredJWT } = await import('jose');
    const now = Math.floor(Date.now() / 1000);
    const claims = (over: object = {}) => ({
      iss: app.clientId,
      sub: app.clientId,
      aud: issuerOf(first.brand),
      jti: oidc.randomState(),
      iat: now,
      exp: now + 60,
      ...over,
    });
    const sign = (over: object = {}, signer = createPrivateKey(privateKey.export({ type: 'pkcs8', format: 'pem' }))) =>
      new SignJWT(claims(over)).setProtectedHeader({ alg: 'ES256', kid: 'k1' }).sign(signer);
    const redeem = (assertion: string) =>
      post(all, first, '/oidc/token', {
        grant_type: 'refresh_token',
        refresh_token: 'none-such',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      });
    const stranger = (await generateKeyPair('ES256')).privateKey;
    const once = await sign();
    expect(jsonOf(await redeem(once)).error).toBe('invalid_grant');
    for (const [what, assertion] of Object.entries({
      'the same again': once,
      unsigned: new UnsecuredJWT(claims()).encode(),
      'for another': await sign({ aud: issuerOf(all.second.brand) }),
      outdated: await sign({ iat: now - 7200, exp: now - 3600 }),
      'signed by another key': await sign({}, stranger as never),
    }))
      expect([what, jsonOf(await redeem(assertion)).error]).toEqual([what, 'invalid_client']);
  });
});

describe('refresh tokens of an application', () => {
  it('O20 turn over; one used twice ends its whole family, and the person is told once by mail', async () => {
    const app = await registerApp(all, first);
    const config = await discoverAs(all, first, app);
    const { tokens } = await signInAt(config, newBrowser(), origin(), ANA);
    const second = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
    const third = await oidc.refreshTokenGrant(config, second.refresh_token!);
    for (const stolen of [tokens.refresh_token!, second.refresh_token!, third.refresh_token!])
      await expect(oidc.refreshTokenGrant(config, stolen)).rejects.toMatchObject({ error: 'invalid_grant' });
    const told = (await eventsOf(all.world, first.tenant, 'identity.refresh_token_reused@1')).filter(
      (event) => event.clientId === app.clientId,
    );
    expect(told).toHaveLength(1);
    expect(told[0]).toMatchObject({
      recipient: ANA.email,
      recipientName: 'Ana',
      brandId: first.brand.id,
      locale: 'en',
    });
  });

  it('used by two at once go to one of them, whose family ends: nobody can tell who the thief is', async () => {
    const app = await registerApp(all, first);
    const config = await discoverAs(all, first, app);
    const { tokens } = await signInAt(config, newBrowser(), origin(), ANA);
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => oidc.refreshTokenGrant(config, tokens.refresh_token!)),
    );
    const won = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []));
    expect(won.length).toBeLessThanOrEqual(1);
    for (const { refresh_token: token } of won)
      await expect(oidc.refreshTokenGrant(config, token!)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('of another client, after a revocation or with wider scope are refused', async () => {
    const [app, other] = [await registerApp(all, first), await registerApp(all, first)];
    const [config, thief] = [await discoverAs(all, first, app), await discoverAs(all, first, other)];
    const { tokens } = await signInAt(config, newBrowser(), origin(), ANA, { scope: 'openid' });
    const token = tokens.refresh_token!;
    await expect(oidc.refreshTokenGrant(thief, token)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(oidc.refreshTokenGrant(config, token, { scope: 'openid email' })).rejects.toMatchObject({
      error: 'invalid_scope',
    });
    await oidc.tokenRevocation(config, token);
    await expect(oidc.refreshTokenGrant(config, token)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('kept for a person who is away outlive everything in Redis, and so does the consent', async () => {
    const app = await registerApp(all, first, { scopes: ['openid', 'offline_access', 'api'] });
    const config = await discoverAs(all, first, app);
    const { tokens } = await signInAt(config, newBrowser(), origin(), ANA, {
      scope: 'openid offline_access api',
      prompt: 'consent',
    });
    const keys = await all.world.redis.keys(`{${first.tenant.id}}:*`);
    expect(keys.length).toBeGreaterThan(0);
    await all.world.redis.del(...keys);
    const fresh = await oidc.refreshTokenGrant(config, tokens.refresh_token!);
    expect(jsonOf(await me({ authorization: `Bearer ${fresh.access_token}` }))).toMatchObject({ id: ana });
  });
});

describe('introspection and revocation', () => {
  it('O21 show and touch only what is the own client’s', async () => {
    const [app, other] = [await registerApp(all, first), await registerApp(all, first)];
    const [config, stranger] = [await discoverAs(all, first, app), await discoverAs(all, first, other)];
    const { tokens } = await signInAt(config, newBrowser(), origin(), ANA);
    for (const token of [tokens.access_token, tokens.refresh_token!]) {
      expect(await oidc.tokenIntrospection(config, token)).toMatchObject({
        active: true,
        client_id: app.clientId,
        sub: ana,
        iss: issuerOf(first.brand),
      });
      expect(await oidc.tokenIntrospection(stranger, token)).toEqual({ active: false });
      await oidc.tokenRevocation(stranger, token).catch(() => undefined);
      expect(await oidc.tokenIntrospection(config, token)).toMatchObject({ active: true });
    }
    await oidc.tokenRevocation(config, tokens.access_token);
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toEqual({ active: false });
    const anonymous = await post(all, first, '/oidc/token/introspection', { token: tokens.refresh_token! });
    expect([anonymous.status, jsonOf(anonymous).error]).toEqual([400, 'invalid_request']);
  });
});

describe('client credentials', () => {
  it('O15 carry their scope, and are refused one they do not have', async () => {
    const client = await all.server.identity.createApiClient(first.sql, first.vault, {
      name: 'Back office',
      role: 'reseller_admin',
      agencyId: null,
      createdBy: null,
    });
    const authorization = basic(client.clientId, client.clientSecret);
    const get = async (scope?: string) =>
      jsonOf(
        await post(
          all,
          first,
          '/oidc/token',
          { grant_type: 'client_credentials', ...(scope ? { scope } : {}) },
          { authorization },
        ),
      );
    expect(await get()).toMatchObject({ scope: 'api', token_type: 'Bearer', expires_in: 600 });
    expect(await get('api')).toMatchObject({ scope: 'api' });
    for (const scope of ['everything', 'api everything', 'openid'])
      expect(await get(scope)).toMatchObject({ error: 'invalid_scope' });
  });
});

describe('a revoked application', () => {
  it('O12 is unknown from that moment on, and what people gave it is gone', async () => {
    const app = await registerApp(all, first);
    const config = await discoverAs(all, first, app);
    const { tokens } = await signInAt(config, newBrowser(), origin(), ANA);
    const admin = await adminToken(all, first);
    expect((await callApi(all, first, admin, 'DELETE', `/oauth-clients/${app.id}`)).status).toBe(204);
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({ status: 401 });
    const asked = await ask(config);
    const page = await newBrowser().visit('GET', `${asked.url.pathname}${asked.url.search}`);
    expect([page.status, page.headers.location]).toEqual([400, undefined]);
    const rows = await first.sql.all(
      q('oidc_artifacts').whereRaw(`payload ->> 'clientId' = ?`, [app.clientId]).select('id'),
    );
    expect(rows).toEqual([]);
  });
});
