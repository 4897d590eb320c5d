import * as oidc from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSelfFetch } from '../portal/self-fetch.ts';
import { createBrowser, send, startTwoTenants, type Browser, type TwoTenants } from '../testing.ts';
import { issuerOf } from './resource.ts';
import {
  REDIRECT,
  ageSessions,
  arrive,
  ask,
  discoverAs,
  jsonOf,
  registerApp,
  signInAt,
  walk,
  type Registered,
} from './testing.ts';

const ANA = { email: 'ana@customers.test', password: 'a quiet harbour at dawn' };
const BO = { ...ANA, email: 'bo@customers.test' };
let all: TwoTenants;
let first: TwoTenants['first'];
let ana: string;
let app: Registered;
let config: oidc.Configuration;

beforeAll(async () => {
  all = await startTwoTenants();
  ({ first } = all);
  const person = { ...ANA, givenName: 'Ana', familyName: 'Sol', role: 'customer' as const, agencyId: null };
  ({ id: ana } = await all.server.identity.createUser(first.sql, person));
  await all.server.identity.createUser(first.sql, { ...person, email: BO.email });
  app = await registerApp(all, first);
  config = await discoverAs(all, first, app);
});
afterAll(() => all?.close());

let browser: Browser;
beforeEach(() => {
  browser = createBrowser(all.server.port, first.brand);
});
const origin = () => first.brand.origin;
const signIn = (params: Record<string, string> = {}, person = ANA) =>
  signInAt(config, browser, origin(), person, params);
/** Where a request leads without a page. @throws Error when a page is in the way */
async function straight(params: Record<string, string>): Promise<URL> {
  const { url } = await ask(config, params);
  const { left, page } = await walk(browser, origin(), await browser.visit('GET', url.pathname + url.search));
  if (!left) throw new Error(`A page: ${page?.text.slice(0, 200)}`);
  return left;
}
const firstPage = async (params: Record<string, string>, more = '') => {
  const { url } = await ask(config, params);
  const step = await browser.visit('GET', url.pathname + url.search);
  return (await walk(browser, origin(), more ? await browser.visit('GET', `${step.headers.location}${more}`) : step))
    .page!;
};

describe('the session at the issuer', () => {
  it('oidcc-prompt-login: the person proves it again, and the ID token says when', async () => {
    const before = await signIn();
    await ageSessions(all, first, ana, 60);
    const after = await signIn({ prompt: 'login' });
    expect(after.pages).toEqual(['Welcome back']);
    const authTime = after.tokens.claims()!.auth_time!;
    expect(authTime).toBeGreaterThan(before.tokens.claims()!.auth_time! - 60);
    expect(Math.abs(authTime - Date.now() / 1000)).toBeLessThan(30);
  });

  it('oidcc-prompt-none-logged-in: no page, the same person, the same time', async () => {
    const before = await signIn();
    const after = await signIn({ prompt: 'none' });
    expect(after.pages).toEqual([]);
    expect(after.tokens.claims()!.sub).toBe(ana);
    expect(after.tokens.claims()!.auth_time).toBe(before.tokens.claims()!.auth_time);
  });

  it('oidcc-prompt-none-not-logged-in (O16): login_required without a session, consent_required without consent', async () => {
    const nobody = await straight({ prompt: 'none', state: 's1' });
    expect(Object.fromEntries(nobody.searchParams)).toMatchObject({
      error: 'login_required',
      state: 's1',
      iss: issuerOf(first.brand),
    });
    await browser.signIn(ANA.email, ANA.password);
    expect((await straight({ prompt: 'none' })).searchParams.get('error')).toBe('consent_required');
  });

  it('oidcc-max-age-1 (O17): a session that is older is not enough, and the new time is in the ID token', async () => {
    await signIn();
    await ageSessions(all, first, ana, 3600);
    const after = await signIn({ max_age: '1' });
    expect(after.pages).toEqual(['Welcome back']);
    expect(Math.abs(after.tokens.claims()!.auth_time! - Date.now() / 1000)).toBeLessThan(30);
    await ageSessions(all, first, ana, 3600);
    expect((await straight({ max_age: '1', prompt: 'none' })).searchParams.get('error')).toBe('login_required');
  });

  it('oidcc-max-age-10000 (O17): a younger session is enough, and its time is in the ID token', async () => {
    const before = await signIn();
    await ageSessions(all, first, ana, 3600);
    const after = await signIn({ max_age: '10000' });
    expect(after.pages).toEqual([]);
    expect(after.tokens.claims()!.auth_time).toBe(before.tokens.claims()!.auth_time! - 3600);
  });

  it('oidcc-id-token-hint: of the person who is signed in it is followed, of another it is login_required', async () => {
    const { tokens } = await signIn();
    expect((await straight({ prompt: 'none', id_token_hint: tokens.id_token! })).searchParams.has('code')).toBe(true);
    browser = createBrowser(all.server.port, first.brand);
    await signIn({}, BO);
    const other = await straight({ prompt: 'none', id_token_hint: tokens.id_token! });
    expect(other.searchParams.get('error')).toBe('login_required');
  });
});

