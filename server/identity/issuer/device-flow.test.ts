import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as oidc from 'openid-client';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../cli/run-cli.ts';
import { createBrowser, send, startTwoTenants, type Browser, type TwoTenants } from '../testing.ts';
import { discoverAs, jsonOf, post, registerApp, walk } from './testing.ts';

const ANA = { email: 'ana@customers.test', password: 'a quiet harbour at dawn' };
const CLI = { clientId: 'cli', clientSecret: null };
const config = mkdtempSync(path.join(tmpdir(), 'portolan-cli-'));
let all: TwoTenants;
let first: TwoTenants['first'];

beforeAll(async () => {
  all = await startTwoTenants();
  ({ first } = all);
  const person = { ...ANA, givenName: 'Ana', familyName: 'Sol', role: 'customer' as const, agencyId: null };
  await all.server.identity.createUser(first.sql, person);
});
afterAll(async () => {
  rmSync(config, { recursive: true, force: true });
  await all?.close();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

const newBrowser = () => createBrowser(all.server.port, first.brand);
const begin = async (clientId = 'cli', scope = 'openid api') =>
  jsonOf<{ device_code: string; user_code: string; verification_uri: string; verification_uri_complete: string }>(
    await post(all, first, '/oidc/device/auth', { client_id: clientId, scope }),
  );
const poll = async (deviceCode: string, clientId = 'cli') =>
  jsonOf(
    await post(all, first, '/oidc/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: deviceCode,
      client_id: clientId,
    }),
  );

/** What a person does in the browser: types the code, says that the device is the own one, signs in. Returns the last page. */
async function connect(browser: Browser, code: string, answer: 'confirm' | 'abort' = 'confirm') {
  const page = await browser.open('/oidc/device');
  const asked = await browser.submit(page, { user_code: code });
  let step = await walk(browser, first.brand.origin, await browser.submit(asked, { [answer]: 'yes' }));
  if (step.page?.text.includes('name="password"'))
    step = await walk(browser, first.brand.origin, await browser.submit(step.page, ANA));
  if (step.page?.text.includes('name="decision"'))
    step = await walk(browser, first.brand.origin, await browser.submit(step.page, { decision: 'allow' }));
  return { asked, last: step.page! };
}

describe('connecting a device', () => {
  it('asks for the code, whether the device is one’s own, and for sign-in; pages need no script and speak Spanish', async () => {
    const device = await begin();
    expect(device.user_code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
    expect(await poll(device.device_code)).toMatchObject({ error: 'authorization_pending' });
    const browser = newBrowser();
    const { asked, last } = await connect(browser, device.user_code.toLowerCase());
    expect(asked.text).toContain('Command line asks to use your');
    expect(asked.text).toContain(device.user_code);
    expect(last.text).toContain('Your device is connected');
    expect(`${asked.text}${last.text}`).not.toMatch(/<script|onfocus|onload/);
    const tokens = await poll(device.device_code);
    const me = await send(all.server.port, first.brand, 'GET', '/api/v1/me', {
      headers: { authorization: `Bearer ${String(tokens.access_token)}` },
    });
    expect(jsonOf(me)).toMatchObject({ email: ANA.email });
    expect(await poll(device.device_code)).toMatchObject({ error: 'invalid_grant' });
    expect((await newBrowser().open('/oidc/device?lang=es')).text).toContain('Conectar un dispositivo');
  });

  it('shows the code of a link in the form and sends nothing by itself', async () => {
    const device = await begin();
    const { pathname, search } = new URL(device.verification_uri_complete);
    const page = await newBrowser().open(`${pathname}${search}`);
    expect(page.text).toContain(`value="${device.user_code}"`);
    expect(page.text).not.toContain('<script');
    expect(await poll(device.device_code)).toMatchObject({
      error: expect.stringMatching(/pending|slow_down/) as string,
    });
    const hostile = await newBrowser().open('/oidc/device?user_code=%22%3E%3Cscript%3E');
    expect(hostile.text).not.toContain('<script');
  });

  it('says which codes are no good, and stops when the person says so', async () => {
    const browser = newBrowser();
    const unknown = await browser.submit(await browser.open('/oidc/device'), { user_code: 'ZZZZ-ZZZZ' });
    expect([unknown.status, unknown.text]).toEqual([400, expect.stringContaining('There is no such code')]);
    const device = await begin();
    const { last } = await connect(browser, device.user_code, 'abort');
    expect(last.text).toContain('Nothing was connected');
    expect(await poll(device.device_code)).toMatchObject({ error: 'access_denied' });
    const again = await browser.submit(await browser.open('/oidc/device'), { user_code: device.user_code });
    expect(again.text).toContain('used already');
  });

  it('gives the tokens to one of twenty polls, to the client that began, and at this tenant only', async () => {
    const device = await begin();
    await connect(newBrowser(), device.user_code);
    expect(await poll(device.device_code, 'portal')).toMatchObject({ error: 'invalid_client' });
    const foreign = await post(all, all.second, '/oidc/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: device.device_code,
      client_id: 'cli',
    });
    expect(jsonOf(foreign)).toMatchObject({ error: 'invalid_grant' });
    const answers = await Promise.all(Array.from({ length: 20 }, () => poll(device.device_code)));
    expect(answers.filter((answer) => answer.access_token)).toHaveLength(1);
  });

  it('asks for consent where the device is a third party’s', async () => {
    const settings = { applicationType: 'native', authMethod: 'none', redirectUris: [], deviceFlow: true };
    const app = await registerApp(all, first, { ...settings, name: 'Cabin Screen', scopes: ['openid', 'email'] });
    const device = await begin(app.clientId, 'openid email');
    const { asked, last } = await connect(newBrowser(), device.user_code);
    expect(asked.text).toContain('Cabin Screen asks to use');
    expect(last.text).toContain('Your device is connected');
    const tokens = await poll(device.device_code, app.clientId);
    const known = await discoverAs(all, first, app);
    expect(await oidc.fetchUserInfo(known, String(tokens.access_token), oidc.skipSubjectCheck)).toMatchObject({
      email: ANA.email,
    });
    expect(CLI.clientSecret).toBeNull();
  });

  it('lets nobody guess codes: thirty tries in ten minutes from one address', async () => {
    const browser = newBrowser();
    const page = await browser.open('/oidc/device');
    const statuses: number[] = [];
    for (let guess = 0; guess < 40 && statuses.at(-1) !== 429; guess += 1)
      statuses.push((await browser.submit(page, { user_code: 'BCDF-GHJK' })).status);
    expect(statuses.at(-1)).toBe(429);
    await all.world.redis.del(...(await all.world.redis.keys(`*user-code-from*`)));
  });
});

describe('portolan login, whoami and logout', () => {
  async function portolan(args: string[], onLine: (line: string) => void = () => undefined) {
    const out: string[] = [];
    vi.stubEnv('XDG_CONFIG_HOME', config);
    vi.spyOn(console, 'log').mockImplementation((text: unknown) => {
      out.push(String(text));
      onLine(String(text));
    });
    vi.spyOn(console, 'error').mockImplementation((text: unknown) => void out.push(String(text)));
    process.exitCode = undefined;
    await runCli(args);
    const code = Number(process.exitCode ?? 0);
    process.exitCode = undefined;
    return { code, out: out.join('\n') };
  }

  it('sign a person in by the browser, keep tokens for the owner only, and give them back', async () => {
    // The brand's public port is a proxy's; the command line talks to the port that really listens.
    const served = { ...first.brand, origin: `http://${first.brand.hostname}:${all.server.port}` };
    all.sites.set(first.brand.hostname, { tenant: first.tenant, brand: served });
    try {
      let connected: Promise<unknown> | undefined;
      const browser = createBrowser(all.server.port, served);
      const done = await portolan(['login', '--host', `${served.hostname}:${all.server.port}`], (line) => {
        const code = /[A-Z]{4}-[A-Z]{4}$/.exec(/code ([A-Z-]+)/.exec(line)?.[1] ?? '')?.[0];
        if (!code) return;
        connected = (async () => {
          const asked = await browser.submit(await browser.open('/oidc/device'), { user_code: code });
          const step = await walk(browser, served.origin, await browser.submit(asked, { confirm: 'yes' }));
          await walk(browser, served.origin, await browser.submit(step.page!, ANA));
        })();
      });
      await connected;
      expect(done).toMatchObject({ code: 0, out: expect.stringContaining('as Ana Sol (customer)') });
      const file = path.join(config, 'portolan', 'tokens.json');
      expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
      expect(await portolan(['whoami', '--json'])).toMatchObject({ code: 0 });
      const saved = JSON.parse(readFileSync(file, 'utf8')) as { refreshToken: string };
      expect((await portolan(['logout'])).out).toContain('signed out of');
      expect(await portolan(['whoami'])).toMatchObject({ code: 1, out: expect.stringContaining('not signed in') });
      const answer = await post(all, { brand: served }, '/oidc/token', {
        grant_type: 'refresh_token',
        refresh_token: saved.refreshToken,
        client_id: 'cli',
      });
      expect(jsonOf(answer)).toMatchObject({ error: 'invalid_grant' });
    } finally {
      all.sites.set(first.brand.hostname, { tenant: first.tenant, brand: first.brand });
    }
  });

  it('refuse a host that would send the tokens in the clear, and say how they are used', async () => {
    expect(await portolan(['login', '--host', 'http://example.com'])).toMatchObject({
      code: 2,
      out: expect.stringContaining('must be reached by https'),
    });
    expect((await portolan(['login'])).code).toBe(2);
  });
});
