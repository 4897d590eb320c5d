import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../kernel/clock.ts';
import { q } from '../../kernel/database/builder.ts';
import { createTestWorld, type TestWorld } from '../../testing/index.ts';
import { createWallets, ensureWallet } from '../../wallets/index.ts';
import { agencyRoutes } from '../routes.ts';
import type { AgencyView } from '../schema.ts';
import { anAgency, createCaller, resellerAdmin, staffOf } from '../testing.ts';
import { creditCapFor } from './check-limits.ts';
import { findFull, roomOf, type LimitedAgency } from './limits.ts';
import { limitRoutes } from './routes.ts';
import type { NetworkLimitsView } from './schema.ts';

const FREE: LimitedAgency = {
  id: 'a',
  name: 'A',
  depth: 1,
  direct: 0,
  total: 0,
  isOwn: false,
  version: 0,
  mayAdd: true,
  maxDirect: null,
  maxTotal: null,
  maxLevels: null,
  tiers: ['bronze', 'silver', 'gold', 'platinum'],
  maxCreditMinor: null,
  needsApproval: false,
};

describe('room', () => {
  it('is without limit where nothing limits it', () => {
    expect(findFull([FREE])).toBeUndefined();
    expect(roomOf([FREE])).toEqual({
      places: null,
      tiers: ['bronze', 'silver', 'gold', 'platinum'],
      maxCreditMinor: null,
      needsApproval: false,
    });
  });

  it('is what the tightest level of a chain leaves; only its own children count for direct places', () => {
    const a = { ...FREE, maxDirect: 1, direct: 1, maxTotal: 5, total: 3, tiers: ['bronze', 'gold'] as const };
    const b = { ...FREE, id: 'b', depth: 2, maxDirect: 9, direct: 1, maxCreditMinor: 500, needsApproval: true };
    expect(roomOf([a, b])).toEqual({
      places: 2,
      tiers: ['bronze', 'gold'],
      maxCreditMinor: 500,
      needsApproval: true,
    });
    expect(findFull([a])?.limit).toBe('direct');
    expect(findFull([{ ...a, maxLevels: 1 }, b])).toMatchObject({ at: { id: 'a' }, limit: 'levels' });
    expect(roomOf([{ ...a, maxLevels: 1 }, b]).places).toBe(0);
    expect(findFull([{ ...a, mayAdd: false }, b])?.limit).toBe('not_allowed');
  });
});