describe('the page', () => {
  it('oidcc-login-hint: has the address filled in, as text and nothing else', async () => {
    const page = await firstPage({ login_hint: 'ana+"><script>@customers.test' });
    expect(page.text).toMatch(/name="email"[^>]*value="ana\+&quot;&gt;&lt;script&gt;@customers\.test"/);
  });

  it.each([
    ['es', 'es'],
    ['fr-CA es-MX en', 'es'],
    ['EN es', 'en'],
    ['fr xx', 'en'],
  ])('oidcc-ui-locales: for "%s" it is in %s', async (wanted, locale) => {
    expect((await firstPage({ ui_locales: wanted })).text).toContain(`<html lang="${locale}"`);
  });

  it('oidcc-ui-locales: what the person chooses on the page goes before, and the question for consent follows too', async () => {
    expect((await firstPage({ ui_locales: 'es' }, '?lang=en')).text).toContain('<html lang="en"');
    const asked = await ask(config, { ui_locales: 'es' });
    const { pages } = await arrive(browser, origin(), asked.url, ANA);
    expect(pages).toEqual(['Te damos la bienvenida', '¿Permitir el acceso?']);
  });

  it.each([
    ['display-page', { display: 'page' }],
    ['display-popup', { display: 'popup' }],
    ['acr-values', { acr_values: '1 2' }],
    ['claims-locales', { claims_locales: 'se' }],
    ['unknown-parameter', { extra: 'foobar' }],
  ])('oidcc-%s: signs in as without it', async (_name, params) => {
    const { tokens } = await signIn(params);
    expect(tokens.claims()).toMatchObject({ sub: ana, acr: 'aal1' });
  });
});

