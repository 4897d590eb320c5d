import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digest } from '../kernel/crypto/vault.ts';
import { tenantKey } from '../kernel/redis.ts';
import { createBrowser, startTwoTenants, type Browser, type TwoTenants } from './testing.ts';

const PASSWORD = 'a quiet harbour at dawn';
const OWNER = 'owner@reseller.test';

let all: TwoTenants;
let server: TwoTenants['server'];
let first: TwoTenants['first'];

beforeAll(async () => {
  all = await startTwoTenants();
  ({ server, first } = all);
  for (const email of [OWNER, 'second@reseller.test']) {
    await server.identity.createUser(first.sql, {
      email,
      password: PASSWORD,
      givenName: 'Olga',
      familyName: 'Sol',
      role: 'reseller_admin',
      agencyId: null,
    });
  }
});
afterAll(() => all?.close());

/** Lets a session look as if its person had signed in that long ago. */
async function age(browser: Browser, minutes: number): Promise<void> {
  const key = tenantKey(first.tenant, 'session', digest(browser.jar.get('portolan_sid')!.value));
  const stored = JSON.parse((await all.world.redis.hget(key, 'session'))!) as { authenticatedAt: number };
  expect(Date.now() - stored.authenticatedAt).toBeLessThan(60_000);
  const older = { ...stored, authenticatedAt: stored.authenticatedAt - minutes * 60_000 };
  await all.world.redis.hset(key, 'session', JSON.stringify(older));
}

async function makeClient(browser: Browser): Promise<{ status: number; body: Record<string, unknown> }> {
  const { csrfToken } = await browser.session();
  const answer = await browser.visit('POST', '/api/v1/api-clients', {
    body: JSON.stringify({ name: 'Back office', role: 'reseller_admin' }),
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-csrf-token': csrfToken!,
      origin: first.brand.origin,
    },
  });
  return { status: answer.status, body: JSON.parse(answer.text) as Record<string, unknown> };
}

describe('a dangerous act', () => {
  it('is done by somebody who has just signed in', async () => {
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn(OWNER, PASSWORD);
    expect((await makeClient(browser)).status).toBe(201);
  });

  it('7.5.1: is refused five minutes after the sign-in, and done after a new one, which leads back to the page', async () => {
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn(OWNER, PASSWORD);
    await age(browser, 6);
    const refused = await makeClient(browser);
    expect(refused).toMatchObject({
      status: 403,
      body: { code: 'access.step_up_required', stepUpUrl: '/auth/step-up' },
    });
    const page = await browser.open('/auth/step-up?returnTo=/console/settings');
    expect(page.path).toMatch(/^\/interaction\//);
    expect(page.text).toContain(`value="${OWNER}"`);
    expect((await makeClient(browser)).status).toBe(403);
    const landed = await browser.follow(await browser.submit(page, { email: OWNER, password: PASSWORD }));
    expect(landed.path).toBe('/console/settings');
    expect((await makeClient(browser)).status).toBe(201);
  });

  it('is not made fresh by a session that the issuer hands out without asking', async () => {
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn(OWNER, PASSWORD);
    const key = tenantKey(first.tenant, 'session', digest(browser.jar.get('portolan_sid')!.value));
    const before = JSON.parse((await all.world.redis.hget(key, 'session'))!) as { authenticatedAt: number };
    await new Promise((passed) => setTimeout(passed, 1100));
    browser.jar.delete('portolan_sid');
    await browser.open('/auth/login');
    const again = tenantKey(first.tenant, 'session', digest(browser.jar.get('portolan_sid')!.value));
    const after = JSON.parse((await all.world.redis.hget(again, 'session'))!) as { authenticatedAt: number };
    expect(after.authenticatedAt).toBe(before.authenticatedAt);
  });

  it('cannot be confirmed by another person', async () => {
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn(OWNER, PASSWORD);
    const page = await browser.open('/auth/step-up?returnTo=/console');
    const answer = await browser.submit(page, { email: 'second@reseller.test', password: PASSWORD });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('Somebody else is signed in here.');
    expect((await browser.session()).user!.email).toBe(OWNER);
  });

  it('leads back to paths of this site only', async () => {
    const browser = createBrowser(server.port, first.brand);
    const landed = await browser.follow(
      await browser.submit(await browser.open('/auth/step-up?returnTo=//evil.test'), {
        email: OWNER,
        password: PASSWORD,
      }),
    );
    expect(landed.path).toBe('/');
  });

  it('is done by a program without asking: it signs in with every token', async () => {
    const made = await server.identity.createApiClient(
      first.sql,
      all.world.vault.forTenant(first.tenant.id, first.tenant.wrappedDataKey),
      { name: 'Program', role: 'reseller_admin', agencyId: null, createdBy: null },
    );
    const browser = createBrowser(server.port, first.brand);
    const token = await browser.visit('POST', '/oidc/token', {
      body: 'grant_type=client_credentials&scope=api',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${made.clientId}:${made.clientSecret}`).toString('base64')}`,
      },
    });
    const { access_token: bearer } = JSON.parse(token.text) as { access_token: string };
    const answer = await browser.visit('POST', '/api/v1/api-clients', {
      body: JSON.stringify({ name: 'Made by a program', role: 'reseller_staff' }),
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
    });
    // Past the step-up check: the body is judged, not the age of a sign-in.
    expect(JSON.parse(answer.text)).toMatchObject({ code: 'request.invalid' });
  });
});
