import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAgency, createBrowser, startTwoTenants, type Answer, type Browser, type TwoTenants } from './testing.ts';

const PASSWORD = 'a quiet harbour at dawn';
type Agency = Awaited<ReturnType<typeof addAgency>>;

let all: TwoTenants;
let first: TwoTenants['first'];
let second: TwoTenants['second'];
let agency: Agency;
let below: Agency;
let beside: Agency;
const people = new Map<string, { id: string; browser: Browser; csrf: string }>();

async function addPerson(
  email: string,
  role: 'reseller_admin' | 'agency_admin' | 'agent' | 'customer',
  agencyId: string | null,
  site = first,
) {
  const { id } = await all.server.identity.createUser(site.sql, {
    email,
    password: PASSWORD,
    givenName: 'Pat',
    familyName: role,
    role,
    agencyId,
  });
  const browser = createBrowser(all.server.port, site.brand);
  await browser.signIn(email, PASSWORD);
  people.set(email, { id, browser, csrf: (await browser.session()).csrfToken! });
}

beforeAll(async () => {
  all = await startTwoTenants();
  ({ first, second } = all);
  agency = await addAgency(all, first);
  below = await addAgency(all, first, { parent: agency });
  beside = await addAgency(all, first);
  await addPerson('root@r.test', 'reseller_admin', null);
  await addPerson('boss@a.test', 'agency_admin', agency.id);
  await addPerson('agent@a.test', 'agent', agency.id);
  await addPerson('boss@below.test', 'agency_admin', below.id);
  await addPerson('boss@beside.test', 'agency_admin', beside.id);
  await addPerson('cust@r.test', 'customer', null);
  await addPerson('root@other.test', 'reseller_admin', null, second);
});
afterAll(() => all?.close());

