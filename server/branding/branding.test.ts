import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anAgency, createCaller, resellerAdmin, staffOf } from '../agencies/testing.ts';
import { createFiles } from '../files/index.ts';
import { publicOrigin } from '../kernel/config.ts';
import { q } from '../kernel/database/builder.ts';
import { createRedis, type Redis } from '../kernel/redis.ts';
import { createHostResolver, type HostResolver } from '../tenancy/index.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { createThemes } from '../themes/index.ts';
import { createBranding, type Branding } from './index.ts';
import type { BrandView, ThemeView } from './schema.ts';

const legal = { companyName: 'Brisa S. L.', taxId: 'B12345674', email: 'hola@brisa.test' };
const aHost = (zone = 'localhost') => `b${randomBytes(5).toString('hex')}.${zone}`;

let world: TestWorld;
let subscriber: Redis;
let hosts: HostResolver;
let branding: Branding;

beforeAll(async () => {
  world = await createTestWorld();
  const { config, database, redis } = world;
  subscriber = createRedis(config.REDIS_URL, { name: 'test-subscriber' });
  hosts = createHostResolver({ database, redis, subscriber, originOf: (hostname) => publicOrigin(config, hostname) });
  branding = createBranding({
    config,
    database,
    themes: createThemes({ root: 'themes', production: true }),
    files: createFiles({ database, clock: { now: () => new Date() } }),
    hostResolver: hosts,
  });
});
afterAll(async () => {
  subscriber.disconnect();
  await world.close();
});

async function aNetwork() {
  const tenant = await world.createTenant();
  const a = await anAgency(tenant.sql, { name: 'Alba' });
  const b = await anAgency(tenant.sql, { name: 'Brisa', parent: a });
  const c = await anAgency(tenant.sql, { name: 'Cumbre' });
  return { ...tenant, a, b, c, call: createCaller(branding.routes, tenant) };
}

const brandOf = (agency: { id: string }, given: object = {}) => ({
  agencyId: agency.id,
  name: 'Brisa Viajes',
  theme: 'marea',
  hostname: aHost(),
  legal,
  ...given,
});

describe("an agency's own brand", () => {
  it("answers at once on a host of the platform's zone", async () => {
    const { call, b, tenant } = await aNetwork();
    const input = brandOf(b, { settings: { primaryColor: '#0b4f6c' } });
    expect(await hosts.resolve(input.hostname)).toBeUndefined();
    const { status, body } = await call<BrandView>(staffOf(b), 'POST /brands', input);
    expect([status, body.domainState, body.agency, body.url]).toEqual([
      201,
      'active',
      { id: b.id, name: 'Brisa' },
      publicOrigin(world.config, input.hostname),
    ]);
    const site = await hosts.resolve(input.hostname);
    expect(site).toMatchObject({
      tenant: { id: tenant.id },
      brand: { agencyId: b.id, theme: 'marea', currency: 'EUR', settings: { primaryColor: '#0b4f6c' } },
    });
    expect(site?.brand.legal).toEqual(legal);
  });

  it('stays pending and serves nothing on any other host', async () => {
    const { call, b } = await aNetwork();
    const input = brandOf(b, { hostname: aHost('example.com').toUpperCase() });
    const { body } = await call<BrandView>(staffOf(b), 'POST /brands', input);
    expect([body.hostname, body.domainState]).toEqual([input.hostname.toLowerCase(), 'pending']);
    expect(await hosts.resolve(body.hostname)).toBeUndefined();
    const domains = await call<{ data: Array<{ hostname: string; state: string }> }>(staffOf(b), 'GET /domains');
    expect(domains.body.data).toMatchObject([{ hostname: body.hostname, state: 'pending' }]);
  });

  it('is one per agency, and a host names one site in the whole platform', async () => {
    const { call, a, b } = await aNetwork();
    const first = brandOf(b);
    await call(resellerAdmin, 'POST /brands', first);
    await expect(call(resellerAdmin, 'POST /brands', first)).rejects.toMatchObject({
      code: 'branding.agency_has_brand',
      status: 409,
    });
    await expect(call(resellerAdmin, 'POST /brands', brandOf(b))).rejects.toMatchObject({
      code: 'branding.agency_has_brand',
    });
    await expect(call(resellerAdmin, 'POST /brands', brandOf(a, { hostname: first.hostname }))).rejects.toMatchObject({
      code: 'tenancy.host_taken',
      status: 409,
    });
    const stranger = await aNetwork();
    await expect(
      stranger.call(resellerAdmin, 'POST /brands', brandOf(stranger.a, { hostname: first.hostname })),
    ).rejects.toMatchObject({ code: 'tenancy.host_taken' });
    expect(await stranger.sql.all(q('brands').where({ agency_id: stranger.a.id }))).toEqual([]);
  });

  it('is finished by the same request after a crash between brand and host', async () => {
    const { call, b } = await aNetwork();
    const input = brandOf(b);
    await call(resellerAdmin, 'POST /brands', input);
    await world.database.platform.run(q('platform.domains').where({ hostname: input.hostname }).delete());
    await hosts.invalidate(input.hostname);
    expect(await hosts.resolve(input.hostname)).toBeUndefined();
    const again = await call<BrandView>(resellerAdmin, 'POST /brands', { ...input, name: 'Brisa' });
    expect(again.body).toMatchObject({ name: 'Brisa', domainState: 'active' });
    expect((await hosts.resolve(input.hostname))?.brand.id).toBe(again.body.id);
  });

  it.each([
    'https://brisa.localhost',
    'brisa.localhost:80',
    'brisa',
    '10.0.0.1',
    'platform.localhost',
    'bri_sa.localhost',
    'brisa.localhost/x',
  ])('refuses the host %s', async (hostname) => {
    const { call, b } = await aNetwork();
    await expect(call(resellerAdmin, 'POST /brands', brandOf(b, { hostname }))).rejects.toMatchObject({
      code: 'tenancy.host_invalid',
    });
  });

  it('is made, seen and changed within the own subtree only', async () => {
    const { call, a, b, c, brand } = await aNetwork();
    const ofC = (await call<BrandView>(resellerAdmin, 'POST /brands', brandOf(c))).body;
    const ofB = (await call<BrandView>(staffOf(a), 'POST /brands', brandOf(b))).body;
    for (const hidden of [a, c])
      await expect(call(staffOf(b), 'POST /brands', brandOf(hidden))).rejects.toMatchObject({ status: 404 });
    for (const hidden of [ofC.id, brand.id]) {
      await expect(call(staffOf(a), `GET /brands/${hidden}`)).rejects.toMatchObject({ status: 404 });
      await expect(
        call(staffOf(a), `PATCH /brands/${hidden}`, { name: 'Mine' }, { 'if-match': '"1"' }),
      ).rejects.toMatchObject({ status: 404 });
    }
    const ids = async (actor: Parameters<typeof call>[0], query = '') =>
      (await call<{ data: BrandView[]; next: string | null }>(actor, `GET /brands${query}`)).body;
    expect((await ids(staffOf(a))).data.map(({ id }) => id)).toEqual([ofB.id]);
    const page = await ids(resellerAdmin, '?limit=2');
    const rest = await ids(resellerAdmin, `?limit=2&cursor=${page.next}`);
    expect([...page.data, ...rest.data].map(({ id }) => id)).toEqual([brand.id, ofC.id, ofB.id]);
  });
});

