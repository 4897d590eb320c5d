import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlatformWorld, type PlatformWorld } from '../../server/testing/platform-world.ts';

const PASSWORD = 'a quiet harbour at dawn';
const CHROMIUM = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser'];
const PRIVATE_SCHEME = 'com.example.harbour:/callback';
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

let world: PlatformWorld;
let application: Server;
let chrome: Browser;
let origin: string;
let email: string;
let callback: string;
let goodbye: string;
let clientId: string;

beforeAll(async () => {
  world = await createPlatformWorld();
  const { first } = world;
  ({ origin } = await first.brandAt('b'));
  email = `forms@${first.tenant.slug}.test`;
  await world.modules.identity.createUser(first.sql, {
    email,
    password: PASSWORD,
    givenName: 'Ana',
    familyName: 'Sol',
    role: 'customer',
    agencyId: first.agencies.b,
  });
  application = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<h1>Arrived</h1>'));
  await new Promise<void>((ready) => void application.listen(0, '127.0.0.1', () => ready()));
  const there = `http://127.0.0.1:${(application.address() as AddressInfo).port}`;
  [callback, goodbye] = [`${there}/callback`, `${there}/goodbye`];
  const { client: admin } = await first.signIn('admin', 'reseller');
  const made = await admin.post('/oauth-clients', {
    name: 'Harbour App',
    applicationType: 'native',
    authMethod: 'none',
    redirectUris: [callback, PRIVATE_SCHEME],
    postLogoutRedirectUris: [goodbye],
  });
  if (made.status !== 201) throw new Error(made.text);
  ({ clientId } = made.body as { clientId: string });
  const executablePath = CHROMIUM.find((file) => file && existsSync(file));
  chrome = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: ['--disable-gpu', '--no-first-run', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
});
afterAll(async () => {
  await chrome?.close();
  application?.close();
  await world?.close();
});

/** A page, and what its browser blamed on a policy. */
async function open(): Promise<{ page: Page; refused: string[] }> {
  const page = await (await chrome.newContext({ locale: 'en-GB' })).newPage();
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text());
  });
  return { page, refused };
}

const authorize = (redirectUri: string): string => {
  const query = { client_id: clientId, response_type: 'code', scope: 'openid', redirect_uri: redirectUri };
  const proof = { code_challenge: CHALLENGE, code_challenge_method: 'S256', state: 'forms' };
  return `${origin}/oidc/auth?${new URLSearchParams({ ...query, ...proof }).toString()}`;
};

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
const formAction = (policy: string | undefined): string => /form-action ([^;]*)/.exec(policy ?? '')?.[1] ?? '';

describe('a form that ends at an application of others (CSP form-action), in a real browser', () => {
  it('leads there from consent, from signing in again, and from signing out', async () => {
    const { page, refused } = await open();
    await page.goto(authorize(callback));
    await signIn(page);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
    expect(new URL(page.url()).searchParams.has('code')).toBe(true);

    await page.goto(`${origin}/oidc/session/end?client_id=${clientId}&post_logout_redirect_uri=${goodbye}`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
    expect(page.url()).toBe(goodbye);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  it('leads back when the person refuses', async () => {
    const { page, refused } = await open();
    await page.goto(authorize(callback));
    await signIn(page);
    await page.getByRole('button', { name: 'Do not allow' }).click();
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied');
    expect(refused).toEqual([]);
    await page.context().close();
  });

  it('names that application only: its origin, or the private scheme of one on a phone', async () => {
    const { page, refused } = await open();
    const web = await page.goto(authorize(callback));
    expect(formAction(web?.headers()['content-security-policy'])).toBe(`'self' ${new URL(callback).origin}`);
    const own = await page.goto(`${origin}/auth/login`);
    expect(formAction(own?.headers()['content-security-policy'])).toBe("'self'");
    const phone = await page.goto(authorize(PRIVATE_SCHEME));
    expect(formAction(phone?.headers()['content-security-policy'])).toBe("'self' com.example.harbour:");
    await signIn(page);
    const [left] = await Promise.all([
      page.waitForResponse((answer) => answer.headers().location?.startsWith(PRIVATE_SCHEME) === true),
      page.getByRole('button', { name: 'Allow', exact: true }).click(),
    ]);
    expect(left.status()).toBe(303);
    expect(refused).toEqual([]);
    await page.context().close();
  });
});