async function call(
  email: string,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, unknown> & { data: Array<Record<string, string>> } }> {
  const { browser, csrf } = people.get(email)!;
  const answer: Answer = await browser.visit(method, `/api/v1${path}`, {
    headers: {
      accept: 'application/json',
      'x-csrf-token': csrf,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (answer.text ? JSON.parse(answer.text) : {}) as never };
}
const emails = async (email: string, query = '') =>
  (await call(email, 'GET', `/users?limit=50${query}`)).body.data.map((user) => user.email).sort();

describe('people', () => {
  it('are listed as far as the reader may see: the reseller all, an administrator the own agencies, others nobody', async () => {
    expect(await emails('root@r.test')).toEqual([
      'agent@a.test',
      'boss@a.test',
      'boss@below.test',
      'boss@beside.test',
      'cust@r.test',
      'root@r.test',
    ]);
    expect(await emails('boss@a.test')).toEqual(['agent@a.test', 'boss@a.test', 'boss@below.test']);
    expect(await emails('boss@below.test')).toEqual(['boss@below.test']);
    expect(await emails('boss@a.test', `&agencyId=${beside.id}`)).toEqual([]);
    expect(await emails('root@r.test', `&agencyId=${below.id}`)).toEqual(['boss@below.test']);
    expect((await call('agent@a.test', 'GET', '/users')).status).toBe(403);
    expect((await call('cust@r.test', 'GET', '/users')).status).toBe(403);
  });

  it('come in pages that lose and repeat nobody', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await call('root@r.test', 'GET', `/users?limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data.map((user) => user.email!));
      cursor = (body.next as string | null) ?? '';
    } while (cursor);
    expect(seen).toHaveLength(6);
    expect(new Set(seen).size).toBe(6);
    expect((await call('root@r.test', 'GET', '/users?cursor=forged')).status).toBe(400);
  });

  it('are suspended within the own agencies only, which signs them out at once', async () => {
    const target = people.get('boss@below.test')!;
    expect((await call('boss@beside.test', 'PATCH', `/users/${target.id}`, { state: 'suspended' })).status).toBe(404);
    expect((await call('root@other.test', 'PATCH', `/users/${target.id}`, { state: 'suspended' })).status).toBe(404);
    expect(
      (await call('boss@a.test', 'PATCH', `/users/${people.get('root@r.test')!.id}`, { state: 'suspended' })).status,
    ).toBe(404);
    expect(
      (await call('boss@a.test', 'PATCH', `/users/${people.get('boss@a.test')!.id}`, { state: 'suspended' })).status,
    ).toBe(409);
    expect(
      (await call('boss@a.test', 'PATCH', `/users/${target.id}`, { state: 'suspended', role: 'reseller_admin' }))
        .status,
    ).toBe(400);
    expect((await target.browser.session()).user).not.toBeNull();
    expect((await call('boss@a.test', 'PATCH', `/users/${target.id}`, { state: 'suspended' })).body).toMatchObject({
      state: 'suspended',
    });
    expect((await target.browser.session()).user).toBeNull();
    expect((await call('boss@a.test', 'PATCH', `/users/${target.id}`, { state: 'active' })).status).toBe(200);
    await target.browser.signIn('boss@below.test', PASSWORD);
    target.csrf = (await target.browser.session()).csrfToken!;
  });

  it("are changed by a request with the session's token only", async () => {
    const path = `/users/${people.get('agent@a.test')!.id}`;
    expect(
      (await call('boss@a.test', 'PATCH', path, { state: 'suspended' }, { 'x-csrf-token': 'forged' })).status,
    ).toBe(403);
    expect(
      (await call('boss@a.test', 'PATCH', path, { state: 'suspended' }, { origin: 'https://evil.test' })).status,
    ).toBe(403);
  });
});

describe('invitations', () => {
  const invite = (as: string, email: string, role: string, agencyId: string | null) =>
    call(as, 'POST', '/invitations', { email, role, agencyId });

  it('reach as far as the inviter does', async () => {
    expect((await invite('boss@a.test', 'one@new.test', 'agent', below.id)).status).toBe(201);
    expect((await invite('boss@a.test', 'two@new.test', 'agency_admin', agency.id)).status).toBe(201);
    expect((await invite('boss@a.test', 'three@new.test', 'agent', beside.id)).status).toBe(404);
    expect((await invite('boss@below.test', 'three@new.test', 'agent', agency.id)).status).toBe(404);
    expect((await invite('boss@a.test', 'three@new.test', 'reseller_admin', null)).body.code).toBe(
      'identity.role_not_invitable',
    );
    expect((await invite('boss@a.test', 'three@new.test', 'agent', null)).body.code).toBe('identity.role_needs_agency');
    expect((await invite('agent@a.test', 'three@new.test', 'agent', agency.id)).status).toBe(403);
    expect(
      (await call('root@r.test', 'POST', '/users', { email: 'Four@New.test', role: 'reseller_staff' })).body,
    ).toMatchObject({ email: 'four@new.test', state: 'open', agencyId: null });
    expect((await invite('root@r.test', 'agent@a.test', 'agent', agency.id)).body.code).toBe('identity.email_taken');
  });

  it('are listed to who may see them, without their secret', async () => {
    const listed = async (as: string) => (await call(as, 'GET', '/invitations')).body;
    expect((await listed('boss@a.test')).data.map((row) => row.email).sort()).toEqual(['one@new.test', 'two@new.test']);
    expect((await listed('boss@beside.test')).data).toEqual([]);
    expect(JSON.stringify(await listed('root@r.test'))).not.toMatch(/token|hash|url/i);
  });
});

describe('API clients', () => {
  it('are made within the own agency, show their secret once, and stop working when revoked', async () => {
    const create = (as: string, agencyId: string | null, role = 'agent') =>
      call(as, 'POST', '/api-clients', { name: 'Back office', role, agencyId });
    expect((await create('boss@a.test', below.id)).status).toBe(403);
    expect((await create('boss@a.test', beside.id)).status).toBe(404);
    expect((await create('boss@a.test', null, 'reseller_admin')).status).toBe(403);
    expect((await create('agent@a.test', agency.id)).status).toBe(403);
    const made = await create('boss@a.test', agency.id);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      clientSecret: expect.stringMatching(/^[\w-]{43}$/) as string,
      tokenUrl: `${first.brand.origin}/oidc/token`,
      state: 'active',
    });
    expect(JSON.stringify((await call('boss@a.test', 'GET', '/api-clients')).body)).not.toContain(
      made.body.clientSecret as string,
    );
    expect((await call('boss@beside.test', 'DELETE', `/api-clients/${made.body.id as string}`)).status).toBe(404);
    expect((await call('boss@a.test', 'DELETE', `/api-clients/${made.body.id as string}`)).status).toBe(204);
    expect((await call('boss@a.test', 'GET', '/api-clients')).body.data[0]).toMatchObject({ state: 'revoked' });
  });
});

describe('who am I', () => {
  it('answers 401 to a visitor and the person to a session', async () => {
    const visitor = createBrowser(all.server.port, first.brand);
    expect((await visitor.visit('GET', '/api/v1/me')).status).toBe(401);
    expect((await call('boss@a.test', 'GET', '/me')).body).toMatchObject({ role: 'agency_admin', agencyId: agency.id });
    const anonymous = await visitor.session();
    expect(anonymous).toMatchObject({ user: null, role: null, csrfToken: null });
    expect(anonymous.rules.length).toBeGreaterThan(0);
  });
});