describe('the limits of a network', () => {
  let world: TestWorld;
  beforeAll(async () => {
    world = await createTestWorld({ DATABASE_POOL_SIZE: '10' });
  });
  afterAll(() => world.close());

  const noPages = { open: () => Promise.reject(new Error('no card')), read: () => Promise.resolve(undefined) };
  const inviter = { inviteUser: () => Promise.reject(new Error('nobody is invited')) };

  async function aNetwork() {
    const tenant = await world.createTenant();
    const a = await anAgency(tenant.sql, { name: 'Alba Viajes' });
    const b = await anAgency(tenant.sql, { name: 'Brisa', parent: a });
    const { config, database } = world;
    const deps = {
      config,
      database,
      clock: systemClock,
      identity: inviter,
      onAgencyCreated: (sql: typeof tenant.sql, agency: { id: string; currency: string }) =>
        ensureWallet(sql, agency.id, agency.currency),
    };
    for (const { id } of [a, b]) await ensureWallet(tenant.sql, id, 'EUR');
    const wallets = createWallets({ database, pages: noPages, peopleOf: () => Promise.resolve([]), creditCapFor });
    const call = createCaller([...agencyRoutes(deps), ...limitRoutes(deps), ...wallets.routes], tenant);
    const limit = (id: string, over: Partial<NetworkLimitsView['limits']>, version = 0) => {
      const { mayAdd, maxDirect, maxTotal, maxLevels, tiers, maxCreditMinor, needsApproval } = { ...FREE, ...over };
      const limits = { mayAdd, maxDirect, maxTotal, maxLevels, tiers, maxCreditMinor, needsApproval };
      return call<NetworkLimitsView>(resellerAdmin, `PUT /agencies/${id}/network-limits`, limits, {
        'if-match': `"${version}"`,
      });
    };
    const add = (parentId: string, name = 'Nueva', tier = 'bronze') =>
      call<AgencyView>(staffOf(a), 'POST /agencies', { parentId, name, tier });
    return { ...tenant, a, b, call, limit, add };
  }

  it('let twenty who add at once have the five places there are', async () => {
    const { a, b, limit, add, call, sql } = await aNetwork();
    await limit(a.id, { maxTotal: 6 });
    const tried = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => add(n % 2 ? a.id : b.id, `Hija ${n}`)));
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    for (const one of tried)
      if (one.status === 'rejected')
        expect(one.reason).toMatchObject({ code: 'agencies.limit_reached', extensions: { limit: 'total' } });
    expect(await sql.all(q('agencies').whereLike('name', 'Hija%'))).toHaveLength(5);
    const { body } = await call<NetworkLimitsView>(staffOf(a), `GET /agencies/${a.id}/network-limits`);
    expect(body).toMatchObject({ isOwn: true, used: { total: 6 }, room: { places: 0 }, may: { edit: false } });
    // The reseller is not bound by what it set.
    expect((await call(resellerAdmin, 'POST /agencies', { parentId: a.id, name: 'Séptima' })).status).toBe(201);
  });

  it('of a level above say no without its name or figures', async () => {
    const { a, b, limit, call } = await aNetwork();
    await limit(a.id, { maxTotal: 1 });
    const refused = await call(staffOf(b), 'POST /agencies', { parentId: b.id, name: 'Nieta' }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ code: 'agencies.limit_reached', extensions: { limit: 'above' } });
    expect(JSON.stringify(refused)).not.toContain('Alba');
    const { body } = await call<NetworkLimitsView>(staffOf(b), `GET /agencies/${b.id}/network-limits`);
    expect([body.limits.maxTotal, body.room.places]).toEqual([null, 0]);
    await expect(call(staffOf(b), `GET /agencies/${a.id}/network-limits`)).rejects.toMatchObject({ status: 404 });
  });

  it('hold for tiers and credit, too', async () => {
    const { a, b, limit, add, call } = await aNetwork();
    await limit(a.id, { tiers: ['bronze', 'silver'], maxCreditMinor: 50_000 });
    await expect(add(a.id, 'Dorada', 'gold')).rejects.toMatchObject({ code: 'agencies.tier_not_given' });
    const setTier = (tier: string) => call(staffOf(a), `PUT /agencies/${b.id}/tier`, { tier }, { 'if-match': '"1"' });
    await expect(setTier('platinum')).rejects.toMatchObject({ code: 'agencies.tier_not_given' });
    expect((await setTier('silver')).status).toBe(200);
    const credit = (actor: typeof resellerAdmin, id: string, amount: number) =>
      call(actor, `PUT /agencies/${id}/credit-limit`, { creditLimit: { amount, currency: 'EUR' } });
    const fresh = (actor: typeof resellerAdmin) => ({ ...actor, authentication: { at: new Date(), methods: ['pwd'] } });
    await credit(fresh(resellerAdmin), a.id, 200_000);
    await expect(credit(fresh(staffOf(a)), b.id, 50_001)).rejects.toMatchObject({
      code: 'wallet.limit_above_network',
      extensions: { cap: { amount: 50_000 } },
    });
    expect((await credit(fresh(staffOf(a)), b.id, 50_000)).status).toBe(200);
    expect((await credit(fresh(resellerAdmin), b.id, 60_000)).status).toBe(200);
    // What the reseller gave above it may be lowered, not raised.
    expect((await credit(fresh(staffOf(a)), b.id, 55_000)).status).toBe(200);
  });

  it('let a new agency wait for the reseller, where that is set', async () => {
    const { a, limit, add, call } = await aNetwork();
    await limit(a.id, { needsApproval: true });
    const { body } = await add(a.id, 'Espera');
    expect(body).toMatchObject({ state: 'under_review', may: { decide: false, addChild: false } });
    const decide = (actor: typeof resellerAdmin, state: string, version: number) =>
      call<AgencyView>(actor, `PATCH /agencies/${body.id}`, { state }, { 'if-match': `"${version}"` });
    await expect(decide(staffOf(a), 'approved', 1)).rejects.toMatchObject({ code: 'agencies.only_reseller' });
    await expect(decide(resellerAdmin, 'suspended', 1)).rejects.toMatchObject({ status: 409 });
    expect((await decide(resellerAdmin, 'approved', 1)).body.state).toBe('approved');
    await expect(decide(resellerAdmin, 'rejected', 2)).rejects.toMatchObject({ status: 409 });
    const second = (await add(a.id, 'Otra')).body;
    await call(resellerAdmin, `PATCH /agencies/${second.id}`, { state: 'rejected' }, { 'if-match': '"1"' });
    const { used } = (await call<NetworkLimitsView>(staffOf(a), `GET /agencies/${a.id}/network-limits`)).body;
    expect(used.direct).toBe(2);
  });

  it('are set by the reseller alone, for all or for one, by the version that was read', async () => {
    const { a, limit, add, call } = await aNetwork();
    const general = await call<NetworkLimitsView['limits'] & { version: number }>(resellerAdmin, 'GET /network-limits');
    const { version, ...rest } = general.body;
    const put = (actor: typeof resellerAdmin, of: number) =>
      call(actor, 'PUT /network-limits', { ...rest, mayAdd: false }, { 'if-match': `"${of}"` });
    await expect(put(staffOf(a), version)).rejects.toMatchObject({ code: 'agencies.only_reseller' });
    expect((await put(resellerAdmin, version)).status).toBe(200);
    await expect(put(resellerAdmin, version)).rejects.toMatchObject({ status: 412 });
    await expect(add(a.id)).rejects.toMatchObject({ extensions: { limit: 'not_allowed' } });
    const own = await limit(a.id, { mayAdd: true });
    expect([own.body.isOwn, own.headers?.etag]).toEqual([true, '"1"']);
    await expect(limit(a.id, { mayAdd: false })).rejects.toMatchObject({ status: 412 });
    expect((await add(a.id)).status).toBe(201);
    expect((await call(resellerAdmin, `DELETE /agencies/${a.id}/network-limits`)).status).toBe(204);
    const { body } = await call<NetworkLimitsView>(resellerAdmin, `GET /agencies/${a.id}/network-limits`);
    expect([body.isOwn, body.limits.mayAdd, body.version]).toEqual([false, false, 0]);
  });
});
