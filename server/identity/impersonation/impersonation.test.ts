import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createAudit, recordIdentityEvents } from '../../audit/index.ts';
import { systemClock } from '../../kernel/clock.ts';
import { q } from '../../kernel/database/builder.ts';
import { newId } from '../../kernel/ids.ts';
import { createLogger } from '../../kernel/logging/logger.ts';
import { createMetrics } from '../../kernel/metrics/metrics.ts';
import type { OnIdentityEvent } from '../index.ts';
import { insertUser } from '../repository.ts';
import { createBrowser, startTwoTenants, type Browser, type TwoTenants } from '../testing.ts';

const PASSWORD = 'a quiet harbour at dawn';
const JSON_HEADERS = { 'content-type': 'application/json', accept: 'application/json' };

let all: TwoTenants;
let server: TwoTenants['server'];
let first: TwoTenants['first'];
let second: TwoTenants['second'];
let onEvent: OnIdentityEvent | undefined;
let adminId: string;

beforeAll(async () => {
  all = await startTwoTenants({ onIdentityEvent: (sql, event) => onEvent?.(sql, event) ?? Promise.resolve() });
  ({ server, first, second } = all);
  const { world } = all;
  const log = createLogger({ level: 'silent', role: 'test' });
  const audit = createAudit({ ...world, log, clock: systemClock, metrics: createMetrics() });
  onEvent = recordIdentityEvents(audit.record);
  for (const site of [first, second]) {
    const { id } = await server.identity.createUser(site.sql, {
      email: 'ana@agents.test',
      password: PASSWORD,
      givenName: 'Ana',
      familyName: 'Sol',
      role: 'reseller_admin',
      agencyId: null,
    });
    if (site === first) adminId = id;
  }
});
afterAll(() => all?.close());
afterEach(() => void vi.useRealTimers());

const asked = (over: Record<string, unknown> = {}) => ({
  email: 'ana@agents.test',
  operator: 'Olga Ops',
  reason: 'Ticket 4711: a booking does not show',
  minutes: 15,
  ...over,
});
const linkFor = (over: Record<string, unknown> = {}) =>
  server.identity.issueImpersonationLink(first.tenant, [first.brand], asked(over));
const pathOf = (url: string) => new URL(url).pathname + new URL(url).search;
const later = (minutes: number) => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 });

async function begin(over: Record<string, unknown> = {}): Promise<Browser> {
  const browser = createBrowser(server.port, first.brand);
  const page = await browser.open(pathOf((await linkFor(over)).url));
  expect(page.status).toBe(200);
  expect((await browser.submit(page, {})).status).toBe(303);
  return browser;
}
const sessionOf = async (browser: Browser) =>
  (await browser.session()) as unknown as {
    user: { id: string } | null;
    csrfToken: string;
    rules: unknown;
    actingParty: { kind: string; name: string; reason: string; until: string } | null;
  };
async function call(browser: Browser, method: string, path: string, body?: unknown) {
  const { csrfToken } = await sessionOf(browser);
  const answer = await browser.visit(method, `/api/v1${path}`, {
    headers: { ...JSON_HEADERS, 'x-csrf-token': csrfToken, origin: first.brand.origin },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: JSON.parse(answer.text || 'null') as { code?: string; detail?: string } };
}
const entries = async () =>
  (await first.sql.all<{ body: string }>(q('audit_entries').orderBy('sequence').select('body'))).map(
    ({ body }) =>
      JSON.parse(body) as {
        action: string;
        actor: { id: string };
        actingParty: { kind: string; name: string; reason: string } | null;
      },
  );

describe('asking for a link to act as somebody', () => {
  it.each([
    ['without a reason', { reason: '   ' }, /Say why in --reason/],
    ['for more than 30 minutes', { minutes: 31 }, /from 1 to 30/],
    ['for no time', { minutes: 0 }, /from 1 to 30/],
    ['for half minutes', { minutes: 1.5 }, /from 1 to 30/],
    ['of a number that is none', { minutes: Number.NaN }, /from 1 to 30/],
    ['by nobody', { operator: ' ' }, /--operator/],
  ])('I28: %s is refused', async (_, over, line) => {
    await expect(linkFor(over)).rejects.toMatchObject({ status: 400, message: expect.stringMatching(line) as string });
  });

  it('I28: is refused for who could not sign in', async () => {
    await expect(linkFor({ email: 'nobody@agents.test' })).rejects.toMatchObject({ status: 404 });
    const id = newId();
    await insertUser(first.sql, {
      id,
      email: 'gone@agents.test',
      passwordHash: null,
      givenName: 'Gone',
      familyName: 'Away',
      role: 'reseller_admin',
      agencyId: null,
      locale: 'en',
      emailVerifiedAt: new Date(),
    });
    await first.sql.run(q('users').where({ id }).update({ state: 'suspended' }));
    await expect(linkFor({ email: 'gone@agents.test' })).rejects.toMatchObject({ status: 404 });
  });

  it('I28: keeps no token, only its digest', async () => {
    const { url } = await linkFor();
    const token = new URL(url).searchParams.get('token') ?? '';
    const rows = await all.world.database.platform.all(q('platform.impersonations'));
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token);
  });
});

