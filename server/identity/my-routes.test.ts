import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { digest } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import { newId } from '../kernel/ids.ts';
import { tenantKey } from '../kernel/redis.ts';
import { createBrowser, startTwoTenants, type Browser, type TwoTenants } from './testing.ts';

const PASSWORD = 'a quiet harbour at dawn';
const [ANA, BO] = ['ana@customers.test', 'bo@customers.test'];
const ids: Record<string, string> = {};

let all: TwoTenants;
let first: TwoTenants['first'];
beforeAll(async () => {
  all = await startTwoTenants();
  ({ first } = all);
  for (const email of [ANA, BO])
    ids[email] = (
      await all.server.identity.createUser(first.sql, {
        email,
        password: PASSWORD,
        givenName: 'Ana',
        familyName: 'Sol',
        role: 'customer',
        agencyId: null,
      })
    ).id;
});
afterAll(() => all?.close());

async function signIn(email = ANA): Promise<Browser> {
  const browser = createBrowser(all.server.port, first.brand);
  await browser.signIn(email, PASSWORD);
  return browser;
}

interface Listed {
  id: string;
  current?: boolean;
  name?: string;
}
async function call(browser: Browser, method: string, path: string, body?: unknown, csrf?: string) {
  const { csrfToken } = await browser.session();
  const answer = await browser.visit(method, `/api/v1${path}`, {
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      'x-csrf-token': csrf ?? csrfToken ?? '',
      origin: first.brand.origin,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const parsed = JSON.parse(answer.text || '{}') as { data?: Listed[]; code?: string; ended?: number; name?: string };
  return { status: answer.status, body: parsed };
}
const sessions = async (browser: Browser) => (await call(browser, 'GET', '/me/sessions')).body.data ?? [];
const isIn = async (browser: Browser) => (await browser.session()).user !== null;

/** Lets a session look as if its person had signed in six minutes ago. */
async function age(browser: Browser): Promise<void> {
  const key = tenantKey(first.tenant, 'session', digest(browser.jar.get('portolan_sid')?.value ?? ''));
  const stored = JSON.parse((await all.world.redis.hget(key, 'session')) ?? '') as { authenticatedAt: number };
  stored.authenticatedAt -= 6 * 60_000;
  await all.world.redis.hset(key, 'session', JSON.stringify(stored));
}

async function keepPasskey(email: string, name: string): Promise<string> {
  const id = newId();
  const key = { credential_id: id, public_key: '', counter: 0, backed_up: false, rp_id: 'a.test', name };
  await first.sql.run(q('user_passkeys').insert({ id, user_id: ids[email], ...key }));
  return id;
}

describe('/me/sessions', () => {
  beforeEach(async () => all.server.identity.signOutEverywhere(first.tenant, ids[ANA] ?? ''));

  it('lists the own browsers, this one marked, and nobody else’s', async () => {
    const [here] = [await signIn(), await signIn(), await signIn(BO)];
    const listed = await sessions(here);
    expect(listed).toHaveLength(2);
    expect(listed.filter(({ current }) => current)).toHaveLength(1);
    // No secret of a session is in it: its cookie would open it.
    expect(JSON.stringify(listed)).not.toContain(here.jar.get('portolan_sid')?.value);
    expect((await call(createBrowser(all.server.port, first.brand), 'GET', '/me/sessions')).status).toBe(401);
  });

  it('ends one, and none of another person', async () => {
    const [here, there, other] = [await signIn(), await signIn(), await signIn(BO)];
    const target = (await sessions(here)).find(({ current }) => !current)?.id;
    const foreign = (await sessions(other))[0]?.id;
    expect((await call(here, 'DELETE', `/me/sessions/${target}`, undefined, 'forged')).status).toBe(403);
    expect(await isIn(there)).toBe(true);
    expect((await call(here, 'DELETE', `/me/sessions/${target}`)).status).toBe(204);
    expect([await isIn(here), await isIn(there)]).toEqual([true, false]);
    for (const id of [target, foreign, newId(), 'x'])
      expect((await call(here, 'DELETE', `/me/sessions/${id}`)).status, id).toBe(404);
    expect(await isIn(other)).toBe(true);
  });

  it('ends all others, and leaves this one', async () => {
    const [here, ...others] = [await signIn(), await signIn(), await signIn()];
    const bo = await signIn(BO);
    expect(await call(here, 'POST', '/me/sessions/end-others')).toMatchObject({ status: 200, body: { ended: 2 } });
    for (const browser of others) expect(await isIn(browser)).toBe(false);
    expect([await isIn(here), await isIn(bo)]).toEqual([true, true]);
    expect(await call(here, 'POST', '/me/sessions/end-others')).toMatchObject({ status: 200, body: { ended: 0 } });
  });
});

describe('/me/passkeys', () => {
  it('lists, renames and removes the own ones; another person’s do not exist', async () => {
    const [mine, foreign] = [await keepPasskey(ANA, 'Laptop'), await keepPasskey(BO, 'Telephone')];
    const browser = await signIn();
    const listed = await call(browser, 'GET', '/me/passkeys');
    expect(listed.body.data).toMatchObject([{ id: mine, name: 'Laptop' }]);
    expect(JSON.stringify(listed.body)).not.toMatch(/public_?key|credential/i);
    expect(await call(browser, 'PATCH', `/me/passkeys/${mine}`, { name: 'Old laptop' })).toMatchObject({
      status: 200,
      body: { name: 'Old laptop' },
    });
    expect((await call(browser, 'PATCH', `/me/passkeys/${mine}`, { name: '' })).status).toBe(400);
    expect((await call(browser, 'PATCH', `/me/passkeys/${foreign}`, { name: 'Mine' })).status).toBe(404);
    expect((await call(browser, 'DELETE', `/me/passkeys/${foreign}`)).status).toBe(404);

    const there = await signIn();
    expect((await call(browser, 'DELETE', `/me/passkeys/${mine}`)).status).toBe(204);
    expect((await call(browser, 'DELETE', `/me/passkeys/${mine}`)).status).toBe(404);
    // Who else was in is out.
    expect([await isIn(browser), await isIn(there)]).toEqual([true, false]);
    const left = await first.sql.all<{ name: string }>(q('user_passkeys').where({ id: foreign }).select('name'));
    expect(left).toEqual([{ name: 'Telephone' }]);
  });

  it('asks for a fresh sign-in before one is made or removed', async () => {
    const id = await keepPasskey(ANA, 'Tablet');
    const browser = await signIn();
    await age(browser);
    for (const [method, path] of [
      ['POST', '/me/passkeys/options'],
      ['POST', '/me/passkeys'],
      ['DELETE', `/me/passkeys/${id}`],
    ] as const)
      expect(await call(browser, method, path, method === 'POST' ? {} : undefined), path).toMatchObject({
        status: 403,
        body: { code: 'access.step_up_required' },
      });
    expect((await call(browser, 'GET', '/me/passkeys')).body.data).toHaveLength(1);
    expect((await call(await signIn(), 'POST', '/me/passkeys/options', {})).status).toBe(200);
  });

  it('keeps none that the browser did not make for this page', async () => {
    const browser = await signIn();
    const before = (await call(browser, 'GET', '/me/passkeys')).body.data;
    const made = await call(browser, 'POST', '/me/passkeys', { name: 'Forged', credential: { id: 'x' } });
    expect([400, 422]).toContain(made.status);
    expect((await call(browser, 'GET', '/me/passkeys')).body.data).toEqual(before);
  });
});
