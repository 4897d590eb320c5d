import { connect } from 'node:net';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { q } from '../../server/kernel/database/builder.ts';
import { createPlatformWorld, type PlatformWorld, type TestSite } from '../../server/testing/platform-world.ts';
import { createSiteClient, type SiteClient } from '../../server/testing/site-client.ts';
import { bookExample } from '../../server/testing/trips.ts';

let world: PlatformWorld;
let clients: { first: SiteClient; second: SiteClient };
/** Ids of each tenant's things by the collection they are found in. */
let ids: { first: Record<string, string>; second: Record<string, string> };

beforeAll(async () => {
  world = await createPlatformWorld();
  const worker = world.createWorker();
  const open = async (site: TestSite) => {
    const client = site.at('reseller', { authorization: `Bearer ${await site.token('reseller_admin', 'reseller')}` });
    const booked = await bookExample(world, site.guest('b'), { email: 'same@isolation.test' });
    await worker.drain();
    const search = await client.post(
      '/flights/searches',
      {
        slices: [{ origin: 'VLC', destination: 'BIO', departureDate: world.day(30) }],
        passengers: [{ type: 'adult' }],
      },
      { key: null },
    );
    const stays = await client.post(
      '/hotels/searches',
      { near: 'ROM', checkIn: world.day(40), checkOut: world.day(42), rooms: [{ adults: 1 }] },
      { key: null },
    );
    const firstOf = async (path: string) => ((await client.get(path)).body.data as Array<{ id: string }>)[0]!.id;
    const found = {
      bookings: booked.body.id as string,
      agencies: site.agencies.a,
      invoices: await firstOf('/invoices'),
      'markup-rules': await firstOf('/markup-rules'),
      users: await firstOf('/users'),
      'api-clients': await firstOf('/api-clients'),
      brands: (await site.brandAt('b')).id,
      'flights/searches': search.body.id as string,
      'flights/offers': (search.body.offers as Array<{ id: string }>)[0]!.id,
      'hotels/searches': stays.body.id as string,
    };
    return { client, found };
  };
  const [first, second] = [await open(world.first), await open(world.second)];
  clients = { first: first.client, second: second.client };
  ids = { first: first.found, second: second.found };
});
afterAll(() => world?.close());
beforeEach(() => world.forgetRates());

const UNKNOWN = '01890000-0000-7000-8000-000000000000';
const readRoutes = () =>
  Object.entries(world.openapi.paths as Record<string, Record<string, unknown>>)
    .filter(([, operations]) => 'get' in operations)
    .map(([path]) => path.replace('/api/v1', ''));
const collectionOf = (path: string) => /^\/(.+?)\/\{id\}/.exec(path)?.[1] ?? '';
const fill = (path: string, id: string) => path.replace('{id}', id).replace('{name}', 'itinerary.pdf');

describe('with two tenants of equal content', () => {
  it('every address with an id of the other tenant answers as for one that never was', async () => {
    const detail = readRoutes().filter((path) => path.includes('{id}') && collectionOf(path) in ids.second);
    expect(detail.length).toBeGreaterThan(8);
    for (const path of detail) {
      const own = await clients.first.get(fill(path, ids.first[collectionOf(path)]!));
      const foreign = await clients.first.get(fill(path, ids.second[collectionOf(path)]!));
      const unknown = await clients.first.get(fill(path, UNKNOWN));
      const said = (answer: typeof foreign) => [
        answer.status,
        answer.body.code,
        String(answer.body.detail).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}(_\d+)?/g, 'id'),
      ];
      expect([path, own.status < 300 || own.body.code !== 'request.not_found']).toEqual([path, true]);
      expect([path, foreign.status]).toEqual([path, 404]);
      if (!path.startsWith('/flights/offers')) expect([path, said(foreign)]).toEqual([path, said(unknown)]);
      expect(foreign.text).not.toContain(world.second.tenant.slug);
    }
  });

  it('no list holds an id, a name or a host of the other tenant', async () => {
    const lists = readRoutes().filter((path) => !path.includes('{') && !path.startsWith('/places'));
    expect(lists.length).toBeGreaterThan(10);
    const secrets = [
      ...Object.values(ids.second),
      world.second.agencies.b,
      world.second.tenant.slug,
      world.second.tenant.id,
    ];
    for (const path of lists) {
      const answer = await clients.first.get(path);
      expect([path, answer.status < 500]).toEqual([path, true]);
      expect([path, secrets.filter((secret) => answer.text.includes(secret))]).toEqual([path, []]);
    }
  });

  it('nothing of the other tenant can be changed', async () => {
    const before = await clients.second.get('/bookings');
    const { second } = ids;
    const tries = [
      clients.first.post(`/bookings/${second.bookings}/payments`, { method: 'card', paymentMethodId: 'pm_card_visa' }),
      clients.first.put(`/agencies/${second.agencies}/credit-limit`, { creditLimit: { amount: 1, currency: 'EUR' } }),
      clients.first.post(`/agencies/${second.agencies}/wallet/adjustments`, {
        kind: 'top_up',
        amount: { amount: 1, currency: 'EUR' },
        reason: 'A gift',
      }),
      clients.first.patch(`/users/${second.users}`, { state: 'suspended' }),
      clients.first.delete(`/api-clients/${second['api-clients']}`),
      clients.first.delete(`/markup-rules/${second['markup-rules']}`),
    ];
    for (const answer of await Promise.all(tries)) expect([404, 428]).toContain(answer.status);
    expect((await clients.second.get('/bookings')).body).toEqual(before.body);
    expect((await clients.second.get(`/agencies/${second.agencies}/wallet`)).status).toBe(200);
  });

  it('a session cookie of one is nobody at the other', async () => {
    const { client, cookie } = await world.first.signIn('admin', 'reseller');
    expect((await client.get('/me')).body.role).toBe('reseller_admin');
    const elsewhere = world.second.at('reseller', { cookie });
    expect((await elsewhere.get('/bookings')).status).toBe(401);
    const session = await elsewhere.raw('get', '/auth/session');
    expect(session.body.user ?? null).toBeNull();
  });
});