describe('the link', () => {
  it('I28: opens nothing by being looked at, once by its button, and never again', async () => {
    const path = pathOf((await linkFor()).url);
    const prefetcher = createBrowser(server.port, first.brand);
    for (let times = 0; times < 3; times++) expect((await prefetcher.open(path)).status).toBe(200);
    expect((await sessionOf(prefetcher)).user).toBeNull();
    const [one, other] = [createBrowser(server.port, first.brand), createBrowser(server.port, first.brand)];
    const pages = [await one.open(path), await other.open(path)] as const;
    expect(pages[0].text).toContain('Act as Ana Sol?');
    const answers = await Promise.all([one.submit(pages[0], {}), other.submit(pages[1], {})]);
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410]);
    expect((await prefetcher.open(path)).status).toBe(410);
  });

  it('I28: opens nothing without the token of the form', async () => {
    const browser = createBrowser(server.port, first.brand);
    const page = await browser.open(pathOf((await linkFor()).url));
    expect((await browser.submit(page, { _csrf: 'forged' })).status).toBe(403);
    expect((await browser.submit(page, {}, { origin: 'https://evil.test' })).status).toBe(403);
    expect((await browser.submit(page, {})).status).toBe(303);
  });

  it('I28: is unknown at the host of another tenant', async () => {
    const path = pathOf((await linkFor()).url);
    const abroad = createBrowser(server.port, second.brand);
    const there = await abroad.open(path);
    expect(there.status).toBe(410);
    const token = new URLSearchParams(path.split('?')[1]).get('token') ?? '';
    const body = new URLSearchParams({ token }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: second.brand.origin };
    expect((await abroad.visit('POST', '/auth/impersonate', { body, headers })).status).toBe(410);
    expect((await sessionOf(abroad)).user).toBeNull();
    expect((await createBrowser(server.port, first.brand).open(path)).status).toBe(200);
  });

  it('I28: ends after five minutes', async () => {
    const path = pathOf((await linkFor()).url);
    const browser = createBrowser(server.port, first.brand);
    const page = await browser.open(path);
    later(5.1);
    expect((await browser.submit(page, {})).status).toBe(410);
    expect((await browser.open(path)).status).toBe(410);
  });
});

