import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createBrowser } from '../../../server/identity/testing.ts';
import { setTenantState } from '../../../server/tenancy/index.ts';
import { sendRaw } from '../support/raw-request.ts';
import { clientFor, type IsolationWorld } from '../support/world.ts';

const PATH = '/api/v1/places?query=madrid';
const REFUSED = [400, 421];

/** I01–I13: which tenant a request is for. */
export function hostCases(world: IsolationWorld): void {
  const { own, foreign } = world;
  const [a, b] = [own.site.hosts.b, foreign.site.hosts.b];
  const statusOf = async (host: string, headers: Record<string, string> = {}) =>
    (await clientFor(world, host, headers).get('/places?query=madrid')).status;

  describe('host → tenant', () => {
    it('I01 an unknown host is misdirected: no tenant’s name, no cookie, nothing to cache', async () => {
      for (const path of [
        '/api/v1/me',
        '/',
        '/oidc/.well-known/openid-configuration',
        '/account/sign-up',
        '/webhooks/stripe',
      ]) {
        const answer = await clientFor(world, 'nope.test').raw('get', path);
        expect([path, answer.status]).toEqual([path, 421]);
        expect(answer.headers['set-cookie']).toBeUndefined();
        expect(answer.headers['cache-control']).toBe('no-store');
        expect(answer.text).not.toMatch(new RegExp(`${own.site.tenant.slug}|${foreign.site.tenant.slug}`));
      }
    });

    it.each([
      ['two tenants', [`Host: ${a}`, `Host: ${b}`]],
      ['the same twice', [`Host: ${a}`, `Host: ${a}`]],
      ['in another case', [`Host: ${a}`, `HOST: ${b}`]],
      ['none', []],
      ['an empty one', ['Host:']],
      ['two in one line', [`Host: ${a}, ${b}`]],
    ])('I02 Host lines that name %s are refused', async (_, lines) => {
      expect(REFUSED).toContain((await sendRaw(world.port, [`GET ${PATH} HTTP/1.1`, ...lines])).status);
    });

    it.each([`${a}:80@${b}`, `user@${b}`, `user:pw@${b}:80`])(
      'I03 user information in Host is refused',
      async (host) => {
        expect(REFUSED).toContain((await sendRaw(world.port, [`GET ${PATH} HTTP/1.1`, `Host: ${host}`])).status);
      },
    );

    it.each([
      `${a}:x@evil.test:80`,
      `${a}:x`,
      `${a}:99999999`,
      `${a}:80:80`,
      `${a}:-1`,
      `${a}/x`,
      `${a}?x`,
      `${a}#x`,
      `${a}\\x`,
    ])('I04 what is no port or ends in a path is refused', async (host) => {
      expect(REFUSED).toContain((await sendRaw(world.port, [`GET ${PATH} HTTP/1.1`, `Host: ${host}`])).status);
    });

    it('I05 case, trailing dot and port name the same tenant, under one key in the cache', async () => {
      await world.modules.hosts.invalidate(a);
      for (const host of [a, a.toUpperCase(), `${a}.`, `${a}:443`, `${a}:${world.port}`, `${a}.:80`])
        expect([host, await statusOf(host)]).toEqual([host, 200]);
      const keys = (await world.infra.redis.keys('*site*')).filter((key) => key.toLowerCase().includes(a));
      expect(keys.filter((key) => !key.endsWith(a))).toEqual([]);
    });

    it('I06 forwarded hosts and addresses of a peer that is no proxy of ours count for nothing', async () => {
      const forwarded = {
        'x-forwarded-host': b,
        forwarded: `host=${b};for=10.0.0.1`,
        'x-original-host': b,
        'x-forwarded-server': b,
        'x-real-ip': '10.0.0.1',
        'x-forwarded-for': '10.0.0.1',
      };
      expect(await statusOf('nobody.localhost', forwarded)).toBe(421);
      const me = await own.site
        .at('reseller', { ...forwarded, authorization: `Bearer ${own.adminToken}` })
        .get('/brands');
      expect(me.status).toBe(200);
      expect(me.text).not.toContain(foreign.site.tenant.slug);
      const theirs = await own.site
        .at('reseller', { ...forwarded, authorization: `Bearer ${foreign.adminToken}` })
        .get('/brands');
      expect(theirs.status).toBe(401);
    });

    it.each([a, b, 'evil.test'])('I07 an absolute-form target is refused', async (target) => {
      const answer = await sendRaw(world.port, [`GET http://${target}${PATH} HTTP/1.1`, `Host: ${a}`]);
      expect(REFUSED).toContain(answer.status);
    });

    it('I08 HTTP/1.0 without Host is refused', async () => {
      expect(REFUSED).toContain((await sendRaw(world.port, [`GET ${PATH} HTTP/1.0`])).status);
    });

    it('I09 a tenant named in header, query or body names nothing', async () => {
      const admin = own.callers['reseller admin'];
      const headers = { 'x-tenant-id': foreign.site.tenant.id, 'x-tenant': foreign.site.tenant.slug };
      const brands = await admin.get('/brands', { headers });
      expect(brands.status).toBe(200);
      expect(brands.text).not.toContain(foreign.site.tenant.slug);
      for (const name of ['tenant', 'tenantId', 'tenant_id'])
        expect((await admin.get(`/brands?${name}=${foreign.site.tenant.id}`)).status).toBe(400);
      const body = { name: 'Tenant in the body', tenantId: foreign.site.tenant.id, tenant_id: foreign.site.tenant.id };
      expect((await admin.post('/agencies', body)).status).toBe(400);
    });

    it.each([
      'a%2etest',
      `${a}\t`,
      ` ${a} x`,
      a.replace('o', 'о'),
      a.replace('localhost', 'loca1host'),
      `${'x'.repeat(300)}.localhost`,
      '[::1]',
      '[::ffff:127.0.0.1]',
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      'xn--',
      `x.${a}`,
      `..${a}`,
      `${a}..`,
      '*',
      'localhost',
    ])('I10 the host %j is served by nobody', async (host) => {
      const status = await new Promise<number>((resolve) => {
        const headers = { host: Buffer.from(host).toString('latin1') };
        const call = request({ port: world.port, path: PATH, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        });
        call.on('error', () => resolve(400));
        call.end();
      }).catch(() => 400);
      // A tab at the end is white space around the value, not part of it (RFC 9110, 5.5).
      expect(host.trim() === a ? [200] : REFUSED).toContain(status);
    });

    it.each([
      ['of the other tenant', () => b],
      ['of the other tenant in upper case', () => b.toUpperCase()],
      ['of the other reseller', () => foreign.site.hosts.reseller],
      ['of the platform', () => world.config.PLATFORM_HOST],
      ['with a wildcard', () => '*.example.com'],
      ['that is an address', () => '127.0.0.1'],
      ['with a port', () => 'shop.example.com:8080'],
      ['with a path', () => 'shop.example.com/x'],
      ['with user information', () => 'a@shop.example.com'],
      ['with a line break', () => 'shop.example.com\r\nx: y'],
    ])('I11 a host %s cannot be claimed', async (_, host) => {
      const answer = await own.callers['reseller admin'].post('/brands', {
        agencyId: own.sibling,
        name: 'Claimed',
        theme: 'marea',
        hostname: host(),
        legal: { companyName: 'Claimed, S.L.', email: 'hello@claimed.test' },
      });
      expect([400, 409, 422]).toContain(answer.status);
      expect(answer.text).not.toContain(foreign.site.tenant.id);
      expect(await statusOf(b)).toBe(200);
    });

    it('I11 a host nobody has proved yet serves nothing', async () => {
      const hostname = `unproved-${own.site.tenant.slug}.example.com`;
      const answer = await own.callers['reseller admin'].post('/brands', {
        agencyId: own.sibling,
        name: 'Unproved',
        theme: 'marea',
        hostname,
        legal: { companyName: 'Unproved, S.L.', email: 'hello@unproved.test' },
      });
      if (answer.status === 201) expect(answer.body.domainState).not.toBe('active');
      expect(await statusOf(hostname)).toBe(421);
    });

    it('I12 a forgotten password asked for under an invented host sends nobody to it', async () => {
      const form = `email=customer%40${own.site.tenant.slug}.test`;
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const evil = await clientFor(world, 'evil.test').raw('post', '/account/forgot-password', form, {
        key: null,
        headers,
      });
      expect(evil.status).toBe(421);
      const browser = createBrowser(world.port, await own.site.brandAt('b'));
      const page = await browser.visit('GET', '/account/forgot-password');
      await browser.submit(
        page,
        { email: `customer@${own.site.tenant.slug}.test` },
        { 'x-forwarded-host': 'evil.test', forwarded: 'host=evil.test', 'x-forwarded-proto': 'https' },
      );
      await world.worker.drain();
      const mails = await world.sandboxes.mailsTo(`customer@${own.site.tenant.slug}.test`);
      expect(mails.length).toBeGreaterThan(0);
      expect(JSON.stringify(mails)).not.toContain('evil.test');
      expect(mails.at(-1)?.text).toContain(`http://${a}:`);
    });

    it('I13 a suspended tenant serves nobody on any host, with old tokens or cookies, until it is resumed', async () => {
      const { slug } = own.site.tenant;
      const { platform } = world.infra.database;
      const forget = () =>
        Promise.all(Object.values(own.site.hosts).map((host) => world.modules.hosts.invalidate(host)));
      const bearer = { authorization: `Bearer ${own.adminToken}` };
      await setTenantState(platform, slug, 'suspended');
      await forget();
      try {
        for (const level of ['reseller', 'a', 'b'] as const) {
          expect((await own.site.at(level, bearer).get('/me')).status).toBe(503);
          expect((await own.site.at(level, { cookie: own.customerCookie }).get('/bookings')).status).toBe(503);
          expect((await own.site.guest(level).raw('post', '/oidc/token', 'grant_type=client_credentials')).status).toBe(
            503,
          );
        }
        expect(await statusOf(b)).toBe(200);
      } finally {
        await setTenantState(platform, slug, 'active');
        await forget();
      }
      expect((await own.site.at('reseller', bearer).get('/me')).status).toBe(200);
    });
  });
}
