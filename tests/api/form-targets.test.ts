import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
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
/** What the application was sent by forms. */
const received: URLSearchParams[] = [];
let callback: string;
let odd: string;
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
  application = createServer((asked, response) => {
    let body = '';
    asked.on('data', (part: Buffer) => (body += part.toString()));
    asked.on('end', () => {
      if (asked.method === 'POST') received.push(new URLSearchParams(body));
      const posts = asked.url === '/ask' ? askingForm() : '<h1>Arrived</h1>';
      response.setHeader('content-type', 'text/html').end(posts);
    });
  });
  await new Promise<void>((ready) => void application.listen(0, '127.0.0.1', () => ready()));
  const there = `http://127.0.0.1:${(application.address() as AddressInfo).port}`;
  [callback, goodbye] = [`${there}/callback`, `${there}/goodbye`];
  // CSP has no place for these two in a path.
  odd = `${there}/back,to;here`;
  const { client: admin } = await first.signIn('admin', 'reseller');
  const made = await admin.post('/oauth-clients', {
    name: 'Harbour App',
    applicationType: 'native',
    authMethod: 'none',
    redirectUris: [callback, odd, PRIVATE_SCHEME],
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

/** A page of the application that asks by a posted form (OpenID Connect Core 1.0, 3.1.2.1). */
function askingForm(): string {
  const { pathname, searchParams } = new URL(authorize(callback));
  const fields = [...searchParams].map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  return `<form method="post" action="${origin}${pathname}">${fields.join('')}<button>Sign in there</button></form>`;
}

/** A page, and what its browser blamed on a policy. */
async function open(options: BrowserContextOptions = {}): Promise<{ page: Page; refused: string[] }> {
  const page = await (await chrome.newContext({ locale: 'en-GB', ...options })).newPage();
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) refused.push(message.text());
  });
  return { page, refused };
}

const authorize = (redirectUri: string, more: Record<string, string> = {}): string => {
  const query = { client_id: clientId, response_type: 'code', scope: 'openid', redirect_uri: redirectUri };
  const proof = { code_challenge: CHALLENGE, code_challenge_method: 'S256', state: 'forms' };
  return `${origin}/oidc/auth?${new URLSearchParams({ ...query, ...proof, ...more }).toString()}`;
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

describe('an answer by form (response_mode=form_post), in a real browser', () => {
  const formPost = { response_mode: 'form_post' };

  it('goes to the application by itself, under a policy that names its address and nothing else', async () => {
    const { page, refused } = await open();
    await page.goto(authorize(callback, formPost));
    await signIn(page);
    const [answer] = await Promise.all([
      page.waitForResponse((response) => formAction(response.headers()['content-security-policy']) === callback),
      page.getByRole('button', { name: 'Allow', exact: true }).click(),
    ]);
    expect(answer.headers()['cache-control']).toBe('no-store');
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
    expect(page.url()).toBe(callback);
    expect(Object.fromEntries(received.at(-1) ?? [])).toMatchObject({ state: 'forms', iss: `${origin}/oidc` });
    expect(received.at(-1)?.has('code')).toBe(true);

    // Refusals too, and to addresses whose path a policy cannot spell.
    await page.goto(authorize(odd, { ...formPost, prompt: 'none' }));
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
    expect(page.url()).toBe(odd);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  it('has a button where no script runs, and leads nowhere else even if the page were changed', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    await page.goto(authorize(callback, { ...formPost, prompt: 'none' }));
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Back to Harbour App');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
    expect(Object.fromEntries(received.at(-1) ?? [])).toMatchObject({ error: 'login_required', state: 'forms' });
    await page.context().close();

    const changed = await open();
    await changed.page.route('**/auth/form-post.js', (route) => route.abort());
    await changed.page.goto(authorize(callback, { ...formPost, prompt: 'none' }));
    const before = received.length;
    await changed.page.evaluate(`document.forms[0].setAttribute('action', ${JSON.stringify(goodbye)})`);
    await changed.page.evaluate('document.forms[0].requestSubmit()');
    await expect.poll(() => changed.refused.length).toBe(1);
    expect(received).toHaveLength(before);
    await changed.page.context().close();
  });
});

describe('a request posted by an application of another site, in a real browser', () => {
  it('finds the session: whoever is signed in is not asked again', async () => {
    const { page, refused } = await open();
    await page.goto(authorize(callback));
    await signIn(page);
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();

    await page.goto(new URL('/ask', callback).href);
    await page.getByRole('button', { name: 'Sign in there' }).click();
    // An application on the device itself is consented to each time (RFC 8252, 8.6); the password is not asked for.
    await page.getByRole('button', { name: 'Allow', exact: true }).click();
    await page.getByRole('heading', { name: 'Arrived' }).waitFor();
    expect(new URL(page.url()).searchParams.has('code')).toBe(true);
    expect(refused).toEqual([]);
    await page.context().close();
  });
});
