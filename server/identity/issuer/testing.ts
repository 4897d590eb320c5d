import * as oidc from 'openid-client';
import { digest } from '../../kernel/crypto/vault.ts';
import { tenantKey } from '../../kernel/redis.ts';
import type { Answer, Browser, TwoTenants } from '../testing.ts';
import { send } from '../testing.ts';
import { createSelfFetch } from '../portal/self-fetch.ts';
import { issuerOf } from './resource.ts';
import { accountIndexKey } from './stored-artifacts.ts';

type Site = Pick<TwoTenants['first'], 'tenant' | 'brand' | 'sql' | 'vault'>;

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

/** A form sent to the issuer of a site, as a program would. */
export const post = (
  { server }: Pick<TwoTenants, 'server'>,
  site: Pick<Site, 'brand'>,
  path: string,
  body: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  send(server.port, site.brand, 'POST', path, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
    body: new URLSearchParams(body).toString(),
  });

export const jsonOf = <T = Record<string, unknown>>(answer: Answer): T => JSON.parse(answer.text) as T;

/** A bearer token that may do everything a reseller's administrator may. */
export async function adminToken(all: TwoTenants, site: Site): Promise<string> {
  const client = await all.server.identity.createApiClient(site.sql, site.vault, {
    name: 'Administration',
    role: 'reseller_admin',
    agencyId: null,
    createdBy: null,
  });
  const answer = await post(all, site, '/oidc/token', 'grant_type=client_credentials', {
    authorization: basic(client.clientId, client.clientSecret),
  });
  return jsonOf<{ access_token: string }>(answer).access_token;
}

export interface Registered {
  id: string;
  clientId: string;
  clientSecret: string | null;
}

export const callApi = (
  all: TwoTenants,
  site: Pick<Site, 'brand'>,
  token: string,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> =>
  send(all.server.port, site.brand, method, `/api/v1${path}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

export const REDIRECT = 'https://app.partner.test/callback';

/** Registers an application over the API. */
export async function registerApp(
  all: TwoTenants,
  site: Site,
  settings: Record<string, unknown> = {},
): Promise<Registered> {
  const answer = await callApi(all, site, await adminToken(all, site), 'POST', '/oauth-clients', {
    name: 'Partner App',
    applicationType: 'web',
    authMethod: 'client_secret_basic',
    redirectUris: [REDIRECT],
    ...settings,
  });
  if (answer.status !== 201) throw new Error(answer.text);
  return jsonOf<Registered>(answer);
}

/** An application as openid-client sees it, discovered from the issuer; its calls reach the server under test. */
export async function discoverAs(
  all: Pick<TwoTenants, 'server'>,
  site: Pick<Site, 'brand'>,
  app: Pick<Registered, 'clientId' | 'clientSecret'>,
  auth?: oidc.ClientAuth,
  metadata: Partial<oidc.ClientMetadata> = {},
): Promise<oidc.Configuration> {
  return oidc.discovery(
    new URL(issuerOf(site.brand)),
    app.clientId,
    { id_token_signed_response_alg: 'ES256', ...metadata },
    auth ?? (app.clientSecret ? oidc.ClientSecretBasic(app.clientSecret) : oidc.None()),
    {
      execute: [oidc.allowInsecureRequests],
      [oidc.customFetch]: createSelfFetch({ host: '127.0.0.1', port: () => all.server.port }),
    },
  );
}

/** Follows redirects within the site, and stops at a page or at the address that leads out of it. */
export async function walk(
  browser: Browser,
  origin: string,
  first: Answer,
): Promise<{ page: Answer; left?: undefined } | { page?: undefined; left: URL }> {
  let current = first;
  for (let hops = 0; [302, 303].includes(current.status); hops += 1) {
    if (hops > 12) throw new Error('Too many redirects');
    const url = new URL(current.headers.location!, origin);
    if (url.origin !== origin) return { left: url };
    current = await browser.visit('GET', `${url.pathname}${url.search}`);
  }
  return { page: current };
}

export interface Asked {
  url: URL;
  verifier: string;
  nonce: string;
  state: string;
}

/** An authorization request with PKCE, state and nonce. */
export async function ask(config: oidc.Configuration, params: Record<string, string> = {}): Promise<Asked> {
  const verifier = oidc.randomPKCECodeVerifier();
  const [nonce, state] = [oidc.randomNonce(), oidc.randomState()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid profile email',
    nonce,
    state,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...params,
  });
  return { url, verifier, nonce, state };
}

/**
 * Takes a browser from an authorization request to the application's address: signs in and consents where it is asked to.
 * @returns that address, and the titles of the pages on the way
 */
export async function arrive(
  browser: Browser,
  origin: string,
  url: URL,
  person: { email: string; password: string; decision?: 'allow' | 'deny' },
): Promise<{ callback: URL; pages: string[] }> {
  const pages: string[] = [];
  let step = await walk(browser, origin, await browser.visit('GET', `${url.pathname}${url.search}`));
  while (step.page) {
    pages.push(/<h1[^>]*>([^<]*)/.exec(step.page.text)?.[1] ?? step.page.text.slice(0, 200));
    if (pages.length > 4) throw new Error(`Does not arrive: ${pages.join(' / ')}`);
    const fields: Record<string, string> = step.page.text.includes('name="password"')
      ? { email: person.email, password: person.password }
      : { decision: person.decision ?? 'allow' };
    step = await walk(browser, origin, await browser.submit(step.page, fields));
  }
  return { callback: step.left, pages };
}

/** The whole way of a sign-in at an application. */
export async function signInAt(
  config: oidc.Configuration,
  browser: Browser,
  origin: string,
  person: { email: string; password: string },
  params: Record<string, string> = {},
  options: { DPoP?: oidc.DPoPHandle } = {},
) {
  const asked = await ask(config, params);
  const { callback, pages } = await arrive(browser, origin, asked.url, person);
  const tokens = await oidc.authorizationCodeGrant(
    config,
    callback,
    { pkceCodeVerifier: asked.verifier, expectedNonce: asked.nonce, expectedState: asked.state },
    undefined,
    options,
  );
  return { tokens, pages, callback, asked };
}

type Payload = Record<string, unknown>;

async function edit({ world }: Pick<TwoTenants, 'world'>, key: string, change: (payload: Payload) => Payload) {
  const stored = await world.redis.hget(key, 'payload');
  if (!stored) throw new Error(`Nothing is stored under ${key}`);
  await world.redis.hset(key, 'payload', JSON.stringify(change(JSON.parse(stored) as Payload)));
}

/** Changes what the issuer keeps of a code or an opaque token: time passes without waiting for it. */
export const editStored = (
  all: Pick<TwoTenants, 'world'>,
  site: Site,
  stored: { model: 'AuthorizationCode' | 'AccessToken'; id: string },
  change: (payload: Payload) => Payload,
): Promise<void> =>
  edit(
    all,
    tenantKey(site.tenant, 'oidc', digest(issuerOf(site.brand)).slice(0, 16), stored.model, 'id', digest(stored.id)),
    change,
  );

/** Lets the sign-ins of a person at the issuer be so many seconds older. */
export async function ageSessions(all: Pick<TwoTenants, 'world'>, site: Site, accountId: string, seconds: number) {
  for (const key of await all.world.redis.smembers(accountIndexKey(site.tenant, accountId))) {
    // The index keeps names of sessions that ended.
    if ((await all.world.redis.exists(key)) === 0) continue;
    await edit(all, key, (payload) => ({ ...payload, loginTs: (payload.loginTs as number) - seconds }));
  }
}
