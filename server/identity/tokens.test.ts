import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import type { Brand } from '../kernel/http/context.ts';
import { portalSecret } from './issuer/resource.ts';
import { issuerOf } from './issuer/resource.ts';
import { createPortalSessions } from './portal/sessions.ts';
import {
  addAgency,
  createBrowser,
  send,
  startIdentityServer,
  startTwoTenants,
  type Answer,
  type TwoTenants,
} from './testing.ts';

const PASSWORD = 'a quiet harbour at dawn';

let all: TwoTenants;
let server: TwoTenants['server'];
let first: TwoTenants['first'];
let second: TwoTenants['second'];

beforeAll(async () => {
  all = await startTwoTenants();
  ({ server, first, second } = all);
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

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
const askToken = (
  brand: Brand,
  client: { id: string; secret: string },
  body: Record<string, string>,
  port = server.port,
): Promise<Answer> =>
  send(port, brand, 'POST', '/oidc/token', {
    headers: { authorization: basic(client.id, client.secret), 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(body).toString(),
  });
const callMe = (brand: Brand, token: string) =>
  send(server.port, brand, 'GET', '/api/v1/me', { headers: { authorization: `Bearer ${token}` } });

async function newClient(site = first) {
  const agency = await addAgency(all, site);
  const made = await server.identity.createApiClient(site.sql, site.vault, {
    name: 'Back office',
    role: 'agent',
    agencyId: agency.id,
    createdBy: null,
  });
  return { id: made.clientId, secret: made.clientSecret, rowId: made.id, agency };
}
const clientToken = async (site: typeof first, client: { id: string; secret: string }): Promise<string> =>
  (
    JSON.parse((await askToken(site.brand, client, { grant_type: 'client_credentials' })).text) as {
      access_token: string;
    }
  ).access_token;

/** Goes through the pages up to the redirect with the code, and stops before the portal redeems it. */
async function newCode(): Promise<Record<string, string>> {
  const browser = createBrowser(server.port, first.brand);
  const page = await browser.open('/auth/login');
  let answer = await browser.submit(page, { email: 'ana@customers.test', password: PASSWORD });
  for (let hop = 0; hop < 5 && !answer.headers.location!.includes('/auth/callback'); hop++) {
    const url = new URL(answer.headers.location!, first.brand.origin);
    answer = await browser.visit('GET', `${url.pathname}${url.search}`);
  }
  const flightCookie = [...browser.jar].find(([name]) => name.startsWith('portolan_flight_'))![1].value;
  const flight = JSON.parse(first.vault.open('cookie.sign-in', flightCookie)) as { verifier: string };
  return {
    grant_type: 'authorization_code',
    code: new URL(answer.headers.location!).searchParams.get('code')!,
    code_verifier: flight.verifier,
    redirect_uri: `${first.brand.origin}/auth/callback`,
  };
}
const portal = (brand = first.brand, vault = first.vault) => ({
  id: 'portal',
  secret: portalSecret(vault, issuerOf(brand)),
});

describe('client credentials', () => {
  it('give a token for the API that names client, agency and role', async () => {
    const client = await newClient();
    const token = await clientToken(first, client);
    const claims = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as Record<string, unknown>;
    expect(claims).toMatchObject({
      iss: issuerOf(first.brand),
      sub: client.id,
      aud: 'urn:portolan:api',
      agency_id: client.agency.id,
      role: 'agent',
    });
    expect((claims.exp as number) - (claims.iat as number)).toBe(600);
    const me = await callMe(first.brand, token);
    expect(JSON.parse(me.text)).toEqual({
      kind: 'client',
      id: client.rowId,
      name: 'Back office',
      email: null,
      role: 'agent',
      agencyId: client.agency.id,
      actingParty: null,
    });
  });

  it('O12 O13 are refused with a wrong secret, at another tenant, and once revoked', async () => {
    const client = await newClient();
    expect(
      (await askToken(first.brand, { ...client, secret: 'wrong' }, { grant_type: 'client_credentials' })).status,
    ).toBe(401);
    expect((await askToken(second.brand, client, { grant_type: 'client_credentials' })).status).toBe(401);
    const token = await clientToken(first, client);
    await first.sql.run(q('api_clients').where({ id: client.rowId }).update({ state: 'revoked' }));
    // As another process did it: noticed within three seconds.
    await expect
      .poll(async () => (await askToken(first.brand, client, { grant_type: 'client_credentials' })).status, {
        timeout: 10_000,
        interval: 250,
      })
      .toBe(401);
    expect((await callMe(first.brand, token)).status).toBe(401);
  });

  it('open no authorization endpoint', async () => {
    const client = await newClient();
    const query = new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      scope: 'openid',
      redirect_uri: `${first.brand.origin}/auth/callback`,
    });
    expect((await send(server.port, first.brand, 'GET', `/oidc/auth?${query.toString()}`)).status).toBe(400);
  });
});

describe('bearer tokens', () => {
  it('of another tenant are refused with a sentence that says where to get one', async () => {
    const token = await clientToken(second, await newClient(second));
    expect((await callMe(second.brand, token)).status).toBe(200);
    const refused = await callMe(first.brand, token);
    expect(refused.status).toBe(401);
    expect(JSON.parse(refused.text)).toMatchObject({
      code: 'identity.token_refused',
      detail: expect.stringContaining(`another site. Get a token from ${issuerOf(first.brand)}/token`) as string,
    });
  });

  it('of one brand are good on every host of the tenant', async () => {
    const agency = await addAgency(all, first, { withBrand: true });
    const token = await clientToken({ ...first, brand: agency.brand! }, await newClient());
    expect((await callMe(first.brand, token)).status).toBe(200);
  });

  it('are refused when forged, unsigned, meant for others or of another kind', async () => {
    const client = await newClient();
    const good = await clientToken(first, client);
    const [header, payload, signature] = good.split('.') as [string, string, string];
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const kid = (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
    const own = await generateKeyPair('ES256', { extractable: true });
    const sign = (change: object, protectedHeader: object = {}) =>
      new SignJWT({ ...claims, ...change })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...protectedHeader })
        .sign(own.privateKey);
    const { publicJwk } = (await first.sql.one<{ publicJwk: object }>(
      q('signing_keys').select({ publicJwk: 'public_jwk' }),
    ))!;
    const hmacKey = new TextEncoder().encode(JSON.stringify(publicJwk));
    const forged = [
      `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.`,
      `${encode({ alg: 'none', typ: 'at+jwt', kid })}.${payload}.${signature}`,
      `${header}.${encode({ ...claims, role: 'reseller_admin' })}.${signature}`,
      await sign({}),
      await sign({}, { kid: '../../etc/passwd' }),
      await sign({}, { jwk: await exportJWK(own.publicKey) }),
      await sign({ iss: 'https://evil.test/oidc' }),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid }).sign(hmacKey),
      'abc',
      'a.b.c',
      '',
    ];
    for (const token of forged) expect((await callMe(first.brand, token)).status, token.slice(0, 60)).toBe(401);
    const code = await newCode();
    const { id_token: idToken } = JSON.parse((await askToken(first.brand, portal(), code)).text) as {
      id_token: string;
    };
    expect((await callMe(first.brand, idToken)).status).toBe(401);
  });
});

