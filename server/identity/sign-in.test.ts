import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TenantSeeder } from '../tenancy/index.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { createBrowser, send, startIdentityServer, type Site } from './testing.ts';

const PASSWORD = 'a quiet harbour at dawn';

let world: TestWorld;
let server: Awaited<ReturnType<typeof startIdentityServer>>;
let first: Awaited<ReturnType<TestWorld['createTenant']>>;
let second: Awaited<ReturnType<TestWorld['createTenant']>>;

beforeAll(async () => {
  world = await createTestWorld();
  const sites = new Map<string, Site>();
  server = await startIdentityServer(world, sites);
  const seeders: TenantSeeder[] = [
    { step: 'identity', run: ({ sql, tenant }) => server.identity.seedTenant(sql, tenant, world.vault.forTenant(tenant.id, tenant.wrappedDataKey)) },
  ];
  [first, second] = [await world.createTenant({ seeders }), await world.createTenant({ seeders })];
  for (const site of [first, second]) sites.set(site.brand.hostname, site);
  for (const email of ['ana@customers.test', 'lock@customers.test', 'idle@customers.test']) {
    await server.identity.createUser(first.sql, { email, password: PASSWORD, givenName: 'Ana', familyName: 'Sol', role: 'customer', agencyId: null });
  }
});
afterAll(async () => {
  await server?.close();
  await world?.close();
});

describe('discovery', () => {
  it('names the brand\'s stored origin, whatever the request says of itself', async () => {
    const forged = { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https', forwarded: 'host=evil.test' };
    const { text } = await send(server.port, first.brand, 'GET', '/oidc/.well-known/openid-configuration', { headers: forged });
    const metadata = JSON.parse(text) as Record<string, unknown>;
    expect(metadata).toMatchObject({
      issuer: `${first.brand.origin}/oidc`, token_endpoint: `${first.brand.origin}/oidc/token`, authorization_endpoint: `${first.brand.origin}/oidc/auth`,
      response_types_supported: ['code'], id_token_signing_alg_values_supported: ['ES256'], code_challenge_methods_supported: ['S256'],
    });
    expect(text).not.toContain('evil');
    expect(metadata).not.toHaveProperty('pushed_authorization_request_endpoint');
    const wellKnown = await send(server.port, first.brand, 'GET', '/.well-known/oauth-authorization-server/oidc');
    expect(JSON.parse(wellKnown.text)).toMatchObject({ issuer: metadata.issuer, token_endpoint: metadata.token_endpoint });
  });
});

describe('signing in', () => {
  it('leads over the issuer\'s page back to the asked path, with a session and no token in the browser', async () => {
    const browser = createBrowser(server.port, first.brand);
    const landed = await browser.signIn('Ana@Customers.test', PASSWORD, '/trips?tab=past');
    expect(landed.path).toBe('/trips?tab=past');
    expect([...browser.jar.keys()].sort()).toEqual(expect.arrayContaining(['portolan_sid']));
    expect(browser.jar.get('portolan_sid')!.value).toMatch(/^[\w-]{43}$/);
    const session = await browser.session();
    expect(session).toMatchObject({ user: { email: 'ana@customers.test' }, role: 'customer', emailVerified: true });
    expect(session.csrfToken).toMatch(/^[\w-]{43}$/);
    const me = await browser.visit('GET', '/api/v1/me');
    expect(JSON.parse(me.text)).toMatchObject({ kind: 'user', email: 'ana@customers.test' });
  });

  it('refuses a wrong password on the page, with the address kept', async () => {
    const browser = createBrowser(server.port, first.brand);
    const answer = await browser.signIn('ana@customers.test', 'not the password');
    expect(answer.status).toBe(401);
    expect(answer.text).toContain('The e-mail address or the password is not right.');
    expect(answer.text).toContain('value="ana@customers.test"');
    expect((await browser.session()).user).toBeNull();
  });
});
