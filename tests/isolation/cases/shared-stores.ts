import { request } from 'node:http';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { paths } from '../../../server/app/paths.ts';
import { createBrowser } from '../../../server/identity/testing.ts';
import { q } from '../../../server/kernel/database/builder.ts';
import { newId } from '../../../server/kernel/ids.ts';
import { must } from '../../../server/kernel/must.ts';
import { createDelivery, type DeliveredEvent } from '../../../server/kernel/outbox/consumers.ts';
import { emitEvent } from '../../../server/kernel/outbox/emit.ts';
import type { JobPayload } from '../../../server/kernel/outbox/relay.ts';
import { findTenantById, setTenantState } from '../../../server/tenancy/index.ts';
import { bookExample } from '../../../server/testing/trips.ts';
import type { SiteClient } from '../../../server/testing/site-client.ts';
import { sendRaw } from '../support/raw-request.ts';
import { clientFor, made, PASSWORD, type IsolationWorld, type TestTenant } from '../support/world.ts';

const portalIsBuilt = existsSync(path.join(paths.portal, 'server/entry-server.js'));
const NOT_BUILT = 'The portal is not built: node ops/bootstrap/build.mjs';

/** I49–I63: what one process and one Redis share between tenants. */
export function sharedStoreCases(world: IsolationWorld): void {
  const { own, foreign } = world;
  const both = [own, foreign] as const;
  const other = (tenant: TestTenant) => (tenant === own ? foreign : own);
  const slugOf = (tenant: TestTenant) => tenant.site.tenant.slug;
  const html = { headers: { accept: 'text/html' } };

  describe('caches', () => {
    it('I49 the same path on two hosts, 1,000 times interleaved, cold and warm: each its own', async () => {
      const asks: Array<(tenant: TestTenant) => Promise<{ text: string; status: number }>> = [
        ({ callers }) => callers['reseller admin'].get('/brands'),
        ({ callers }) => callers['reseller admin'].get('/me'),
        ({ callers }) => callers.customer.get('/bookings'),
        ({ site }) => site.guest('reseller').raw('get', '/oidc/.well-known/openid-configuration'),
        ({ site }) => site.guest('b').raw('get', '/account/sign-up', undefined, html),
      ];
      const wrong: string[] = [];
      const one = async (at: number): Promise<void> => {
        const tenant = must(both[at % 2], 'one of them');
        const answer = await must(asks[at % asks.length], 'one of them')(tenant);
        if (answer.status !== 200 || answer.text.includes(slugOf(other(tenant)))) wrong.push(`${at}: ${answer.status}`);
      };
      for (let start = 0; start < 1000; start += 25) {
        if (start === 500)
          for (const { site } of both)
            await Promise.all(Object.values(site.hosts).map((host) => world.modules.hosts.invalidate(host)));
        await Promise.all(Array.from({ length: 25 }, (_, offset) => one(start + offset)));
        if (start % 200 === 0) await world.forgetRates();
      }
      expect(wrong).toEqual([]);
    });

    it('I50 a first visit with invented forwarded headers poisons nothing', async () => {
      const evil = {
        'x-forwarded-host': 'evil.test',
        'x-forwarded-scheme': 'evil',
        'x-forwarded-proto': 'evil',
        'x-forwarded-prefix': '/evil',
        'x-original-url': '/evil',
        'x-rewrite-url': '/evil',
        forwarded: 'host=evil.test;proto=evil',
      };
      await Promise.all(Object.values(own.site.hosts).map((host) => world.modules.hosts.invalidate(host)));
      for (const address of [
        '/account/sign-up',
        '/oidc/.well-known/openid-configuration',
        '/auth/session',
        '/auth/login',
      ]) {
        const dirty = await own.site.at('b', evil).raw('get', address, undefined, html);
        const clean = await own.site.guest('b').raw('get', address, undefined, html);
        for (const answer of [dirty, clean])
          expect([address, /evil/.test(`${answer.text}${JSON.stringify(answer.headers)}`)]).toEqual([address, false]);
      }
    });

    it.each([
      '/account/x.css',
      '/account%2f..%2fstatic.js',
      '/bookings/x.css',
      '/auth/session/x.js',
      '/auth/session;x.css',
      '/api/v1/me/x.css',
      '/api/v1/me%2fx.css',
    ])('I51 %s is no file: it shows nobody’s page and is kept nowhere', async (address) => {
      for (const caller of [own.site.at('b', { cookie: own.customerCookie }), own.site.guest('b')]) {
        const answer = await caller.raw('get', address);
        expect([address, answer.status]).toEqual([address, 404]);
        expect(answer.headers['cache-control']).toMatch(/no-store/);
        expect(answer.text).not.toContain(`customer@${slugOf(own)}.test`);
      }
    });

    it('I52 the other tenant’s entity tag is never fresh here', async () => {
      const brandOf = async (tenant: TestTenant) => `/brands/${(await tenant.site.brandAt('b')).id}`;
      const theirs = await foreign.callers['reseller admin'].get(await brandOf(foreign));
      for (const tag of [theirs.headers.etag ?? '"1"', 'W/"1"', '*', '"1"']) {
        const headers = { 'if-none-match': tag };
        for (const ask of [await brandOf(own), '/brands', '/me']) {
          const answer = await own.callers['reseller admin'].get(ask, { headers });
          expect([ask, tag, answer.status]).toEqual([ask, tag, 200]);
        }
      }
    });
  });

  describe('jobs', () => {
    const delivered: Array<{ tenantId: string; event: DeliveredEvent }> = [];
    const handle = createDelivery({
      database: world.infra.database,
      consumers: [
        {
          name: 'isolation.test',
          kinds: ['isolation.happened@1'],
          handle: async (event, tenant) => void delivered.push({ tenantId: tenant.id, event }),
        },
      ],
      findTenant: (id) => findTenantById(world.infra.database.platform, id),
      log: world.infra.log,
      metrics: world.infra.metrics,
    });
    const emit = () => emitEvent(foreign.site.sql, { kind: 'isolation.happened@1', payload: {} });
    const stateOf = (id: string) =>
      world.infra.database.platform.one<{ state: string; attempts: number }>(
        q('platform.outbox').where({ id }).select('state', 'attempts'),
      );

    it.each([
      ['I53 names another tenant than its event’s', (id: string) => ({ tenantId: own.site.tenant.id, outboxId: id })],
      ['I53 names a tenant that does not exist', (id: string) => ({ tenantId: newId(), outboxId: id })],
      ['I54 names no tenant', (id: string) => ({ outboxId: id })],
      ['I54 names none but an empty one', (id: string) => ({ tenantId: '', outboxId: id })],
      ['I54 is no job of ours', () => ({ tenantId: foreign.site.tenant.id, outboxId: "' or 1=1" })],
    ])('a job that %s is refused, and the event waits for the right one', async (_, job) => {
      const id = await emit();
      const before = delivered.length;
      world.logs.length = 0;
      await handle(job(id) as JobPayload);
      expect(delivered.length).toBe(before);
      expect(await stateOf(id)).toEqual({ state: 'pending', attempts: 0 });
      await handle({ tenantId: foreign.site.tenant.id, outboxId: id });
      expect(delivered.at(-1)).toMatchObject({ tenantId: foreign.site.tenant.id, event: { id } });
    });

    it('I13 the jobs of a suspended tenant rest until it is resumed', async () => {
      const { platform } = world.infra.database;
      const id = await emit();
      const before = delivered.length;
      const job = { tenantId: foreign.site.tenant.id, outboxId: id };
      await setTenantState(platform, slugOf(foreign), 'suspended');
      try {
        await handle(job);
        expect(delivered.length).toBe(before);
        expect(await stateOf(id)).toEqual({ state: 'pending', attempts: 0 });
      } finally {
        await setTenantState(platform, slugOf(foreign), 'active');
      }
      await handle(job);
      expect(delivered.length).toBe(before + 1);
    });
  });

  describe('streams', () => {
    it('I55, I56 there is no event stream and no web socket to subscribe to: a handshake is an unknown address', async () => {
      for (const address of ['/ws', '/socket', '/api/v1/events', '/api/v1/stream']) {
        const answer = await sendRaw(world.port, [
          `GET ${address} HTTP/1.1`,
          `Host: ${own.site.hosts.b}`,
          'Upgrade: websocket',
          'Connection: Upgrade',
          'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
          'Sec-WebSocket-Version: 13',
          'Origin: https://evil.test',
          'Accept: text/event-stream',
        ]);
        expect([address, [400, 404, 406].includes(answer.status)]).toEqual([address, true]);
      }
    });
  });

  describe('pages rendered at the same time', () => {
    it('I57 500 pages of two tenants, signed in and not: each holds its own marker only, and a nonce of its own', async (context) => {
      if (!portalIsBuilt) return context.skip(NOT_BUILT);
      const visitors: Array<{ client: SiteClient; slug: string; notSlug: string; email?: string; notEmail: string[] }> =
        [];
      for (const tenant of both) {
        const common = { slug: slugOf(tenant), notSlug: slugOf(other(tenant)) };
        const mail = (name: string) => `${name}@${slugOf(tenant)}.test`;
        visitors.push({ ...common, client: tenant.site.guest('b'), notEmail: [mail('customer'), mail('other')] });
        visitors.push({
          ...common,
          client: tenant.callers.customer,
          email: mail('customer'),
          notEmail: [mail('other')],
        });
        visitors.push({
          ...common,
          client: tenant.callers['other customer'],
          email: mail('other'),
          notEmail: [mail('customer')],
        });
      }
      const nonces = new Set<string>();
      const wrong: string[] = [];
      const one = async (at: number): Promise<void> => {
        const visitor = must(visitors[at % visitors.length], 'one of them');
        const address = must(['/', '/flights?from=VLC', '/bookings', '/account'][at % 4], 'an address');
        const page = await visitor.client.raw('get', address, undefined, html);
        if (page.status >= 500 || page.text.includes(visitor.notSlug)) wrong.push(`${at} ${address} ${page.status}`);
        if (page.status === 200 && !page.text.includes(visitor.slug)) wrong.push(`${at} ${address} without its brand`);
        for (const mail of visitor.notEmail) if (page.text.includes(mail)) wrong.push(`${at} ${address} shows ${mail}`);
        const nonce = /nonce="([^"]+)"/.exec(page.text)?.[1];
        if (nonce && nonces.has(nonce)) wrong.push(`${at} ${address} has the nonce of another page`);
        if (nonce) nonces.add(nonce);
      };
      for (let start = 0; start < 500; start += 25) {
        await Promise.all(Array.from({ length: 25 }, (_, offset) => one(start + offset)));
        await world.forgetRates();
      }
      expect(wrong).toEqual([]);
      expect(nonces.size).toBeGreaterThan(100);
    });

    it
      .skipIf(!portalIsBuilt)
      .each(['</script><script>window.x=1</script>', '<!--<script>', 'a\u2028b', '{{7*7}}', '"><img src=x onerror=1>'])(
      'I58 a name like %j is only text in a page and in its state',
      async (givenName) => {
        const email = `${newId()}@${slugOf(own)}.test`;
        await world.modules.identity.createUser(own.site.sql, {
          email,
          password: PASSWORD,
          givenName,
          familyName: 'Test',
          role: 'customer',
          agencyId: own.site.agencies.b,
        });
        const browser = createBrowser(world.port, await own.site.brandAt('b'));
        await browser.signIn(email, PASSWORD);
        const page = await browser.visit('GET', '/');
        expect(page.text).not.toContain('<script>window.x=1');
        expect(page.text).not.toContain('<img src=x');
        expect(page.text).not.toContain('>49<');
        expect(page.text).not.toContain('<!--<script>');
      },
    );
  });

  describe('logs, limits and keys', () => {
    it('I59 every line of the log names the tenant of its own request', async () => {
      const askedBy = new Map<string, string>();
      world.logs.length = 0;
      for (let start = 0; start < 400; start += 50) {
        await Promise.all(
          Array.from({ length: 50 }, async (_, offset) => {
            const tenant = must(both[(start + offset) % 2], 'one of them');
            const id = newId();
            askedBy.set(id, tenant.site.tenant.id);
            const headers = { 'x-request-id': id };
            await (offset % 5 === 0
              ? tenant.callers['reseller admin'].get('/bookings/x', { headers })
              : tenant.callers.customer.get('/me', { headers }));
          }),
        );
        await world.forgetRates();
      }
      const lines = world.logs
        .map((line) => JSON.parse(line) as Record<string, string>)
        .filter((line) => line['tenant.id']);
      expect(lines.length).toBeGreaterThanOrEqual(askedBy.size);
      const crossed = lines.filter(
        (line) =>
          askedBy.has(line['http.request.id'] ?? '') &&
          askedBy.get(line['http.request.id'] ?? '') !== line['tenant.id'],
      );
      expect(crossed).toEqual([]);
    });

    it('I60 one tenant’s visitor who uses up a limit, whatever address it invents, is told to wait; the other tenant’s is not', async () => {
      const search = (tenant: TestTenant, at: number) =>
        tenant.site.at('b', { 'x-forwarded-for': `10.1.${at >> 8}.${at & 255}` }).get('/bookings/ZZZZZZ');
      let refused;
      for (let at = 0; at < 1300 && !refused; at += 1) {
        const answer = await search(own, at);
        if (answer.status === 429) refused = answer;
      }
      expect(refused?.status).toBe(429);
      expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
      expect((await search(foreign, 1)).status).toBe(404);
    });

    it('I61 the same Idempotency-Key in both tenants makes two things; another person’s key opens nothing', async () => {
      const call = { key: newId() };
      const [ours, theirs] = [
        made(await bookExample(world, own.site.guest('b'), { email: 'key@isolation.test', call })),
        made(await bookExample(world, foreign.site.guest('b'), { email: 'key@isolation.test', call })),
      ];
      expect(ours.id).not.toBe(theirs.id);
      const again = made(await bookExample(world, own.callers.customer, { email: 'key@isolation.test', call }));
      expect([ours.id, theirs.id]).not.toContain(again.id);
      expect(again.guestToken).toBeUndefined();
    });

    it.each([
      '/metrics',
      '/healthz',
      '/readyz',
      '/health',
      '/health/deep',
      '/.env',
      '/.git/HEAD',
      '/package.json',
      '/server/main.ts',
      '/debug',
      '/console/assets/../../../package.json',
      '/assets/portal/%2e%2e/%2e%2e/package.json',
      '/assets/portal/..%2f..%2fserver/entry-server.js',
    ])('I63 %s is not to be had from outside', async (address) => {
      const status = await new Promise<number>((resolve, reject) => {
        const headers = { host: own.site.hosts.b, accept: 'application/json' };
        request({ port: world.port, path: address, headers }, (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        })
          .on('error', reject)
          .end();
      });
      expect(status).toBe(404);
    });

    it('I63 no metric is labelled with a tenant’s name, host or id', async () => {
      const text = await world.infra.metrics.registry.metrics();
      expect(text).toContain('portolan_http_request_duration_seconds_count');
      for (const tenant of both)
        for (const word of [slugOf(tenant), tenant.site.tenant.id, tenant.site.tenant.schema])
          expect(text).not.toContain(word);
    });

    it('I49 no key in Redis is without its tenant, but those that belong to none', async () => {
      const keys = await world.infra.redis.keys('*');
      // {platform}: supplier answers shared by account, host look-ups. {bq}: the queue of pointers to outbox rows; each job names its tenant.
      const ownerless = keys.filter(
        (key) =>
          !/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/.test(key) &&
          !key.startsWith('{platform}:') &&
          !key.startsWith('{bq}:'),
      );
      expect(ownerless).toEqual([]);
      expect(keys.length).toBeGreaterThan(20);
      for (const key of keys.filter((name) => name.startsWith('{platform}:')))
        expect(key).toMatch(/^\{platform\}:(site|search-claim|flights|stays|[a-z-]+):/);
      for (const tenant of both)
        expect(keys.filter((key) => key.includes(slugOf(tenant)) && !key.startsWith('{platform}:site:'))).toEqual([]);
      must(
        keys.find((key) => key.startsWith(`{${own.site.tenant.id}}`)),
        'a key of the own tenant',
      );
    });

    it('I49 what is kept of a host is asked for again by its own tenant only', async () => {
      for (const tenant of both) {
        const answer = await clientFor(world, tenant.site.hosts.a).raw('get', '/auth/session');
        expect(answer.status).toBe(200);
        expect(answer.text).not.toContain(slugOf(other(tenant)));
      }
    });
  });
}
