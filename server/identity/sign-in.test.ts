import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { q } from '../kernel/database/builder.ts';
import { findUserByEmail } from './repository.ts';
import { addAgency, createBrowser, send, startTwoTenants, type Answer, type TwoTenants } from './testing.ts';

const PASSWORD = 'a quiet harbour at dawn';

let all: TwoTenants;
let server: TwoTenants['server'];
let first: TwoTenants['first'];
let second: TwoTenants['second'];

const addCustomer = (email: string, site = first) =>
  server.identity.createUser(site.sql, {
    email,
    password: PASSWORD,
    givenName: 'Ana',
    familyName: 'Sol',
    role: 'customer',
    agencyId: null,
  });

beforeAll(async () => {
  all = await startTwoTenants();
  ({ server, first, second } = all);
  await addCustomer('ana@customers.test');
});
afterAll(() => all?.close());

describe('discovery', () => {
  it("O01 names the brand's stored origin, whatever the request says of itself", async () => {
    const forged = { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https', forwarded: 'host=evil.test' };
    const { text } = await send(server.port, first.brand, 'GET', '/oidc/.well-known/openid-configuration', {
      headers: forged,
    });
    const metadata = JSON.parse(text) as Record<string, unknown>;
    expect(metadata).toMatchObject({
      issuer: `${first.brand.origin}/oidc`,
      token_endpoint: `${first.brand.origin}/oidc/token`,
      authorization_endpoint: `${first.brand.origin}/oidc/auth`,
      response_types_supported: ['code'],
      id_token_signing_alg_values_supported: ['ES256'],
      code_challenge_methods_supported: ['S256'],
    });
    expect(text).not.toContain('evil');
    expect(metadata.pushed_authorization_request_endpoint).toBe(`${first.brand.origin}/oidc/request`);
    const wellKnown = await send(server.port, first.brand, 'GET', '/.well-known/oauth-authorization-server/oidc');
    expect(JSON.parse(wellKnown.text)).toMatchObject({
      issuer: metadata.issuer,
      token_endpoint: metadata.token_endpoint,
    });
  });
});

describe('signing in', () => {
  it("leads over the issuer's page back to the asked path, with a session and no token in the browser", async () => {
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

  it('answers the same for known and unknown accounts', async () => {
    const blank = ({ status, text }: Answer, email: string) => ({
      status,
      text: text
        .replaceAll(email, '…')
        .replaceAll(/\/interaction\/[\w-]+/g, '…')
        .replaceAll(/name="_csrf" value="[^"]+"/g, '…')
        .replaceAll(/challenge&quot;:&quot;[\w-]+/g, '…'),
    });
    const browser = createBrowser(server.port, first.brand);
    const known = blank(await browser.signIn('ana@customers.test', 'wrong password here'), 'ana@customers.test');
    const unknown = blank(
      await browser.signIn('nobody@customers.test', 'wrong password here'),
      'nobody@customers.test',
    );
    expect(unknown).toEqual(known);
  });

  it('takes about the same time for known and unknown accounts', async () => {
    await addCustomer('time@customers.test');
    const browser = createBrowser(server.port, first.brand);
    const page = await browser.open('/auth/login');
    const median = async (email: string) => {
      const times: number[] = [];
      for (let attempt = 0; attempt < 5; attempt++) {
        const start = performance.now();
        await browser.submit(page, { email, password: 'wrong password here' });
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[2]!;
    };
    const [known, unknown] = [await median('time@customers.test'), await median('timeless@customers.test')];
    expect(Math.abs(known - unknown)).toBeLessThan(Math.max(known, unknown) * 0.6);
  });

  it('locks after eight wrong passwords, for unknown accounts alike, and the right password does not open it', async () => {
    await addCustomer('lock@customers.test');
    for (const email of ['lock@customers.test', 'phantom@customers.test']) {
      const browser = createBrowser(server.port, first.brand);
      const page = await browser.open('/auth/login');
      const answers: number[] = [];
      for (let attempt = 0; attempt < 9; attempt++)
        answers.push((await browser.submit(page, { email, password: 'wrong password here' })).status);
      expect(answers).toEqual([...Array.from({ length: 8 }, () => 401), 429]);
      const right = await browser.submit(page, { email, password: PASSWORD });
      expect(right.status).toBe(429);
      expect(right.headers['retry-after']).toBeDefined();
    }
    const row = await findUserByEmail(first.sql, 'lock@customers.test');
    expect(row!.lockedUntil!.getTime()).toBeGreaterThan(Date.now() + 60_000);
  });

  it('refuses a form without its token, from another browser, or from another origin', async () => {
    const browser = createBrowser(server.port, first.brand);
    const page = await browser.open('/auth/login');
    const fields = { email: 'ana@customers.test', password: PASSWORD };
    expect((await browser.submit(page, { ...fields, _csrf: 'forged' })).status).toBe(403);
    expect((await browser.submit(page, fields, { origin: 'https://evil.test' })).status).toBe(403);
    const other = createBrowser(server.port, first.brand);
    const otherPage = await other.open('/auth/login');
    const crossed = await other.submit(
      {
        ...otherPage,
        text: otherPage.text.replace(/name="_csrf" value="[^"]+"/, /name="_csrf" value="[^"]+"/.exec(page.text)![0]),
      },
      fields,
    );
    expect(crossed.status).toBe(403);
    expect((await browser.session()).user).toBeNull();
  });

  it('starts a new session at each sign-in and ends the one before', async () => {
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn('ana@customers.test', PASSWORD);
    const before = browser.jar.get('portolan_sid')!.value;
    browser.jar.delete('portolan_issuer');
    const page = await browser.visit('GET', '/auth/login');
    expect(page.status).toBe(303);
    expect(page.headers.location).toBe('/');
    browser.jar.set('portolan_sid', { value: `${before.slice(0, -2)}AA`, path: '/' });
    await browser.signIn('ana@customers.test', PASSWORD);
    expect(browser.jar.get('portolan_sid')!.value).not.toBe(before);
  });

  it('O25 O26 opens no session for a callback this browser did not ask for', async () => {
    const victim = createBrowser(server.port, first.brand);
    const forged = await victim.visit('GET', '/auth/callback?code=abc&state=def&iss=x');
    expect(forged.status).toBe(400);
    expect(victim.jar.has('portolan_sid')).toBe(false);
  });

  it('returns to paths of its own only', async () => {
    for (const returnTo of [
      'https://evil.test/',
      '//evil.test',
      '/\\evil.test',
      '/auth/logout',
      '/%0d%0aSet-Cookie:a=b',
    ]) {
      const browser = createBrowser(server.port, first.brand);
      const landed = await browser.signIn('ana@customers.test', PASSWORD, returnTo);
      expect(new URL(landed.path, first.brand.origin).origin).toBe(first.brand.origin);
      expect(landed.headers['set-cookie'] ?? []).not.toContain('a=b');
    }
  });
});

describe('signing out', () => {
  it("needs the session's token, then ends session, issuer session and refresh token without another question", async () => {
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn('ana@customers.test', PASSWORD);
    const { csrfToken } = await browser.session();
    const post = (token: string) =>
      browser.visit('POST', '/auth/logout', {
        body: `_csrf=${token}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: first.brand.origin },
      });
    expect((await post('forged')).status).toBe(403);
    expect((await browser.session()).user).not.toBeNull();
    const cookie = browser.jar.get('portolan_sid')!;
    const end = await browser.follow(await post(csrfToken!));
    expect(end.path).toBe('/');
    expect(browser.jar.has('portolan_sid')).toBe(false);
    expect(browser.jar.has('portolan_issuer')).toBe(false);
    browser.jar.set('portolan_sid', cookie);
    expect((await browser.session()).user).toBeNull();
    expect((await browser.open('/auth/login')).path).toMatch(/^\/interaction\//);
  });
});

describe('storefronts of one network', () => {
  it("let agents and customers of an agency in at its own brand and the reseller's, and nowhere else", async () => {
    const [mine, other] = [
      await addAgency(all, first, { withBrand: true }),
      await addAgency(all, first, { withBrand: true }),
    ];
    await server.identity.createUser(first.sql, {
      email: 'agent@mine.test',
      password: PASSWORD,
      givenName: 'Bo',
      familyName: 'Ruiz',
      role: 'agent',
      agencyId: mine.id,
    });
    const status = async (brand: typeof first.brand) => {
      const browser = createBrowser(server.port, brand);
      await browser.signIn('agent@mine.test', PASSWORD);
      return (await browser.session()).role;
    };
    expect(await status(mine.brand!)).toBe('agent');
    expect(await status(first.brand)).toBe('agent');
    expect(await status(other.brand!)).toBeNull();
    expect(await status(second.brand)).toBeNull();
  });

  it("do not take each other's session cookies", async () => {
    const agency = await addAgency(all, first, { withBrand: true });
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn('ana@customers.test', PASSWORD);
    const cookie = `portolan_sid=${browser.jar.get('portolan_sid')!.value}; portolan_issuer=${browser.jar.get('portolan_issuer')!.value}; portolan_issuer.sig=${browser.jar.get('portolan_issuer.sig')!.value}`;
    for (const brand of [agency.brand!, second.brand]) {
      const answer = await send(server.port, brand, 'GET', '/auth/session', { headers: { cookie } });
      expect(JSON.parse(answer.text)).toMatchObject({ user: null });
      const login = await send(server.port, brand, 'GET', '/auth/login', { headers: { cookie } });
      const authorize = await send(
        server.port,
        brand,
        'GET',
        new URL(login.headers.location!).pathname + new URL(login.headers.location!).search,
        { headers: { cookie } },
      );
      expect(authorize.headers.location).toMatch(/\/interaction\//);
    }
  });

  it('end the sessions of a suspended account at once', async () => {
    const { id } = await addCustomer('gone@customers.test');
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn('gone@customers.test', PASSWORD);
    await first.sql.run(q('users').where({ id }).update({ state: 'suspended' }));
    await server.identity.signOutEverywhere(first.tenant, id);
    expect((await browser.session()).user).toBeNull();
    expect((await browser.signIn('gone@customers.test', PASSWORD)).status).toBe(401);
  });
});
