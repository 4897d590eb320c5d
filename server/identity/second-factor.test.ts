import { generate } from 'otplib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import { tenantKey } from '../kernel/redis.ts';
import { createBrowser, eventsOf, startTwoTenants, type Answer, type Browser, type TwoTenants } from './testing.ts';
import { writeSignInPolicy } from './sign-in-policy.ts';

const PASSWORD = 'a quiet harbour at dawn';
const HOME = '/account/security';

let all: TwoTenants;
let server: TwoTenants['server'];
let first: TwoTenants['first'];
let second: TwoTenants['second'];
/** The clock of the server: codes work once each, so tests move on from step to step. */
let skew = 0;
const now = () => new Date(Date.now() + skew);
const nextCode = () => void (skew += 30_000);

beforeAll(async () => {
  all = await startTwoTenants({ clock: { now } });
  ({ server, first, second } = all);
});
beforeEach(() => void (skew = 0));
afterAll(() => all?.close());

const addPerson = (email: string, role: 'customer' | 'reseller_admin' = 'customer', site = first) =>
  server.identity.createUser(site.sql, {
    email,
    password: PASSWORD,
    givenName: 'Eva',
    familyName: 'Mar',
    role,
    agencyId: null,
  });
const codeOf = (secret: string) => generate({ secret, epoch: Math.floor(now().getTime() / 1000) });
const secretOf = (page: Answer) => /<code class="auth__code">([^<]+)</.exec(page.text)![1]!.replaceAll(' ', '');
const codesOf = (page: Answer) => [...page.text.matchAll(/<li><code>([^<]+)</g)].map(([, code]) => code!);
const noticesOf = async (email: string) =>
  (await eventsOf(all.world, first.tenant, 'identity.security_notice@1'))
    .filter((one) => one.recipient === email)
    .map((one) => one.notice);

async function enrol(email: string, site = first): Promise<{ browser: Browser; secret: string; codes: string[] }> {
  const browser = createBrowser(server.port, site.brand);
  await browser.signIn(email, PASSWORD);
  const page = await browser.open(`${HOME}/totp`);
  const secret = secretOf(page);
  const shown = await browser.submit(page, { code: await codeOf(secret) });
  nextCode();
  return { browser, secret, codes: codesOf(shown) };
}

/** A new browser that has given the right password. */
async function atCode(email: string, site = first) {
  const browser = createBrowser(server.port, site.brand);
  const page = await browser.signIn(email, PASSWORD);
  return { browser, page };
}

