import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { abilityFor, PERMISSION_NAMES } from '../../server/access/index.ts';
import { createBrowser } from '../../server/identity/testing.ts';
import { q } from '../../server/kernel/database/builder.ts';
import { anonymous, type Actor } from '../../server/kernel/http/actor.ts';
import { createPlatformWorld, type PlatformWorld } from '../../server/testing/platform-world.ts';
import type { SiteClient } from '../../server/testing/site-client.ts';

let world: PlatformWorld;
let callers: Array<{ name: string; actor: Actor; client: SiteClient }>;
let staff: { id: string; client: SiteClient };
let admin: SiteClient;
const STAFF_PASSWORD = 'the lighthouse keeps no secrets';

beforeAll(async () => {
  world = await createPlatformWorld({ resellers: 1 });
  const site = world.first;
  const bearer = async (role: 'reseller_admin' | 'agency_admin' | 'agent', level: 'reseller' | 'a' | 'b') =>
    site.at(level, { authorization: `Bearer ${await site.token(role, level)}` });
  admin = await bearer('reseller_admin', 'reseller');
  const brand = await site.brandAt('reseller');
  const email = `staff@${site.tenant.slug}.test`;
  const { id } = await world.modules.identity.createUser(site.sql, {
    email,
    password: STAFF_PASSWORD,
    givenName: 'Eva',
    familyName: 'Test',
    role: 'reseller_staff',
    agencyId: null,
  });
  const browser = createBrowser(world.port, brand);
  await browser.signIn(email, STAFF_PASSWORD);
  const { csrfToken } = await browser.session();
  const cookie = [...browser.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
  staff = { id, client: site.at('reseller', { cookie, 'x-csrf-token': csrfToken ?? '' }) };
  const as = (role: Actor['role'], rest: Partial<Actor> = {}): Actor => ({
    ...anonymous,
    kind: 'user',
    id,
    role,
    ...rest,
  });
  const [a, b] = [
    { agencyId: site.agencies.a, agencyPath: `/${site.agencies.a}/` },
    { agencyId: site.agencies.b, agencyPath: `/${site.agencies.a}/${site.agencies.b}/` },
  ];
  callers = [
    { name: 'anonymous', actor: anonymous, client: site.guest('reseller') },
    { name: 'reseller_admin', actor: as('reseller_admin'), client: admin },
    { name: 'reseller_staff without a set', actor: as('reseller_staff'), client: staff.client },
    { name: 'agency_admin', actor: as('agency_admin', a), client: await bearer('agency_admin', 'a') },
    { name: 'agent', actor: as('agent', b), client: await bearer('agent', 'b') },
    { name: 'customer', actor: as('customer', b), client: (await site.signIn('customer', 'b')).client },
  ];
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

const UNKNOWN = '01890000-0000-7000-8000-000000000000';
/** The reseller's alone, which the route itself says after its rule let an agency's administrator in. */
const STRICTER = /^\/oauth-clients/;
const call = (client: SiteClient, method: string, path: string) =>
  client.raw(method as 'get', `/api/v1${path}`, method === 'get' ? undefined : {}, {});

describe('I41: what a role may do at all', () => {
  it('is for every route and role what the rules say', async () => {
    const mismatches: string[] = [];
    for (const route of world.modules.routes) {
      if (route.can === 'public' || STRICTER.test(route.path)) continue;
      const [action, subject] = route.can;
      const path = route.path.replaceAll(/:[A-Za-z]+/g, UNKNOWN);
      for (const { name, actor, client } of callers) {
        await world.forgetRates();
        const answer = await call(client, route.method, path);
        const refused =
          answer.status === 401 ||
          (answer.body.code === 'access.forbidden' &&
            String(answer.body.detail).includes(`may not ${action} this ${subject}`));
        if (refused === abilityFor(actor).can(action, subject) || answer.status >= 500)
          mismatches.push(`${name} ${route.method} ${route.path}: ${answer.status} ${answer.body.code as string}`);
      }
    }
    expect(mismatches).toEqual([]);
  });
});

describe('permission sets', () => {
  it('give a colleague what they say and no more; nobody gives what he does not have', async () => {
    expect((await staff.client.get('/bookings')).status).toBe(403);
    const made = await admin.post('/permission-sets', {
      name: 'Front desk',
      permissions: ['agencies.read', 'bookings.read', 'people.manage', 'permissions.manage'],
    });
    expect(made.status).toBe(201);
    const wide = await admin.post('/permission-sets', { name: 'All', permissions: [...PERMISSION_NAMES] });
    expect((await admin.post('/permission-sets', { name: 'front DESK', permissions: [] })).status).toBe(409);
    const given = await admin.patch(`/users/${staff.id}`, { permissionSetId: made.body.id });
    expect([given.status, given.body.permissionSetId]).toEqual([200, made.body.id]);

    expect((await staff.client.get('/bookings')).status).toBe(200);
    expect((await staff.client.get('/invoices')).status).toBe(403);
    const beyond = await staff.client.post('/permission-sets', { name: 'More', permissions: ['finance.read'] });
    expect([beyond.status, beyond.body.code]).toEqual([403, 'identity.not_yours_to_give']);
    const climbing = await staff.client.patch(`/users/${staff.id}`, { permissionSetId: wide.body.id });
    expect([climbing.status, climbing.body.code]).toEqual([403, 'identity.not_yours_to_give']);
    const appointing = await staff.client.post('/users', {
      email: 'x@example.test',
      role: 'agency_admin',
      agencyId: world.first.agencies.a,
    });
    expect([appointing.status, appointing.body.code]).toEqual([403, 'identity.not_yours_to_give']);

    const remove = (id: string) => admin.delete(`/permission-sets/${id}`, { headers: { 'if-match': '"1"' } });
    expect((await remove(made.body.id as string)).body.code).toBe('identity.permission_set_in_use');
    expect((await remove(wide.body.id as string)).status).toBe(204);
  });

  it('are for reseller_staff only', async () => {
    const set = ((await admin.get('/permission-sets')).body.data as Array<{ id: string }>)[0]!;
    const agent = await world.first.sql.one<{ id: string }>(q('users').where({ role: 'agent' }).select('id'));
    expect((await admin.patch(`/users/${agent!.id}`, { permissionSetId: set.id })).status).toBe(422);
  });
});

describe('a client of limited scopes', () => {
  it('gets a token of its scopes only, and may do nothing else with it', async () => {
    const made = await admin.post('/api-clients', {
      name: 'Reports',
      role: 'reseller_admin',
      scopes: ['bookings:read'],
    });
    // Making a client asks for a fresh sign-in; a program has none.
    if (made.status === 403) return void expect(made.body.code).toBe('access.step_up_required');
    expect(made.status).toBe(201);
  });

  it('reads what its scope names and is refused the rest', async () => {
    const site = world.first;
    const vault = world.infra.vault.forTenant(site.tenant.id, site.tenant.wrappedDataKey);
    const client = await world.modules.identity.createApiClient(site.sql, vault, {
      name: 'Reports',
      role: 'reseller_admin',
      agencyId: null,
      scopes: ['bookings:read'],
      createdBy: null,
    });
    const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64');
    const ask = (body: string) =>
      site.at('reseller').raw('post', '/oidc/token', body, {
        key: null,
        headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
      });
    expect((await ask('grant_type=client_credentials&scope=finance:read')).body.error).toBe('invalid_scope');
    const { access_token: token } = (await ask('grant_type=client_credentials')).body as { access_token: string };
    const program = site.at('reseller', { authorization: `Bearer ${token}` });
    expect((await program.get('/bookings')).status).toBe(200);
    for (const path of ['/invoices', '/users', '/api-clients', '/permission-sets'])
      expect([path, (await program.get(path)).status]).toEqual([path, 403]);
  });
});
