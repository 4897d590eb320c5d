import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../kernel/clock.ts';
import { openPayload } from '../kernel/outbox/emit.ts';
import { q } from '../kernel/database/builder.ts';
import { createRateLimiter } from '../kernel/http/rate-limit.ts';
import { createLogger } from '../kernel/logging/logger.ts';
import { newId } from '../kernel/ids.ts';
import { anonymous } from '../kernel/http/actor.ts';
import { createIdentity } from '../identity/index.ts';
import { createTestWorld, outwardOf, type TestWorld } from '../testing/index.ts';
import { createThemes } from '../themes/index.ts';
import { createAgencies, type Agencies, type OnAgencyCreated } from './index.ts';
import type { AgencyView } from './schema.ts';
import { anAgency, createCaller, resellerAdmin, staffOf } from './testing.ts';

/** The wallet and the book of a new agency, as the wallet module makes them. */
const openWallet: OnAgencyCreated = async (sql, agency) => {
  await sql.run(q('wallets').insert({ id: newId(), agency_id: agency.id, currency: agency.currency }));
  await sql.run(q('ledger_books').insert({ id: newId(), agency_id: agency.id }));
};

type Page = { data: AgencyView[]; next: string | null };

let world: TestWorld;
let agencies: Agencies;
let onAgencyCreated: OnAgencyCreated = openWallet;

beforeAll(async () => {
  world = await createTestWorld();
  const { config, database, redis, vault } = world;
  const themes = createThemes({ root: 'themes', production: true });
  const log = createLogger({ level: 'silent', role: 'test' });
  const identity = createIdentity({
    config,
    database,
    redis,
    vault,
    clock: systemClock,
    log,
    themes,
    rateLimiter: createRateLimiter(redis),
    ...outwardOf(config),
  });
  agencies = createAgencies({
    readTravelled: () => Promise.resolve([]),
    carryAccount: () => Promise.resolve(),
    config,
    database,
    clock: systemClock,
    identity,
    onAgencyCreated: (sql, agency) => onAgencyCreated(sql, agency),
  });
});
afterAll(() => world.close());

/** A reseller with A and its child B, and C beside A. */
async function aNetwork() {
  const tenant = await world.createTenant();
  const a = await anAgency(tenant.sql, { name: 'Alba Viajes', tier: 'gold' });
  const b = await anAgency(tenant.sql, { name: 'Brisa', parent: a, tier: 'silver' });
  const c = await anAgency(tenant.sql, { name: 'Cumbre' });
  return { ...tenant, a, b, c, call: createCaller(agencies.routes, tenant) };
}