describe('authorization codes', () => {
  it('O05 are redeemed once by twenty at a time', async () => {
    const body = await newCode();
    const answers = await Promise.all(Array.from({ length: 20 }, () => askToken(first.brand, portal(), body)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(
      new Set(
        answers
          .filter((answer) => answer.status !== 200)
          .map((answer) => (JSON.parse(answer.text) as { error: string }).error),
      ),
    ).toEqual(new Set(['invalid_grant']));
  });

  it('O04 O06 O08 O10 need their verifier, their redirect address, their client and their issuer', async () => {
    const body = await newCode();
    const wrong = (change: Record<string, string>) => askToken(first.brand, portal(), { ...body, ...change });
    expect((await wrong({ code_verifier: 'x'.repeat(43) })).status).toBe(400);
    expect((await wrong({ redirect_uri: `${first.brand.origin}/auth/callback/` })).status).toBe(400);
    expect((await askToken(second.brand, portal(), body)).status).toBe(401);
    expect((await askToken(second.brand, portal(second.brand, second.vault), body)).status).toBe(400);
    expect((await askToken(first.brand, portal(), body)).status).toBe(200);
  });

  it('O02 O09 O11 are given to the registered address only, and never without PKCE', async () => {
    const ask = (change: Record<string, string>) => {
      const query = new URLSearchParams({
        client_id: 'portal',
        response_type: 'code',
        scope: 'openid',
        code_challenge: 'a'.repeat(43),
        code_challenge_method: 'S256',
        ...change,
      });
      return send(server.port, first.brand, 'GET', `/oidc/auth?${query.toString()}`, {
        headers: { accept: 'text/html' },
      });
    };
    const own = `${first.brand.origin}/auth/callback`;
    for (const redirect of [
      `${own}/x`,
      `${own}?x=1`,
      `${own}#x`,
      `http://user@${new URL(own).host}/auth/callback`,
      `${second.brand.origin}/auth/callback`,
      own.replace('.localhost', '.localhost.evil.test'),
    ]) {
      const answer = await ask({ redirect_uri: redirect });
      expect(answer.status, redirect).toBe(400);
      expect(answer.headers.location).toBeUndefined();
      expect(answer.text).toContain('That did not work');
    }
    expect(
      (await ask({ redirect_uri: own, code_challenge: '', code_challenge_method: '' })).headers.location,
    ).toContain('error=invalid_request');
    expect((await ask({ redirect_uri: own, response_type: 'id_token' })).headers.location).toContain(
      'error=unsupported_response_type',
    );
  });
});

describe('refreshing a session', () => {
  const staleSession = async () => {
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn('ana@customers.test', PASSWORD);
    const value = browser.jar.get('portolan_sid')!.value;
    const sessions = createPortalSessions({ redis: all.world.redis, vault: all.world.vault });
    const session = (await sessions.read(first.tenant, value))!;
    await sessions.update(first.tenant, { ...session, tokens: { ...session.tokens, accessExpiresAt: 0 } });
    return { cookie: `portolan_sid=${value}`, read: () => sessions.read(first.tenant, value), before: session };
  };

  it('happens once for thirty requests on two processes', async () => {
    const other = await startIdentityServer(all.world, all.sites);
    const { cookie, read, before } = await staleSession();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        send(index % 2 ? server.port : other.port, first.brand, 'GET', '/api/v1/me', { headers: { cookie } }),
      ),
    );
    await other.close();
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 30 }, () => 200));
    const after = (await read())!;
    expect(after.tokens.refreshToken).not.toBe(before.tokens.refreshToken);
    expect(after.tokens.accessExpiresAt).toBeGreaterThan(Date.now());
    const spent = await first.sql.all(q('oidc_artifacts').where({ model: 'RefreshToken' }).whereNotNull('consumed_at'));
    expect(spent).toHaveLength(1);
  });

  it('ends the session when the issuer has ended the grant', async () => {
    const { cookie, read } = await staleSession();
    await first.sql.run(q('oidc_artifacts').where({ model: 'RefreshToken' }).delete());
    expect((await send(server.port, first.brand, 'GET', '/api/v1/me', { headers: { cookie } })).status).toBe(401);
    expect(await read()).toBeUndefined();
  });

  it('keeps no token in readable form', async () => {
    const { before } = await staleSession();
    const rows = JSON.stringify(await first.sql.all(q('oidc_artifacts')));
    expect(rows).not.toContain(before.tokens.refreshToken);
    const keys = await all.world.redis.keys(`{${first.tenant.id}}:session:*`);
    const stored = JSON.stringify(await Promise.all(keys.map((key) => all.world.redis.hgetall(key))));
    expect(stored).toContain(before.id);
    expect(stored).not.toContain(before.tokens.accessToken);
  });
});
