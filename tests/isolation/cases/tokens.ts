import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  generateKeyPair,
  SignJWT,
  exportJWK,
  exportSPKI,
  importJWK,
  type JWK,
  type JWTPayload,
  type JWTHeaderParameters,
} from 'jose';
import { describe, expect, it } from 'vitest';
import { portalSecret } from '../../../server/identity/issuer/resource.ts';
import { listKeys, openKey } from '../../../server/identity/issuer/signing-keys.ts';
import { createBrowser } from '../../../server/identity/testing.ts';
import { digest } from '../../../server/kernel/crypto/vault.ts';
import { q } from '../../../server/kernel/database/builder.ts';
import { tenantKey } from '../../../server/kernel/redis.ts';
import { must } from '../../../server/kernel/must.ts';
import { newId } from '../../../server/kernel/ids.ts';
import type { Answer } from '../../../server/testing/site-client.ts';
import { fill } from '../support/contract.ts';
import { validBody } from '../support/valid-body.ts';
import { fetchToken, made, PASSWORD, type IsolationWorld, type TestTenant } from '../support/world.ts';

/** I14–I27: tokens, cookies and what browsers can be made to send. */
export function tokenCases(world: IsolationWorld): void {
  const { own, foreign, contract } = world;
  const vaultOf = ({ site: { tenant } }: TestTenant) => world.infra.vault.forTenant(tenant.id, tenant.wrappedDataKey);
  const asked = (token: string) => own.site.at('reseller', { authorization: `Bearer ${token}` }).get('/brands');
  const partsOf = (token: string) =>
    token
      .split('.')
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as JWTPayload & JWK);

  describe('a token or cookie of one tenant at the other', () => {
    it.each(contract.operations.map((operation) => [operation.name, operation] as const))(
      'I14 is refused: bearer on %s',
      async (_, operation) => {
        const client = foreign.site.at('reseller', { authorization: `Bearer ${own.adminToken}` });
        const path = fill(operation.path, Object.fromEntries(operation.params.map(({ name }) => [name, newId()])));
        const body = validBody(contract, operation);
        const { method } = operation;
        const answer =
          method === 'get' || method === 'delete' ? await client[method](path) : await client[method](path, body);
        expect([answer.status, answer.body.code]).toEqual([401, 'identity.token_refused']);
        expect(answer.headers['www-authenticate']).toContain('invalid_token');
      },
    );

    it('I15 is nobody: a session cookie on every address that answers it at home', async () => {
      const home = own.callers.customer;
      const elsewhere = foreign.site.at('b', { cookie: own.customerCookie, 'x-csrf-token': 'x' });
      const visitor = foreign.site.guest('b');
      let compared = 0;
      for (const { path } of contract.operations.filter(
        ({ method, params }) => method === 'get' && params.length === 0,
      )) {
        if ((await home.get(path)).status !== 200) continue;
        const [answer, anonymously] = [await elsewhere.get(path), await visitor.get(path)];
        expect([path, answer.status, answer.body.code]).toEqual([path, anonymously.status, anonymously.body.code]);
        compared += 1;
      }
      expect(compared).toBeGreaterThan(2);
      expect((await elsewhere.raw('get', '/auth/session')).body.user ?? null).toBeNull();
      expect((await own.site.at('reseller', { cookie: own.customerCookie }).get('/bookings')).status).toBe(401);
    });

    it('I62 opens nothing by its id: sessions, CSRF tokens, searches and offers belong to one tenant', async () => {
      const cookie = must(/portolan_sid=([^;]+)/.exec(own.customerCookie)?.[1], 'the session cookie');
      const { redis } = world.infra;
      expect(await redis.exists(tenantKey(own.site.tenant, 'session', digest(cookie)))).toBe(1);
      expect(await redis.exists(tenantKey(foreign.site.tenant, 'session', digest(cookie)))).toBe(0);
      const theirs = must(foreign.callers.customer.caller['x-csrf-token'], 'their CSRF token');
      const answer = await own.site
        .at('b', { cookie: own.customerCookie, 'x-csrf-token': theirs })
        .post('/flights/searches', {}, { key: null });
      expect([answer.status, answer.body.code]).toEqual([403, 'access.csrf']);
    });
  });

  describe('an access token that is not what it says', () => {
    it('I17 without a signature, signed with the public key, or pointing to a key of its own is refused and fetches nothing', async () => {
      let hits = 0;
      const canary = createServer((_, response) => {
        hits += 1;
        response.end('{"keys":[]}');
      });
      await new Promise<void>((ready) => void canary.listen(0, '127.0.0.1', ready));
      const url = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/jwks`;
      const [head, claims] = partsOf(own.adminToken) as [JWK, JWTPayload];
      const [row] = await listKeys(own.site.sql);
      const publicKey = must(row, 'a key').publicJwk as JWK;
      const spki = await exportSPKI((await importJWK(publicKey, 'ES256')) as never);
      const forged = await generateKeyPair('ES256', { extractable: true });
      const forgedJwk = await exportJWK(forged.publicKey);
      const sign = (header: Record<string, unknown>, key: unknown = forged.privateKey) =>
        new SignJWT(claims)
          .setProtectedHeader({
            alg: 'ES256',
            typ: 'at+jwt',
            kid: head.kid,
            ...header,
          } as unknown as JWTHeaderParameters)
          .sign(key as never, { crit: { b64: true, x: false } as never });
      const unsigned = (alg: string) =>
        `${Buffer.from(JSON.stringify({ ...head, alg })).toString('base64url')}.${own.adminToken.split('.')[1]}.`;
      const tokens = {
        'alg none': unsigned('none'),
        'alg None': unsigned('None'),
        'no signature': unsigned('ES256'),
        'HS256 with the public key as PEM': await sign({ alg: 'HS256' }, Buffer.from(spki)),
        'HS256 with the public key as JWK': await sign({ alg: 'HS256' }, Buffer.from(JSON.stringify(publicKey))),
        'another key under our kid': await sign({}),
        'kid traversal': await sign({ kid: '../../dev/null' }),
        'kid with SQL': await sign({ kid: "' or 1=1 --" }),
        'no kid': await sign({ kid: undefined }),
        'a key in the header': await sign({ jwk: forgedJwk }),
        jku: await sign({ jku: url }),
        x5u: await sign({ x5u: url }),
        'ES384 named': own.adminToken.replace(
          /^[^.]+/,
          Buffer.from(JSON.stringify({ ...head, alg: 'ES384' })).toString('base64url'),
        ),
        'crit nobody knows': own.adminToken.replace(
          /^[^.]+/,
          Buffer.from(JSON.stringify({ ...head, crit: ['x'], x: 1 })).toString('base64url'),
        ),
        'a changed claim': own.adminToken.replace(
          /\.([^.]+)\./,
          `.${Buffer.from(JSON.stringify({ ...claims, sub: newId() })).toString('base64url')}.`,
        ),
      };
      for (const [name, token] of Object.entries(tokens)) {
        const answer = await asked(token);
        expect([name, answer.status, answer.body.code]).toEqual([name, 401, 'identity.token_refused']);
      }
      await new Promise((closed) => canary.close(closed));
      expect(hits).toBe(0);
    });

    /** Signs claims with a tenant's own key, as its issuer would. */
    async function signAs(
      tenant: TestTenant,
      claims: JWTPayload,
      header: Record<string, unknown> = {},
    ): Promise<string> {
      const row = must((await listKeys(tenant.site.sql))[0], 'a key');
      const key = await importJWK(openKey(vaultOf(tenant), row), 'ES256');
      return new SignJWT(claims)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: row.kid, ...header } as unknown as JWTHeaderParameters)
        .sign(key as never);
    }

    it('I18 signed by the other tenant in our name is refused', async () => {
      const [, claims] = partsOf(own.adminToken) as [JWK, JWTPayload];
      expect((await asked(await signAs(own, claims))).status).toBe(200);
      const ourKid = must((await listKeys(own.site.sql))[0], 'a key').kid;
      for (const token of [await signAs(foreign, claims), await signAs(foreign, claims, { kid: ourKid })])
        expect((await asked(token)).status).toBe(401);
    });

    it('I19 expired, not yet valid, without an end, for nobody or for another audience is refused', async () => {
      const [, claims] = partsOf(own.adminToken) as [JWK, JWTPayload];
      const now = Math.floor(Date.now() / 1000);
      const without = (name: string) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
      const cases: Record<string, JWTPayload> = {
        expired: { ...claims, exp: now - 1 },
        'not yet valid': { ...claims, nbf: now + 300 },
        'no exp': without('exp'),
        'no aud': without('aud'),
        'no sub': without('sub'),
        'no client': without('client_id'),
        'another audience': { ...claims, aud: 'urn:somebody:else' },
        'another issuer': {
          ...claims,
          iss: String(claims.iss).replace(own.site.tenant.slug, foreign.site.tenant.slug),
        },
        'no iss': without('iss'),
        'iss with user information': { ...claims, iss: String(claims.iss).replace('://', '://x@') },
      };
      for (const [name, payload] of Object.entries(cases)) {
        const answer = await asked(await signAs(own, payload));
        expect([name, answer.status]).toEqual([name, 401]);
      }
    });

    it('I20 an ID token, a refresh token or another kind of JWT is no access token', async () => {
      const { idToken, refreshToken } = await tokensOf(own);
      const [, claims] = partsOf(own.adminToken) as [JWK, JWTPayload];
      for (const token of [
        idToken,
        refreshToken,
        await signAs(own, claims, { typ: 'JWT' }),
        await signAs(own, claims, { typ: 'logout+jwt' }),
      ])
        expect((await asked(token)).status).toBe(401);
    });

    it('I21 a refresh token is worth nothing at the other tenant', async () => {
      const { refreshToken } = await tokensOf(own);
      const redeem = async (tenant: TestTenant): Promise<Answer> => {
        const brand = await tenant.site.brandAt('b');
        const secret = portalSecret(vaultOf(tenant), `${brand.origin}/oidc`);
        const basic = Buffer.from(`portal:${encodeURIComponent(secret)}`).toString('base64');
        return tenant.site
          .guest('b')
          .raw('post', '/oidc/token', `grant_type=refresh_token&refresh_token=${refreshToken}`, {
            key: null,
            headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
          });
      };
      const answer = await redeem(foreign);
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant']);
    });
  });

  /** The tokens the portal holds for the customer's session; they never leave the server. */
  async function tokensOf(tenant: TestTenant): Promise<{ idToken: string; refreshToken: string }> {
    const cookie = must(/portolan_sid=([^;]+)/.exec(tenant.customerCookie)?.[1], 'the session cookie');
    const sealed = await world.infra.redis.hget(tenantKey(tenant.site.tenant, 'session', digest(cookie)), 'tokens');
    return JSON.parse(vaultOf(tenant).open('session.tokens', must(sealed, 'sealed tokens'))) as never;
  }

  describe('cookies and forms', () => {
    it('I16 a session cookie is HttpOnly, SameSite, of this host only, and new with every sign-in', async () => {
      const lines: string[] = [];
      const brand = await own.site.brandAt('b');
      // Somebody else's idea of a session id must not survive the sign-in (session fixation).
      const planted = 'x'.repeat(43);
      const signIn = async () => {
        const browser = createBrowser(world.port, brand);
        browser.jar.set('portolan_sid', { value: planted, path: '/' });
        await browser.signIn(`other@${own.site.tenant.slug}.test`, PASSWORD);
        return browser.jar.get('portolan_sid')?.value;
      };
      const [one, two] = [await signIn(), await signIn()];
      expect(new Set([one, two, planted]).size).toBe(3);
      const { visit } = createBrowser(world.port, brand);
      for (const path of ['/auth/login', '/account/sign-up', '/?lang=es']) {
        const answer = await visit('GET', path);
        lines.push(...(answer.headers['set-cookie'] ?? []));
      }
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) {
        expect(line).not.toMatch(/;\s*domain=/i);
        expect(line).toMatch(/samesite=(lax|strict)/i);
        if (!line.startsWith('locale=')) expect(line).toMatch(/httponly/i);
      }
    });

    it('I22 what happens to an address in one tenant is no matter of the other', async () => {
      const email = 'twin@isolation.test';
      const make = ({ site }: TestTenant) =>
        world.modules.identity.createUser(site.sql, {
          email,
          password: PASSWORD,
          givenName: 'Twin',
          familyName: 'Test',
          role: 'customer',
          agencyId: site.agencies.b,
        });
      const [ours, theirs] = [await make(own), await make(foreign)];
      const state = () => foreign.site.sql.one(q('users').where({ id: theirs.id }));
      const before = await state();
      const visitor = createBrowser(world.port, await own.site.brandAt('b'));
      await visitor.submit(await visitor.visit('GET', '/account/forgot-password'), { email });
      for (let at = 0; at < 9; at += 1) {
        const browser = createBrowser(world.port, await own.site.brandAt('b'));
        await browser.signIn(email, 'a wrong password');
        await world.forgetRates();
      }
      made(await own.callers['reseller admin'].patch(`/users/${ours.id}`, { state: 'suspended' }));
      expect(await state()).toEqual(before);
      const browser = createBrowser(world.port, await foreign.site.brandAt('b'));
      await browser.signIn(email, PASSWORD);
      expect((await browser.session()).user?.email).toBe(email);
    });

    it.each([
      ['no token', {}],
      ['a guessed token', { 'x-csrf-token': 'guess' }],
      ['a null origin', { origin: 'null', 'x-csrf-token': 'own' }],
      ['a look-alike origin', { origin: 'https://b.localhost.evil', 'x-csrf-token': 'own' }],
      ['the origin of the other tenant', { origin: 'theirs', 'x-csrf-token': 'own' }],
      ['a method override', { 'x-http-method-override': 'GET' }],
    ])('I23 a change by cookie with %s is refused', async (_, given: Record<string, string>) => {
      const csrf = must(own.callers.customer.caller['x-csrf-token'], 'the CSRF token');
      const headers: Record<string, string> = { cookie: own.customerCookie, ...given };
      if (headers['x-csrf-token'] === 'own') headers['x-csrf-token'] = csrf;
      if (headers.origin === 'theirs') headers.origin = (await foreign.site.brandAt('b')).origin;
      const answer = await own.site.at('b', headers).post('/bookings', {});
      expect([answer.status, answer.body.code]).toEqual([403, 'access.csrf']);
    });

    it.each(['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'application/xml'])(
      'I24 a body of %s is no JSON',
      async (type) => {
        const headers = { 'content-type': type };
        const answer = await own.callers.customer.post('/flights/searches', '{"slices":[]}', { key: null, headers });
        expect([answer.status, answer.body.code]).toEqual([415, 'request.unsupported_media_type']);
      },
    );

    const HIDDEN = [
      'tenantId',
      'tenant_id',
      'role',
      'state',
      'status',
      'amount',
      'balance',
      'id',
      'createdAt',
      'ownerAgencyId',
    ];
    it.each(contract.operations.filter(({ body }) => body).map((operation) => [operation.name, operation] as const))(
      'I25 fields nobody may set are refused: %s',
      async (_, operation) => {
        const body = validBody(contract, operation);
        if (Array.isArray(body) || typeof body !== 'object') return;
        const declared = Object.keys(contract.resolve(must(operation.body, 'a body').schema).properties ?? {});
        const path = fill(operation.path, Object.fromEntries(operation.params.map(({ name }) => [name, newId()])));
        for (const field of HIDDEN.filter((name) => !declared.includes(name))) {
          const answer = await own.callers['reseller admin'][operation.method as 'post'](path, {
            ...body,
            [field]: 'x',
          });
          const refused = answer.status === 400 || answer.status === 404 || answer.status === 415;
          expect([field, answer.status, refused]).toEqual([field, answer.status, true]);
        }
      },
    );

    it('I26 after signing out, or when the account is suspended, a cookie is worth nothing', async () => {
      const browser = createBrowser(world.port, await own.site.brandAt('b'));
      const email = `leaver@${own.site.tenant.slug}.test`;
      const { id } = await world.modules.identity.createUser(own.site.sql, {
        email,
        password: PASSWORD,
        givenName: 'Leaver',
        familyName: 'Test',
        role: 'customer',
        agencyId: own.site.agencies.b,
      });
      const signIn = async () => {
        await browser.signIn(email, PASSWORD);
        const cookie = [...browser.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
        return own.site.at('b', { cookie });
      };
      const before = await signIn();
      expect((await before.get('/me')).status).toBe(200);
      const { csrfToken } = await browser.session();
      await browser.visit('POST', '/auth/logout', {
        body: `csrfToken=${csrfToken}&_csrf=${csrfToken}`,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-csrf-token': csrfToken ?? '',
          origin: (await own.site.brandAt('b')).origin,
        },
      });
      expect((await before.get('/me')).status).toBe(401);
      browser.jar.clear();
      const again = await signIn();
      expect((await again.get('/me')).status).toBe(200);
      made(await own.callers['reseller admin'].patch(`/users/${id}`, { state: 'suspended' }));
      expect((await again.get('/me')).status).toBe(401);
    });

    it('I27 an API client’s secret works at its own tenant only, and not once it is revoked; a token in the query is none', async () => {
      const admin = own.callers['reseller admin'];
      const client = made(await admin.post('/api-clients', { name: 'To be revoked', role: 'reseller_admin' }));
      await expect(fetchToken(foreign.site, client)).rejects.toThrow(/401/);
      const token = await fetchToken(own.site, client);
      expect((await asked(token)).status).toBe(200);
      const inQuery = await own.site.guest('reseller').get(`/brands?access_token=${token}`);
      expect(inQuery.status).toBe(401);
      expect(world.logs.some((line) => line.includes(token))).toBe(false);
      made(await admin.delete(`/api-clients/${client.id}`));
      expect((await asked(token)).status).toBe(401);
      await expect(fetchToken(own.site, client)).rejects.toThrow(/401/);
    });
  });
}