describe('changing a brand', () => {
  it('shows at the next request, and asks for the version', async () => {
    const { call, b } = await aNetwork();
    const { body } = await call<BrandView>(resellerAdmin, 'POST /brands', brandOf(b));
    expect((await hosts.resolve(body.hostname))?.brand.theme).toBe('marea');
    await expect(call(staffOf(b), `PATCH /brands/${body.id}`, { theme: 'meridiano' })).rejects.toMatchObject({
      status: 428,
    });
    const changed = await call<BrandView>(
      staffOf(b),
      `PATCH /brands/${body.id}`,
      { theme: 'meridiano', senderName: 'Brisa' },
      { 'if-match': '"1"' },
    );
    expect([changed.body.theme, changed.body.senderName, changed.headers?.etag]).toEqual(['meridiano', 'Brisa', '"2"']);
    expect((await hosts.resolve(body.hostname))?.brand.theme).toBe('meridiano');
    await expect(
      call(staffOf(b), `PATCH /brands/${body.id}`, { name: 'Old' }, { 'if-match': '"1"' }),
    ).rejects.toMatchObject({ status: 412 });
  });

  it('names each setting that cannot be published, with its mend', async () => {
    const { call, b } = await aNetwork();
    const { body } = await call<BrandView>(resellerAdmin, 'POST /brands', brandOf(b));
    const refused = call(
      staffOf(b),
      `PATCH /brands/${body.id}`,
      { settings: { primaryColor: '#ffee00', nonsense: 'x' } },
      { 'if-match': '"1"' },
    );
    await expect(refused).rejects.toMatchObject({
      status: 400,
      extensions: {
        errors: [
          { pointer: '/settings/primaryColor', code: 'setting_contrast_low' },
          { pointer: '/settings/nonsense', code: 'setting_unknown' },
        ],
      },
    });
    await expect(
      call(staffOf(b), `PATCH /brands/${body.id}`, { theme: 'base' }, { 'if-match': '"1"' }),
    ).rejects.toMatchObject({ code: 'tenancy.theme_unknown' });
  });

  it('offers the installed themes with their typed settings', async () => {
    const { call, b } = await aNetwork();
    const { body } = await call<{ data: ThemeView[] }>(staffOf(b), 'GET /themes');
    expect(body.data.map(({ name }) => name)).toEqual(['marea', 'meridiano']);
    expect(body.data[1]?.settings.primaryColor).toMatchObject({
      type: 'color',
      default: '#24483f',
      brandMayOverride: true,
    });
  });
});
