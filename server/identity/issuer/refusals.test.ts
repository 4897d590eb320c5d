import { createHash } from 'node:crypto';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import * as oidc from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, send, startTwoTenants, type TwoTenants } from '../testing.ts';
import { issuerOf } from './resource.ts';
import { arrive, ask, discoverAs, editStored, jsonOf, registerApp, signInAt, type Registered } from './testing.ts';

const ANA = { email: 'ana@customers.test', password: 'a quiet harbour at dawn' };
const SCOPES = { scopes: ['openid', 'profile', 'email', 'api'] };
let all: TwoTenants;
let first: TwoTenants['first'];
let app: Registered;
let config: oidc.Configuration;

beforeAll(async () => {
  all = await startTwoTenants();
  ({ first } = all);
  for (const site of [first, all.second])
    await all.server.identity.createUser(site.sql, {
      ...ANA,
      givenName: 'Ana',
      familyName: 'Sol',
      role: 'customer',
      agencyId: null,
    });
  app = await registerApp(all, first, SCOPES);
  config = await discoverAs(all, first, app);
});
afterAll(() => all?.close());

const newBrowser = (site = first) => createBrowser(all.server.port, site.brand);
const seconds = () => Math.floor(Date.now() / 1000);

describe('authorization requests', () => {
  it.each([
    ['plain', { code_challenge_method: 'plain' }],
    ['of no method', { code_challenge_method: undefined }],
    ['of an unknown method', { code_challenge_method: 'S512' }],
  ])('O03 with a PKCE challenge that is %s are refused', async (_name, { code_challenge_method: method }) => {
    const { url } = await ask(config);
    if (method) url.searchParams.set('code_challenge_method', method);
    else url.searchParams.delete('code_challenge_method');
    const answer = await newBrowser().visit('GET', url.pathname + url.search);
    const back = new URL(answer.headers.location!);
    expect([back.origin, back.searchParams.get('error')]).toEqual(['https://app.partner.test', 'invalid_request']);
  });
});

describe('authorization codes', () => {
  it('O07 live for 60 seconds', async () => {
    const asked = await ask(config);
    const { callback } = await arrive(newBrowser(), first.brand.origin, asked.url, ANA);
    const code = { model: 'AuthorizationCode' as const, id: callback.searchParams.get('code')! };
    const checks = { pkceCodeVerifier: asked.verifier, expectedNonce: asked.nonce, expectedState: asked.state };
    await editStored(all, first, code, (payload) => {
      expect((payload.exp as number) - (payload.iat as number)).toBe(60);
      return { ...payload, iat: seconds() - 61, exp: seconds() - 1 };
    });
    await expect(oidc.authorizationCodeGrant(config, callback, checks)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    await editStored(all, first, code, (payload) => ({ ...payload, exp: seconds() + 30 }));
    expect((await oidc.authorizationCodeGrant(config, callback, checks)).access_token).toBeTypeOf('string');
  });
});

describe('ID tokens', () => {
  it('O18 name issuer, client, person, nonce and times, are signed with ES256 and by no key of another tenant', async () => {
    const { tokens, asked } = await signInAt(config, newBrowser(), first.brand.origin, ANA);
    const jwks = async (site: typeof first) =>
      createLocalJWKSet(jsonOf<unknown>(await send(all.server.port, site.brand, 'GET', '/oidc/jwks')) as JSONWebKeySet);
    const rules = { issuer: issuerOf(first.brand), audience: app.clientId, algorithms: ['ES256'] };
    const { payload, protectedHeader } = await jwtVerify(tokens.id_token!, await jwks(first), rules);
    expect(protectedHeader.alg).toBe('ES256');
    expect(payload).toMatchObject({ aud: app.clientId, nonce: asked.nonce, amr: ['pwd'], acr: 'aal1' });
    expect(payload.azp ?? app.clientId).toBe(app.clientId);
    expect(payload.exp! - payload.iat!).toBe(3600);
    expect(Math.abs(payload.iat! - seconds())).toBeLessThan(30);
    const hash = createHash('sha256').update(tokens.access_token).digest().subarray(0, 16).toString('base64url');
    // OpenID Connect Core, 3.1.3.6: optional where the tokens come straight from the token endpoint.
    expect([undefined, hash]).toContain(payload.at_hash);
    await expect(jwtVerify(tokens.id_token!, await jwks(all.second), rules)).rejects.toThrow(/no applicable key/);
  });

  it('O18 are refused by the application when they are for another nonce', async () => {
    const asked = await ask(config);
    const { callback } = await arrive(newBrowser(), first.brand.origin, asked.url, ANA);
    await expect(
      oidc.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: asked.verifier,
        expectedNonce: 'another',
        expectedState: asked.state,
      }),
    ).rejects.toThrow(/unexpected JWT claim value/);
  });
});

describe('the userinfo endpoint', () => {
  const ask401 = async (token: string, why: string, site = first) => {
    const answer = await send(all.server.port, site.brand, 'GET', '/oidc/me', {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status, why).toBe(401);
    expect(answer.headers['www-authenticate'], why).toMatch(/^Bearer .*error="invalid_token"/);
    expect(answer.text, why).not.toContain('ana@');
  };

  it('O19 answers 401 to an ID token, a token for the API, one that expired, one of another tenant and one that was made up', async () => {
    const { tokens } = await signInAt(config, newBrowser(), first.brand.origin, ANA, { scope: 'openid email' });
    expect((await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims()!.sub)).email).toBe(ANA.email);
    const forApi = await signInAt(config, newBrowser(), first.brand.origin, ANA, { scope: 'openid email api' });
    await ask401(tokens.id_token!, 'an ID token');
    await ask401(forApi.tokens.access_token, 'a token for the API');
    await ask401(tokens.access_token, 'at another tenant', all.second);
    await ask401('x'.repeat(43), 'made up');
    const stored = { model: 'AccessToken' as const, id: tokens.access_token };
    await editStored(all, first, stored, (payload) => ({ ...payload, exp: seconds() - 60 }));
    await ask401(tokens.access_token, 'expired');
  });

  it('O19 answers 401 and how to ask to whoever brings no token', async () => {
    const answer = await send(all.server.port, first.brand, 'GET', '/oidc/me');
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([
      expect.toSatisfy((status: number) => [400, 401].includes(status)),
      expect.stringMatching(/^Bearer/),
    ]);
  });
});