describe('adding agencies', () => {
  it('the reseller adds one directly below itself, with wallet, book and event', async () => {
    const { call, sql, tenant } = await aNetwork();
    const { status, body, headers } = await call<AgencyView>(resellerAdmin, 'POST /agencies', {
      name: 'Delta',
      email: 'hola@delta.test',
      tier: 'gold',
    });
    expect([status, body.parentId, body.depth, body.tier, body.state, headers?.etag]).toEqual([
      201,
      null,
      1,
      'gold',
      'approved',
      '"1"',
    ]);
    expect(await sql.one(q('wallets').where({ agency_id: body.id }))).toMatchObject({ currency: 'EUR' });
    expect(await agencies.pathOf(sql, body.id)).toBe(`/${body.id}/`);
    const events = await world.database.platform.all(
      q('platform.outbox').where({ tenant_id: tenant.id, kind: 'agency.approved@1' }),
    );
    expect(events).toHaveLength(1);
  });

  it('an agency adds below itself at any depth, not beside itself nor below others', async () => {
    const { call, a, b, c, sql } = await aNetwork();
    const admin = staffOf(a);
    const below = await call<AgencyView>(admin, 'POST /agencies', { parentId: b.id, name: 'Enebro' });
    expect(below.body).toMatchObject({ parentId: b.id, depth: 3 });
    expect((await agencies.chainOf(sql, below.body.id)).map(({ name, tier }) => `${name}:${tier}`)).toEqual([
      'Alba Viajes:gold',
      'Brisa:silver',
      'Enebro:bronze',
    ]);
    await expect(call(admin, 'POST /agencies', { name: 'Fuera' })).rejects.toMatchObject({
      code: 'agencies.only_above',
    });
    await expect(call(admin, 'POST /agencies', { parentId: c.id, name: 'Fuera' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(call(staffOf(b), 'POST /agencies', { parentId: a.id, name: 'Arriba' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(call(staffOf(a, 'agent'), 'POST /agencies', { parentId: a.id, name: 'Nadie' })).rejects.toMatchObject({
      status: 403,
    });
  });

  it('leaves nothing behind when its wallet cannot be made', async () => {
    const { call, sql } = await aNetwork();
    onAgencyCreated = async () => {
      throw new Error('no wallet');
    };
    await expect(call(resellerAdmin, 'POST /agencies', { name: 'Ghost' })).rejects.toThrow('no wallet');
    onAgencyCreated = openWallet;
    expect(await sql.all(q('agencies').where({ name: 'Ghost' }))).toEqual([]);
  });

  it('stops at eight levels, and below a suspended parent', async () => {
    const { call, sql, a, b } = await aNetwork();
    let parent = b;
    for (let depth = 3; depth <= 8; depth++) parent = await anAgency(sql, { name: `Level ${depth}`, parent });
    await expect(call(resellerAdmin, 'POST /agencies', { parentId: parent.id, name: 'Ninth' })).rejects.toMatchObject({
      code: 'agencies.too_deep',
    });
    await call(resellerAdmin, `PATCH /agencies/${a.id}`, { state: 'suspended' }, { 'if-match': '"1"' });
    await expect(call(resellerAdmin, 'POST /agencies', { parentId: a.id, name: 'Orphan' })).rejects.toMatchObject({
      code: 'agencies.parent_not_approved',
    });
  });

  it('refuses unknown fields by name', async () => {
    const { call } = await aNetwork();
    await expect(call(resellerAdmin, 'POST /agencies', { name: 'Delta', path: '/' })).rejects.toMatchObject({
      extensions: { errors: [{ pointer: '/path', code: 'unknown_field' }] },
    });
  });
});

describe('seeing agencies', () => {
  it('shows each level its own subtree; parent, sibling and strangers are not found', async () => {
    const { call, a, b, c } = await aNetwork();
    const names = async (actor: Parameters<typeof call>[0]) =>
      (await call<Page>(actor, 'GET /agencies')).body.data.map(({ name }) => name);
    expect(await names(resellerAdmin)).toEqual(['Alba Viajes', 'Brisa', 'Cumbre']);
    expect(await names(staffOf(a))).toEqual(['Alba Viajes', 'Brisa']);
    expect(await names(staffOf(b))).toEqual(['Brisa']);
    expect(await names(staffOf(a, 'agent'))).toEqual(['Alba Viajes']);
    for (const hidden of [a.id, c.id]) {
      await expect(call(staffOf(b), `GET /agencies/${hidden}`)).rejects.toMatchObject({ status: 404 });
      await expect(
        call(staffOf(b), `PATCH /agencies/${hidden}`, { name: 'Mine' }, { 'if-match': '"1"' }),
      ).rejects.toMatchObject({ status: 404 });
      await expect(
        call(staffOf(b), `POST /agencies/${hidden}/invitations`, { email: 'x@y.test', role: 'agent' }),
      ).rejects.toMatchObject({ status: 404 });
    }
    await expect(call(anonymous, 'GET /agencies')).rejects.toMatchObject({ status: 401 });
  });

  it('keeps a path, which names ancestors, out of every answer', async () => {
    const { call, a, b } = await aNetwork();
    const { body } = await call<AgencyView>(staffOf(b), `GET /agencies/${b.id}`);
    expect(body).toMatchObject({
      parentId: a.id,
      tier: 'silver',
      may: { edit: true, setState: false, setTier: false, addChild: true, invite: true },
    });
    expect(Object.keys(body)).not.toContain('path');
  });

  it.each(['name', '-name', 'createdAt', '-createdAt', 'tier', '-state'])(
    'pages by %s without gap or double',
    async (sort) => {
      const { call, sql } = await aNetwork();
      for (const name of ['delta', 'Eco', 'Faro', 'Faro'])
        await anAgency(sql, { name, tier: name === 'Eco' ? 'gold' : 'platinum' });
      const whole = (await call<Page>(resellerAdmin, `GET /agencies?sort=${sort}`)).body.data.map(({ id }) => id);
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await call<Page>(
          resellerAdmin,
          `GET /agencies?sort=${sort}&limit=2${cursor && `&cursor=${cursor}`}`,
        );
        seen.push(...body.data.map(({ id }) => id));
        cursor = body.next ?? '';
      } while (cursor);
      expect(seen).toEqual(whole);
      expect(new Set(seen).size).toBe(7);
    },
  );

  it('filters by parent, tier and part of the name; refuses a cursor of another order', async () => {
    const { call, a } = await aNetwork();
    const names = async (query: string) =>
      (await call<Page>(resellerAdmin, `GET /agencies?${query}`)).body.data.map(({ name }) => name);
    expect(await names(`parentId=${a.id}`)).toEqual(['Brisa']);
    expect(await names('parentId=none')).toEqual(['Alba Viajes', 'Cumbre']);
    expect(await names('tier=gold')).toEqual(['Alba Viajes']);
    expect(await names('search=vIAJ')).toEqual(['Alba Viajes']);
    expect(await names('search=%25')).toEqual([]);
    const { body } = await call<Page>(resellerAdmin, 'GET /agencies?limit=1');
    await expect(call(resellerAdmin, `GET /agencies?sort=-name&cursor=${body.next}`)).rejects.toMatchObject({
      status: 400,
    });
  });
});

describe('changing agencies', () => {
  it('asks for the version and refuses an old one', async () => {
    const { call, a } = await aNetwork();
    await expect(call(resellerAdmin, `PATCH /agencies/${a.id}`, { name: 'Alba' })).rejects.toMatchObject({
      status: 428,
    });
    const first = await call<AgencyView>(
      staffOf(a),
      `PATCH /agencies/${a.id}`,
      { name: 'Alba', email: 'alba@alba.test' },
      { 'if-match': '"1"' },
    );
    expect([first.body.name, first.headers?.etag]).toEqual(['Alba', '"2"']);
    await expect(
      call(resellerAdmin, `PATCH /agencies/${a.id}`, { name: 'Albor' }, { 'if-match': '"1"' }),
    ).rejects.toMatchObject({ status: 412 });
  });

  it('suspends from above only, and lets it sell again', async () => {
    const { call, a, b } = await aNetwork();
    await expect(
      call(staffOf(b), `PATCH /agencies/${b.id}`, { state: 'suspended' }, { 'if-match': '"1"' }),
    ).rejects.toMatchObject({ code: 'agencies.only_above' });
    const off = await call<AgencyView>(
      staffOf(a),
      `PATCH /agencies/${b.id}`,
      { state: 'suspended' },
      { 'if-match': '"1"' },
    );
    expect(off.body.state).toBe('suspended');
    const on = await call<AgencyView>(
      resellerAdmin,
      `PATCH /agencies/${b.id}`,
      { state: 'approved' },
      { 'if-match': '"2"' },
    );
    expect(on.body).toMatchObject({ state: 'approved', version: 3 });
  });

  it('has its tier set by its parent or the reseller, not by itself nor a grandparent', async () => {
    const { call, a, b, sql } = await aNetwork();
    const grandchild = await anAgency(sql, { name: 'Nieto', parent: b });
    const put = (actor: Parameters<typeof call>[0], id: string) =>
      call<AgencyView>(actor, `PUT /agencies/${id}/tier`, { tier: 'gold' }, { 'if-match': '"1"' });
    await expect(put(staffOf(b), b.id)).rejects.toMatchObject({ status: 403 });
    await expect(put(staffOf(a), grandchild.id)).rejects.toMatchObject({ status: 403 });
    expect((await put(staffOf(a), b.id)).body.tier).toBe('gold');
    expect((await put(resellerAdmin, grandchild.id)).body.tier).toBe('gold');
  });

  it('invites into the own subtree; the link leads to a site that answers', async () => {
    const { call, a, b, brand, tenant } = await aNetwork();
    const { status, body } = await call<{ email: string; agencyId: string }>(
      staffOf(a),
      `POST /agencies/${b.id}/invitations`,
      { email: 'Ana@Brisa.test', role: 'agency_admin' },
    );
    expect([status, body.email, body.agencyId]).toEqual([201, 'ana@brisa.test', b.id]);
    const [event] = await world.database.platform.all<{ id: string; payload: Record<string, unknown> }>(
      q('platform.outbox').where({ tenant_id: tenant.id, kind: 'identity.invitation_created@1' }),
    );
    expect(String(openPayload(world.database.tenant(tenant).vault, event!).url).startsWith(`${brand.origin}/`)).toBe(
      true,
    );
  });
});