describe('the second factor', () => {
  it('6.3.3: is set up with the first code of an app, and asked after the password from then on', async () => {
    await addPerson('eva@people.test');
    const { secret, codes } = await enrol('eva@people.test');
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    const { browser, page } = await atCode('eva@people.test');
    expect(page.text).toContain('One more step');
    expect((await browser.session()).user).toBeNull();
    const landed = await browser.follow(await browser.submit(page, { code: await codeOf(secret) }));
    nextCode();
    expect(landed.path).toBe('/');
    expect((await browser.session()).user!.email).toBe('eva@people.test');
    const key = tenantKey(first.tenant, 'session', digest(browser.jar.get('portolan_sid')!.value));
    const { methods } = JSON.parse((await all.world.redis.hget(key, 'session'))!) as { methods: string[] };
    expect(methods).toEqual(['pwd', 'otp', 'mfa']);
    expect(await noticesOf('eva@people.test')).toEqual(['second_factor_on', 'new_device']);
  });

  it('6.5.1: takes a code once, whether it is sent again in the same or in another sign-in', async () => {
    await addPerson('once@people.test');
    const { secret } = await enrol('once@people.test');
    const code = await codeOf(secret);
    const [one, two] = [await atCode('once@people.test'), await atCode('once@people.test')];
    expect((await one.browser.submit(one.page, { code })).status).toBe(303);
    const again = await two.browser.submit(two.page, { code });
    expect(again.status).toBe(401);
    expect(again.text).toContain('This code is not right');
  });

  it('of the same code in two sign-ins at once lets one in', async () => {
    await addPerson('race@people.test');
    const { secret } = await enrol('race@people.test');
    const code = await codeOf(secret);
    const two = [await atCode('race@people.test'), await atCode('race@people.test')];
    const answers = await Promise.all(two.map(({ browser, page }) => browser.submit(page, { code })));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 401]);
  });

  it('refuses codes of long ago and of the future', async () => {
    await addPerson('clock@people.test');
    const { secret } = await enrol('clock@people.test');
    const { browser, page } = await atCode('clock@people.test');
    const at = (seconds: number) => generate({ secret, epoch: Math.floor(now().getTime() / 1000) + seconds });
    for (const seconds of [-300, 300])
      expect((await browser.submit(page, { code: await at(seconds) })).status).toBe(401);
  });

  it('6.5.2: takes a recovery code once, tells its owner, and stores digests only', async () => {
    await addPerson('lost@people.test');
    const { codes } = await enrol('lost@people.test');
    const stored = JSON.stringify(await first.sql.all(q('user_recovery_codes')));
    for (const code of codes) expect(stored).not.toContain(code.replaceAll('-', ''));
    const { browser, page } = await atCode('lost@people.test');
    expect((await browser.submit(page, { code: codes[3]!.toUpperCase().replaceAll('-', ' ') })).status).toBe(303);
    const again = await atCode('lost@people.test');
    expect((await again.browser.submit(again.page, { code: codes[3]! })).status).toBe(401);
    expect(await noticesOf('lost@people.test')).toContain('recovery_code_used');
  });

  it('6.3.1, 6.6.3: slows a hundred wrong codes of somebody with the password, and lets the owner in meanwhile', async () => {
    await addPerson('guess@people.test');
    const { browser: own, secret } = await enrol('guess@people.test');
    const statuses: number[] = [];
    let { browser, page } = await atCode('guess@people.test');
    for (let attempt = 0; attempt < 100; attempt++) {
      if (attempt % 5 === 4 && attempt < 20) ({ browser, page } = await atCode('guess@people.test'));
      statuses.push((await browser.submit(page, { code: String(attempt).padStart(6, '0') })).status);
    }
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
    expect(statuses.slice(-80).every((status) => status === 429)).toBe(true);
    const step = await own.open('/auth/step-up?returnTo=/trips');
    const asked = await own.submit(step, { email: 'guess@people.test', password: PASSWORD });
    const landed = await own.follow(await own.submit(asked, { code: await codeOf(secret) }));
    expect(landed.path).toBe('/trips');
  });

  it('cannot be skipped: the password alone opens nothing, and the question belongs to one browser', async () => {
    await addPerson('skip@people.test');
    const { secret } = await enrol('skip@people.test');
    const { page } = await atCode('skip@people.test');
    const stranger = createBrowser(server.port, first.brand);
    await stranger.open('/auth/login');
    const stolen = await stranger.submit(page, { code: await codeOf(secret) });
    expect(stolen.status).toBe(400);
    expect((await stranger.session()).user).toBeNull();
  });

  it('7.5.1, 6.3.7: is changed only soon after a sign-in, ends other sessions and is mailed', async () => {
    await addPerson('change@people.test');
    const other = createBrowser(server.port, first.brand);
    await other.signIn('change@people.test', PASSWORD);
    const { browser, secret } = await enrol('change@people.test');
    expect((await other.session()).user).toBeNull();
    const page = await browser.open(HOME);
    skew += 6 * 60_000;
    const stale = await browser.post(page, `${HOME}/totp/remove`);
    expect(stale.headers.location).toBe(`/auth/step-up?returnTo=${encodeURIComponent(HOME)}`);
    skew -= 6 * 60_000;
    expect((await browser.post(page, `${HOME}/totp/remove`, { _csrf: 'forged' })).status).toBe(403);
    expect((await browser.post(page, `${HOME}/totp/remove`, {}, { origin: 'https://evil.test' })).status).toBe(403);
    expect((await first.sql.all(q('user_totp').select('user_id'))).length).toBeGreaterThan(0);
    const removed = await browser.follow(await browser.post(page, `${HOME}/totp/remove`));
    expect(removed.text).toContain('No code is asked any more.');
    expect(await noticesOf('change@people.test')).toEqual(
      expect.arrayContaining(['second_factor_on', 'second_factor_off']),
    );
    const { browser: after } = await atCode('change@people.test');
    expect((await after.session()).user!.email).toBe('change@people.test');
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
  });

  it('keeps its secret sealed, bound to its person', async () => {
    const { id } = await addPerson('sealed@people.test');
    const { secret } = await enrol('sealed@people.test');
    const row = await first.sql.one<{ secret_encrypted: string }>(q('user_totp').where({ user_id: id }));
    expect(row!.secret_encrypted).not.toContain(secret);
    const other = await addPerson('swapped@people.test');
    await first.sql.run(
      q('user_totp').insert({ user_id: other.id, secret_encrypted: row!.secret_encrypted, last_step: 0 }),
    );
    const { browser, page } = await atCode('swapped@people.test');
    expect((await browser.submit(page, { code: await codeOf(secret) })).status).not.toBe(303);
  });

  it('I22: of the same address in another network stays untouched', async () => {
    await addPerson('both@people.test');
    await addPerson('both@people.test', 'customer', second);
    await enrol('both@people.test');
    const browser = createBrowser(server.port, second.brand);
    await browser.signIn('both@people.test', PASSWORD);
    expect((await browser.session()).user!.email).toBe('both@people.test');
  });

  it('is set up during the sign-in where the reseller asks a role for it, and cannot be turned off there', async () => {
    await addPerson('staff@people.test', 'reseller_admin', second);
    await writeSignInPolicy(second.sql, { secondFactorRoles: ['reseller_admin'], version: 0 }, null);
    const { browser, page } = await atCode('staff@people.test', second);
    expect(page.text).toContain('Set up your authenticator app');
    expect((await browser.submit(page, { code: '000000' })).status).toBe(401);
    const landed = await browser.follow(await browser.submit(page, { code: await codeOf(secretOf(page)) }));
    expect(landed.path).toBe('/');
    expect((await browser.open(HOME)).text).not.toContain('/totp/remove');
    nextCode();
    await writeSignInPolicy(second.sql, { secondFactorRoles: [], version: 1 }, null);
  });
});