describe('a host', () => {
  const path = '/api/v1/places?query=madrid';
  /** Sends bytes no client library would send. */
  const sendRaw = (lines: string[]): Promise<number> =>
    new Promise((resolve, reject) => {
      const socket = connect(world.port, '127.0.0.1', () =>
        socket.write(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`),
      );
      let text = '';
      socket.on('data', (part) => (text += part.toString()));
      socket.on('end', () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])));
      socket.on('error', reject);
    });
  const statusOf = async (host: string, headers: Record<string, string> = {}) =>
    (await createSiteClient(world.server, host, headers).get('/places?query=madrid')).status;

  it('is the same with a port, in upper case and with a trailing dot', async () => {
    const host = world.first.hosts.b;
    for (const written of [
      host,
      `${host}:${world.port}`,
      `${host}:80`,
      host.toUpperCase(),
      `${host}.`,
      `${host}.:${world.port}`,
    ]) {
      expect([written, await statusOf(written)]).toEqual([written, 200]);
    }
  });

  it('that is empty, an address, with user information or a look-alike is not served', async () => {
    const host = world.first.hosts.b;
    for (const written of [
      '127.0.0.1',
      '[::1]',
      `user@${host}`,
      `${host}/x`,
      `${host}, ${host}`,
      `${host}:99999999`,
      `x.${host}`,
      host.replace('localhost', 'loca1host'),
      host.replace('o', 'о'),
    ]) {
      const status = await new Promise<number>((resolve) => {
        const call = httpRequest(
          { port: world.port, path, headers: { host: Buffer.from(written).toString('latin1') } },
          (response) => {
            response.resume();
            resolve(response.statusCode!);
          },
        );
        call.on('error', () => resolve(400));
        call.end();
      });
      expect([written, [400, 421].includes(status)]).toEqual([written, true]);
    }
  });

  it('named by X-Forwarded-Host or Forwarded counts for nothing from an untrusted peer', async () => {
    const forwarded = { 'x-forwarded-host': world.second.hosts.b, forwarded: `host=${world.second.hosts.b}` };
    expect(await statusOf('nobody.localhost', forwarded)).toBe(421);
    const token = await world.second.token('reseller_admin', 'reseller');
    const answer = await world.first
      .at('reseller', { ...forwarded, authorization: `Bearer ${token}` })
      .get('/bookings');
    expect(answer.status).toBe(401);
  });

  it('given twice, not at all, or in an absolute-form target is refused', async () => {
    const [a, b] = [world.first.hosts.b, world.second.hosts.b];
    expect(await sendRaw([`GET ${path} HTTP/1.1`, `Host: ${a}`])).toBe(200);
    for (const lines of [
      [`GET ${path} HTTP/1.1`, `Host: ${a}`, `Host: ${b}`],
      [`GET ${path} HTTP/1.1`, `Host: ${a}`, `Host: ${a}`],
      [`GET ${path} HTTP/1.1`],
      [`GET ${path} HTTP/1.1`, 'Host:'],
      [`GET http://${b}${path} HTTP/1.1`, `Host: ${a}`],
      [`GET http://${a}${path} HTTP/1.1`, `Host: ${a}`],
      [`GET ${path} HTTP/1.0`],
    ]) {
      expect([lines, [400, 421].includes(await sendRaw(lines))]).toEqual([lines, true]);
    }
  });
});

describe('the data layer', () => {
  it("keeps a tenant's connection to its own schema", async () => {
    const { sql } = world.first;
    const foreign = world.second.tenant.schema;
    await expect(sql.all(q.raw(`select * from ${foreign}.bookings`))).rejects.toThrow(/permission denied/);
    await expect(sql.all(q.raw('select * from platform.tenants'))).rejects.toThrow(/permission denied/);
    await expect(
      world.infra.database.withTenant(world.first.tenant, (tx) =>
        tx
          .run(q.raw(`set role ${foreign}`))
          .then(() => tx.all(q.raw(`select * from ${world.first.tenant.schema}.bookings`))),
      ),
    ).rejects.toThrow();
    expect((await sql.all(q('bookings').select('id'))).length).toBeGreaterThan(0);
  });
});