describe('the session of an operator', () => {
  it('I28: is the person’s, says who acts, why and until when, and ends by itself whatever happens', async () => {
    const before = Date.now();
    const browser = await begin({ minutes: 30 });
    const { user, actingParty } = await sessionOf(browser);
    expect(user?.id).toBe(adminId);
    expect(actingParty).toMatchObject({ kind: 'operator', name: 'Olga Ops', reason: asked().reason });
    const lasts = Date.parse(actingParty?.until ?? '') - before;
    expect(lasts).toBeGreaterThan(0);
    expect(lasts).toBeLessThanOrEqual(30 * 60_000 + (Date.now() - before));
    later(29);
    expect((await sessionOf(browser)).user?.id).toBe(adminId);
    later(1.1);
    expect((await sessionOf(browser)).user).toBeNull();
  });

  it('I28: is worth nothing at another tenant', async () => {
    const browser = await begin();
    const abroad = createBrowser(server.port, second.brand);
    for (const [name, cookie] of browser.jar) abroad.jar.set(name, cookie);
    expect((await sessionOf(abroad)).user).toBeNull();
  });

  it('I28: changes no password, session, person, credential, right and sign-in', async () => {
    const browser = await begin();
    expect((await call(browser, 'GET', '/users')).status).toBe(200);
    const acts: [string, string, unknown?][] = [
      ['POST', '/api-clients', { name: 'Mine', role: 'reseller_admin' }],
      ['POST', '/users', { email: 'me@ops.test', role: 'reseller_admin' }],
      ['PATCH', `/users/${adminId}`, { state: 'suspended' }],
      ['POST', '/permission-sets', { name: 'All', permissions: [] }],
      ['POST', '/identity-providers', {}],
      ['POST', '/me/passkeys/options'],
      ['POST', '/me/sessions/end-others'],
      ['DELETE', `/me/sessions/${newId()}`],
    ];
    for (const [method, path, body] of acts) {
      const answer = await call(browser, method, path, body);
      expect([path, answer.status, answer.body.code]).toEqual([path, 403, 'access.not_while_acting']);
      expect(answer.body.detail).toContain('You act as Ana Sol');
    }
    for (const path of ['/account/security', '/account/passkeys.js', '/account/forgot-password'])
      expect([path, (await browser.open(path)).status]).toEqual([path, 403]);
    const forged = await browser.visit('POST', '/account/security/password', {
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: first.brand.origin },
      body: 'password=another+quiet+harbour',
    });
    expect(forged.status).toBe(403);
  });

  it('I28: is one the person sees in its list, and may end', async () => {
    const operator = await begin();
    const person = createBrowser(server.port, first.brand);
    await person.signIn('ana@agents.test', PASSWORD);
    const answer = await person.visit('GET', '/api/v1/me/sessions', { headers: JSON_HEADERS });
    const { data } = JSON.parse(answer.text) as { data: { id: string; openedBy: string; current: boolean }[] };
    expect(data.find(({ current }) => current)?.openedBy).toBe('person');
    expect(data.some(({ openedBy }) => openedBy === 'operator')).toBe(true);
    expect((await person.open('/account/security')).text).toContain('Operator of the platform, acting as you');
    await call(person, 'POST', '/me/sessions/end-others');
    expect((await sessionOf(operator)).user).toBeNull();
  });

  it('I28: is stopped by its button, and start and end are entered with both names, here and at the platform', async () => {
    const reason = 'Ticket 4712: looking at an invoice';
    const browser = await begin({ reason });
    const { csrfToken } = await sessionOf(browser);
    const headers = { accept: 'application/json', origin: first.brand.origin };
    const stop = (token: string) =>
      browser.visit('POST', '/auth/acting/stop', { headers: { ...headers, 'x-csrf-token': token } });
    expect((await stop('forged')).status).toBe(403);
    expect((await sessionOf(browser)).user?.id).toBe(adminId);
    expect((await stop(csrfToken)).status).toBe(200);
    expect((await sessionOf(browser)).user).toBeNull();
    const mine = (await entries()).filter(({ actingParty }) => actingParty?.reason === reason);
    expect(mine.map(({ action }) => action)).toEqual([
      'identity.impersonation_started',
      'identity.impersonation_ended',
    ]);
    for (const { actor, actingParty } of mine) {
      expect(actor.id).toBe(adminId);
      expect(actingParty).toMatchObject({ kind: 'operator', name: 'Olga Ops' });
    }
    const row = await all.world.database.platform.one(q('platform.impersonations').where({ reason }));
    expect(row).toMatchObject({
      tenant_id: first.tenant.id,
      user_id: adminId,
      operator: 'Olga Ops',
      redeemed_at: expect.any(Date) as Date,
      ends_at: expect.any(Date) as Date,
      ended_at: expect.any(Date) as Date,
    });
  });

  it('I28: is ended by signing out too', async () => {
    const browser = await begin();
    const { csrfToken } = await sessionOf(browser);
    const headers = { origin: first.brand.origin, 'x-csrf-token': csrfToken };
    expect((await browser.visit('POST', '/auth/logout', { headers })).headers.location).toBe('/');
    expect((await sessionOf(browser)).user).toBeNull();
  });
});
