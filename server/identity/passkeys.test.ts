import { existsSync } from 'node:fs';
import { chromium, type Browser, type CDPSession, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import { createBrowser, eventsOf, startTwoTenants, type TwoTenants } from './testing.ts';

const PASSWORD = 'a quiet harbour at dawn';
const PERSON = 'eva@people.test';
const HOME = '/account/security';
const CHROMIUM = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

let all: TwoTenants;
let server: TwoTenants['server'];
let first: TwoTenants['first'];
let chrome: Browser;
let userId: string;

beforeAll(async () => {
  all = await startTwoTenants();
  ({ server, first } = all);
  for (const { sql } of [first, all.second]) {
    ({ id: userId } = await server.identity.createUser(sql, {
      email: PERSON,
      password: PASSWORD,
      givenName: 'Eva',
      familyName: 'Mar',
      role: 'customer',
      agencyId: null,
    }));
  }
  const executablePath = CHROMIUM.find((file) => file && existsSync(file));
  chrome = await chromium.launch({
    ...(executablePath ? { executablePath } : {}),
    args: [
      '--disable-gpu',
      '--no-first-run',
      `--host-resolver-rules=MAP *.localhost:8080 127.0.0.1:${server.port}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  });
});
afterAll(async () => {
  await chrome?.close();
  await all?.close();
});

/** A browser with a key inside, as phones and laptops have: discoverable, and it knows its owner. */
async function withAuthenticator(
  verifiesUser = true,
): Promise<{ page: Page; cdp: CDPSession; authenticatorId: string }> {
  const page = await (await chrome.newContext({ locale: 'en-GB' })).newPage();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: verifiesUser,
      automaticPresenceSimulation: true,
    },
  });
  return { page, cdp, authenticatorId };
}

const at = (path: string, brand = first.brand) => `${brand.origin}${path}`;

async function signInByPassword(page: Page, brand = first.brand): Promise<void> {
  await page.goto(at(`/auth/login?returnTo=${HOME}`, brand));
  await page.getByLabel('E-mail address').fill(PERSON);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
}

async function addPasskey(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await page.getByLabel('Name of the passkey').fill(name);
  await page.getByRole('button', { name: 'Make the passkey' }).click();
  await page.getByText('The passkey is ready to use.').waitFor();
}

const rows = () =>
  first.sql.all<{ id: string; counter: string; name: string }>(q('user_passkeys').orderBy('created_at'));

describe('a passkey', () => {
  it('6.3.3: is made in a real browser, signs in without a name or a password, and counts as two factors', async () => {
    const { page, cdp, authenticatorId } = await withAuthenticator();
    await signInByPassword(page);
    await addPasskey(page, 'My laptop');
    const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toMatchObject([{ isResidentCredential: true, rpId: first.brand.hostname }]);
    expect(await rows()).toMatchObject([{ name: 'My laptop' }]);
    const notices = await eventsOf(all.world, first.tenant, 'identity.security_notice@1');
    expect(notices.map(({ notice, detail }) => [notice, detail])).toContainEqual(['passkey_added', 'My laptop']);

    await page.context().clearCookies();
    // The browser offers the key in the field of the address; this one has nobody to ask and takes it.
    await page.goto(at(`/auth/login?returnTo=${HOME}`));
    await page.getByRole('heading', { name: 'Passkeys' }).waitFor();
    expect(await page.getByLabel('Name of the passkey').inputValue()).toBe('My laptop');
    const session = await first.sql.all<{ payload: { amr?: string[]; acr?: string } }>(
      q('oidc_artifacts').where({ model: 'RefreshToken' }).select('payload'),
    );
    expect(session.map(({ payload }) => payload.amr?.join(' '))).toContain('hwk mfa');
    await page.context().close();
  });

  it('of a copy whose counter went back, and without its owner at it is refused', async () => {
    const { page, cdp, authenticatorId } = await withAuthenticator();
    await signInByPassword(page);
    await addPasskey(page, 'Copied');
    const before = (await rows()).find(({ name }) => name === 'Copied')!;
    await first.sql.run(q('user_passkeys').where({ id: before.id }).update({ counter: 1_000_000 }));
    const button = page.getByRole('button', { name: 'Sign in with a passkey' });
    await page.context().clearCookies();
    await page.goto(at(`/auth/login?returnTo=${HOME}`));
    await page.getByText('This passkey could not be checked.').waitFor();
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await button.click();
    await page.getByText('The passkey could not be used.').waitFor();
    await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await button.click();
    await page.getByText('This passkey could not be checked.').waitFor();
    await first.sql.run(q('user_passkeys').where({ id: before.id }).update({ counter: 0 }));
    // The page may have offered the passkey by itself by now, and be gone with its button.
    const heading = page.getByRole('heading', { name: 'Passkeys' });
    await Promise.any([button.click().then(() => heading.waitFor()), heading.waitFor()]);
    await page.context().close();
  });

  it('is not known to another network, though the address is the same', async () => {
    expect(await all.second.sql.all(q('user_passkeys'))).toEqual([]);
    expect(userId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers that nobody asked for, or that are no answers, get the same refusal and open nothing', async () => {
    for (const credential of [
      '{}',
      'null',
      '[1]',
      '{"id":"AAAA","response":{}}',
      '{"id":"x","response":{"clientDataJSON":"e30"}}',
    ]) {
      const browser = createBrowser(server.port, first.brand);
      const page = await browser.open('/auth/login');
      const answer = await browser.submit(page, { credential });
      expect([credential, answer.status]).toEqual([credential, 401]);
      expect(answer.text).toContain('This passkey could not be checked.');
      expect((await browser.session()).user).toBeNull();
    }
  });

  it('is renamed and removed by its owner only', async () => {
    const [key] = await rows();
    const stranger = createBrowser(server.port, first.brand);
    await server.identity.createUser(first.sql, {
      email: 'stranger@people.test',
      password: PASSWORD,
      givenName: 'Leo',
      familyName: 'Paz',
      role: 'customer',
      agencyId: null,
    });
    await stranger.signIn('stranger@people.test', PASSWORD);
    const page = await stranger.open(HOME);
    await stranger.post(page, `${HOME}/passkeys/rename`, { id: key!.id, name: 'Stolen' });
    await stranger.post(page, `${HOME}/passkeys/remove`, { id: key!.id });
    expect((await rows())[0]).toMatchObject({ id: key!.id, name: 'My laptop' });
    const owner = createBrowser(server.port, first.brand);
    await owner.signIn(PERSON, PASSWORD);
    const own = await owner.open(HOME);
    await owner.post(own, `${HOME}/passkeys/rename`, { id: key!.id, name: 'Work' });
    expect((await rows())[0]).toMatchObject({ name: 'Work' });
    await owner.post(own, `${HOME}/passkeys/remove`, { id: key!.id });
    expect((await rows()).map(({ name }) => name)).not.toContain('Work');
  });
});