describe('the request', () => {
  it('oidcc-without-nonce: has an ID token without one', async () => {
    const asked = await ask(config);
    asked.url.searchParams.delete('nonce');
    const { callback } = await arrive(browser, origin(), asked.url, ANA);
    const checks = { pkceCodeVerifier: asked.verifier, expectedState: asked.state };
    const tokens = await oidc.authorizationCodeGrant(config, callback, checks);
    expect(tokens.claims()).not.toHaveProperty('nonce');
  });

  it('oidcc-response-type-missing: goes back with invalid_request', async () => {
    const { url } = await ask(config);
    url.searchParams.delete('response_type');
    const { left } = await walk(browser, origin(), await browser.visit('GET', url.pathname + url.search));
    expect(left!.searchParams.get('error')).toBe('invalid_request');
  });

  it('oidcc-ensure-registered-redirect-uri: shows an error page, and goes nowhere', async () => {
    const { url } = await ask(config, { redirect_uri: `${REDIRECT}/other` });
    const answer = await browser.visit('GET', url.pathname + url.search);
    expect([answer.status, answer.headers.location]).toEqual([400, undefined]);
    expect(answer.text).toContain('That did not work');
  });

  it('oidcc-ensure-post-request-succeeds: is sent on as it came, and signs in', async () => {
    const asked = await ask(config);
    const post = (body: string, type = 'application/x-www-form-urlencoded') =>
      browser.visit('POST', asked.url.pathname, { body, headers: { 'content-type': type } });
    const posted = await post(asked.url.searchParams.toString());
    expect([posted.status, posted.headers['cache-control']]).toEqual([303, 'no-store']);
    const onward = new URL(posted.headers.location!, origin());
    expect(onward.href).toBe(asked.url.href);
    const { callback } = await arrive(browser, origin(), onward, ANA);
    const checks = { pkceCodeVerifier: asked.verifier, expectedState: asked.state, expectedNonce: asked.nonce };
    expect((await oidc.authorizationCodeGrant(config, callback, checks)).claims()?.sub).toBe(ana);

    // Nothing of it is judged, lost or added on the way; an address of another site is no more than a value.
    const odd = 'client_id=a&client_id=b&redirect_uri=https%3A%2F%2Fevil.test%2F&__proto__=x&x%5By%5D=%0D%0Az';
    const sent = await post(odd);
    expect(sent.headers.location).toBe(`/oidc/auth?${odd}`);
    expect((await browser.visit('GET', sent.headers.location!)).status).toBe(400);
    expect((await post('{"client_id":"a"}', 'application/json')).headers.location).toBe('/oidc/auth?');
    expect((await post(`state=${'x'.repeat(20_000)}`)).status).toBe(413);
  });

  it('form_post: the answer is a page with a button, for the application only; a wrong address gets none', async () => {
    const asked = await ask(config, { response_mode: 'form_post', prompt: 'none' });
    const { page } = await walk(browser, origin(), await browser.visit('GET', asked.url.pathname + asked.url.search));
    expect(page!.text).toContain(`<form class="stack" method="post" action="${REDIRECT}" data-form-post>`);
    for (const [name, value] of [
      ['error', 'login_required'],
      ['state', asked.state],
    ])
      expect(page!.text).toContain(`<input type="hidden" name="${name}" value="${value}">`);
    expect(page!.text).toMatch(/<button[^>]*type="submit">Continue<\/button>/);
    const evil = await ask(config, {
      response_mode: 'form_post',
      prompt: 'none',
      redirect_uri: 'https://evil.test/cb',
    });
    const refused = await browser.visit('GET', evil.url.pathname + evil.url.search);
    expect(refused.status).toBe(400);
    expect(refused.text).not.toContain('data-form-post');
  });

  it('oidcc-request-object, -unsigned-request-object: are refused, and the discovery document promises nothing else', async () => {
    const request = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`;
    expect((await straight({ request })).searchParams.get('error')).toBe('request_not_supported');
    expect((await straight({ request_uri: 'https://app.partner.test/request' })).searchParams.get('error')).toMatch(
      /^(request_uri_not_supported|invalid_request_uri)$/,
    );
    const document = jsonOf(await send(all.server.port, first.brand, 'GET', '/oidc/.well-known/openid-configuration'));
    expect([document.request_parameter_supported ?? false, document.request_uri_parameter_supported]).toEqual([
      false,
      false,
    ]);
  });
});

describe('what is told about the person', () => {
  const infoOf = async (scope: string) => {
    const { tokens } = await signIn({ scope });
    return oidc.fetchUserInfo(config, tokens.access_token, ana);
  };

  it('oidcc-scope-profile, -scope-email: follows the scopes', async () => {
    const profile = { name: 'Ana Sol', given_name: 'Ana', family_name: 'Sol', locale: 'en' };
    const email = { email: ANA.email, email_verified: true };
    expect(await infoOf('openid')).toEqual({ sub: ana });
    browser = createBrowser(all.server.port, first.brand);
    expect(await infoOf('openid profile')).toEqual({ sub: ana, ...profile });
    browser = createBrowser(all.server.port, first.brand);
    expect(await infoOf('openid email')).toEqual({ sub: ana, ...email });
  });

  it('oidcc-scope-address, -scope-phone, -scope-all: scopes that do not exist here are left out', async () => {
    const { tokens } = await signIn({ scope: 'openid email address phone' });
    expect(tokens.scope).toBe('openid email');
    expect(Object.keys(await oidc.fetchUserInfo(config, tokens.access_token, ana)).sort()).toEqual([
      'email',
      'email_verified',
      'sub',
    ]);
  });

  it('oidcc-userinfo-get, -post-header, -post-body: answers all three, and no token in the address', async () => {
    const { tokens } = await signIn({ scope: 'openid' });
    const [authorization, type] = [`Bearer ${tokens.access_token}`, 'application/x-www-form-urlencoded'];
    const body = `access_token=${tokens.access_token}`;
    const call = (method: string, path = '/oidc/me', options: Parameters<typeof send>[4] = {}) =>
      send(all.server.port, first.brand, method, path, options);
    for (const answer of [
      await call('GET', '/oidc/me', { headers: { authorization } }),
      await call('POST', '/oidc/me', { headers: { authorization } }),
      await call('POST', '/oidc/me', { headers: { 'content-type': type }, body }),
    ])
      expect([answer.status, jsonOf(answer)]).toEqual([200, { sub: ana }]);
    expect((await call('GET', `/oidc/me?${body}`)).status).toBe(400);
  });
});

describe('the code', () => {
  it('oidcc-codereuse (O05): used twice is refused, and ends the tokens of the first use', async () => {
    const { tokens, callback, asked } = await signIn();
    const again = oidc.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: asked.verifier,
      expectedNonce: asked.nonce,
      expectedState: asked.state,
    });
    await expect(again).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(oidc.fetchUserInfo(config, tokens.access_token, ana)).rejects.toMatchObject({ status: 401 });
    await expect(oidc.refreshTokenGrant(config, tokens.refresh_token!)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('O05 used by two at the same moment: one is answered, and its tokens are worth nothing', async () => {
    const asked = await ask(config);
    const { callback } = await arrive(browser, origin(), asked.url, ANA);
    const checks = { pkceCodeVerifier: asked.verifier, expectedNonce: asked.nonce, expectedState: asked.state };
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => oidc.authorizationCodeGrant(config, callback, checks)),
    );
    const won = results.filter((result) => result.status === 'fulfilled');
    expect(won.length).toBeLessThanOrEqual(1);
    for (const { value } of won) {
      await expect(oidc.refreshTokenGrant(config, value.refresh_token!)).rejects.toMatchObject({
        error: 'invalid_grant',
      });
      await expect(oidc.fetchUserInfo(config, value.access_token, ana)).rejects.toMatchObject({ status: 401 });
    }
  });

  it('oidcc-client-secret-post: can be redeemed with the secret in the form', async () => {
    const other = await registerApp(all, first, { authMethod: 'client_secret_post' });
    config = await discoverAs(all, first, other, oidc.ClientSecretPost(other.clientSecret!));
    try {
      expect((await signIn()).tokens.claims()!.sub).toBe(ana);
    } finally {
      config = await discoverAs(all, first, app);
    }
  });
});

describe('discovery', () => {
  it('oidcc-discovery-endpoint-verification: names every address under the issuer, and what is supported', async () => {
    const selfFetch = createSelfFetch({ host: '127.0.0.1', port: () => all.server.port });
    const answer = await selfFetch(`${issuerOf(first.brand)}/.well-known/openid-configuration`, {
      method: 'GET',
      headers: {},
      body: undefined,
      redirect: 'manual',
    });
    const document = (await answer.json()) as Record<string, unknown>;
    expect(document).toMatchObject({
      issuer: issuerOf(first.brand),
      response_types_supported: ['code'],
      subject_types_supported: ['public', 'pairwise'],
      id_token_signing_alg_values_supported: ['ES256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      claims_parameter_supported: false,
    });
    const addresses = Object.entries(document).filter(([name]) => /_(endpoint|uri)$/.test(name));
    expect(addresses.map(([name]) => name)).toEqual(
      expect.arrayContaining(['authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'jwks_uri']),
    );
    for (const [name, address] of addresses)
      expect([name, String(address).startsWith(`${issuerOf(first.brand)}/`)]).toEqual([name, true]);
  });
});