describe('browsers a person is known by', () => {
  it('6.3.5: a new one is told by mail, the first and a known one are not', async () => {
    await addPerson('mail@people.test');
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn('mail@people.test', PASSWORD);
    browser.jar.delete('portolan_sid');
    browser.jar.delete('portolan_issuer');
    await browser.signIn('mail@people.test', PASSWORD);
    expect(await noticesOf('mail@people.test')).toEqual([]);
    await createBrowser(server.port, first.brand).signIn('mail@people.test', PASSWORD);
    expect(await noticesOf('mail@people.test')).toEqual(['new_device']);
  });

  it('6.3.1: keep letting the owner in while a stranger locks the account', async () => {
    await addPerson('owner@people.test');
    const own = createBrowser(server.port, first.brand);
    await own.signIn('owner@people.test', PASSWORD);
    const stranger = createBrowser(server.port, first.brand);
    const page = await stranger.open('/auth/login');
    for (let attempt = 0; attempt < 10; attempt++)
      await stranger.submit(page, { email: 'owner@people.test', password: 'wrong password here' });
    expect((await stranger.submit(page, { email: 'owner@people.test', password: PASSWORD })).status).toBe(429);
    const again = await own.open('/auth/step-up?returnTo=/trips');
    const landed = await own.follow(await own.submit(again, { email: 'owner@people.test', password: PASSWORD }));
    expect(landed.path).toBe('/trips');
  });
});

describe('the security page', () => {
  it('sends a visitor to the sign-in and back', async () => {
    const browser = createBrowser(server.port, first.brand);
    const answer = await browser.visit('GET', HOME);
    expect(answer.headers.location).toBe(`/auth/login?returnTo=${encodeURIComponent(HOME)}`);
  });

  it('6.2.2, 6.2.3: changes the password with the one before, ends other sessions, and tells the owner', async () => {
    await addPerson('pw@people.test');
    const other = createBrowser(server.port, first.brand);
    await other.signIn('pw@people.test', PASSWORD);
    const browser = createBrowser(server.port, first.brand);
    await browser.signIn('pw@people.test', PASSWORD);
    const page = await browser.open(HOME);
    const fresh = 'seven lanterns over water';
    const change = (fields: Record<string, string>) => browser.post(page, `${HOME}/password`, fields);
    const wrong = await change({ currentPassword: 'not the password', password: fresh, passwordAgain: fresh });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('This is not your password.');
    expect(
      (await change({ currentPassword: PASSWORD, password: 'password1234', passwordAgain: 'password1234' })).status,
    ).toBe(422);
    expect((await change({ currentPassword: PASSWORD, password: fresh, passwordAgain: 'another' })).status).toBe(422);
    const saved = await browser.follow(
      await change({ currentPassword: PASSWORD, password: fresh, passwordAgain: fresh }),
    );
    expect(saved.text).toContain('Your password is changed.');
    expect((await browser.session()).user).not.toBeNull();
    expect((await other.session()).user).toBeNull();
    expect(await noticesOf('pw@people.test')).toContain('password_changed');
    expect((await createBrowser(server.port, first.brand).signIn('pw@people.test', PASSWORD)).status).toBe(401);
  });

  it('7.4.4, 7.5.2: lists sessions, ends one, ends all others, ends all', async () => {
    await addPerson('devices@people.test');
    const [one, two, three] = [1, 2, 3].map(() => createBrowser(server.port, first.brand)) as [
      Browser,
      Browser,
      Browser,
    ];
    for (const browser of [one, two, three]) await browser.signIn('devices@people.test', PASSWORD);
    const page = await one.open(HOME);
    const ids = [...page.text.matchAll(/name="id" value="([^"]+)"/g)].map(([, id]) => id!);
    expect(ids).toHaveLength(2);
    await one.post(page, `${HOME}/sessions/end`, { id: ids[0]! });
    expect([(await two.session()).user, (await three.session()).user].filter(Boolean)).toHaveLength(1);
    await one.post(page, `${HOME}/sessions/end-others`);
    for (const browser of [two, three]) expect((await browser.session()).user).toBeNull();
    expect((await one.session()).user).not.toBeNull();
    await one.post(page, `${HOME}/sessions/end-all`);
    expect((await one.session()).user).toBeNull();
    expect((await one.open('/auth/login')).path).toMatch(/^\/interaction\//);
  });
});
