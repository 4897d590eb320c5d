import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anAgency, createCaller, resellerAdmin, staffOf } from '../agencies/testing.ts';
import { q } from '../kernel/database/builder.ts';
import type { Query } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { anonymous } from '../kernel/http/actor.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { createPricing, priceOffer, seedDefaultRule, viewBuildUp, type Pricing } from './index.ts';
import type { MarkupRuleView, PreviewView, TiersView } from './schema.ts';

type Page = { data: MarkupRuleView[]; next: string | null };

const NET = { base: 16000, taxes: 4000, currency: 'EUR' };
const FACTS = { product: 'flight', travellers: 1, at: Date.parse('2026-11-23T12:00:00Z') };

let world: TestWorld;
let pricing: Pricing;

beforeAll(async () => {
  world = await createTestWorld();
  pricing = createPricing({ database: world.database });
});
afterAll(() => world.close());

/** Example A: reseller 15 % of total, A (gold) 500 fixed, B (silver) 2 %; C stands beside A. Rules are made over the API. */
async function exampleA() {
  const tenant = await world.createTenant();
  const a = await anAgency(tenant.sql, { name: 'Alba', tier: 'gold' });
  const b = await anAgency(tenant.sql, { name: 'Brisa', parent: a, tier: 'silver' });
  const c = await anAgency(tenant.sql, { name: 'Cumbre' });
  const call = createCaller(pricing.routes, tenant);
  const rule = async (actor: Parameters<typeof call>[0], value: object) =>
    (await call<MarkupRuleView>(actor, 'POST /markup-rules', { name: 'Standard', value })).body;
  const rules = {
    reseller: await rule(resellerAdmin, { kind: 'percent', basisPoints: 1500, of: 'total' }),
    a: await rule(staffOf(a), { kind: 'fixed', amountMinor: 500, per: 'booking' }),
    b: await rule(staffOf(b), { kind: 'percent', basisPoints: 200, of: 'total' }),
  };
  return { ...tenant, a, b, c, call, rules };
}

/** Counts the statements sent through a handle. */
function counting(sql: TenantSql) {
  let sent = 0;
  const count =
    <R>(send: (query: Query) => R) =>
    (query: Query) => {
      sent++;
      return send(query);
    };
  const counted = {
    tenant: sql.tenant,
    vault: sql.vault,
    all: count(sql.all),
    one: count(sql.one),
    run: count(sql.run),
  } as TenantSql;
  return { sql: counted, sent: () => sent };
}

describe('example A through PostgreSQL', () => {
  it("prices B's sale at 239.70, each level seeing its own figures", async () => {
    const { a, b, tenant, brand, sql, rules } = await exampleA();
    const seller = await pricing.pricingFor({ sql, tenant, brand, actor: staffOf(b, 'agent') });
    expect(seller.chain).toEqual([
      { agencyId: null },
      { agencyId: a.id, tier: 'gold' },
      { agencyId: b.id, tier: 'silver' },
    ]);
    const buildUp = priceOffer({ ...seller, net: NET, facts: FACTS });
    expect(buildUp.customerTotal).toBe(23970);
    expect(buildUp.resellerMargin).toBe(900);
    expect(buildUp.platformFee.amount).toBe(200);
    expect(viewBuildUp(buildUp, a.id)).toMatchObject({
      buyPrice: 23000,
      markup: 500,
      childPrice: 23500,
      commission: 570,
    });
    expect(viewBuildUp(buildUp, b.id)).toMatchObject({
      buyPrice: 23500,
      markup: 470,
      childPrice: 23970,
      commission: 1330,
      rules: [{ id: rules.b.id, version: 1, amount: 470 }],
    });
  });

  it("sells as the brand's owner to visitors, as their own agency to its people on any host, as the reseller to its people", async () => {
    const { b, c, tenant, brand, sql } = await exampleA();
    const on = (agencyId: string | null) => ({ sql, tenant, brand: { ...brand, agencyId } });
    const seller = async (agencyId: string | null, actor: Parameters<typeof pricing.pricingFor>[0]['actor']) =>
      (await pricing.pricingFor({ ...on(agencyId), actor })).sellerAgencyId;
    expect(await seller(c.id, anonymous)).toBe(c.id);
    expect(await seller(c.id, { ...anonymous, kind: 'user', role: 'customer' })).toBe(c.id);
    expect(await seller(null, anonymous)).toBeNull();
    expect(await seller(null, staffOf(b, 'agent'))).toBe(b.id);
    expect(await seller(c.id, staffOf(b))).toBe(b.id);
    expect(await seller(c.id, resellerAdmin)).toBeNull();
  });

  it('costs one statement when nothing changed, and a change by another process is seen at once', async () => {
    const { b, tenant, brand, sql, call, rules } = await exampleA();
    const total = async (handle: TenantSql) => {
      const seller = await pricing.pricingFor({ sql: handle, tenant, brand, actor: staffOf(b) });
      return priceOffer({ ...seller, net: NET, facts: FACTS }).customerTotal;
    };
    expect(await total(sql)).toBe(23970);
    const warm = counting(sql);
    expect(await total(warm.sql)).toBe(23970);
    expect(warm.sent()).toBe(1);
    // The other process: its own pricing, its own memory.
    const elsewhere = createCaller(createPricing({ database: world.database }).routes, { tenant, brand, sql });
    await elsewhere(
      staffOf(b),
      `PATCH /markup-rules/${rules.b.id}`,
      { value: { kind: 'percent', basisPoints: 400, of: 'total' } },
      { 'if-match': '"1"' },
    );
    expect(await total(sql)).toBe(24440);
    await call(staffOf(b), `DELETE /markup-rules/${rules.b.id}`, undefined, { 'if-match': '"2"' });
    expect(await total(sql)).toBe(23500);
  });

  it('sells nothing for a suspended agency, nor for those below it', async () => {
    const { a, b, tenant, brand, sql } = await exampleA();
    await sql.run(q('agencies').where({ id: a.id }).update({ state: 'suspended' }));
    await expect(pricing.pricingFor({ sql, tenant, brand, actor: staffOf(b) })).rejects.toMatchObject({
      code: 'pricing.seller_not_approved',
    });
  });
});

describe('markup rules', () => {
  it("belong to one level: another's are not found, up or down", async () => {
    const { call, a, b, rules } = await exampleA();
    const ids = async (actor: Parameters<typeof call>[0]) =>
      (await call<Page>(actor, 'GET /markup-rules')).body.data.map(({ id }) => id);
    expect(await ids(resellerAdmin)).toEqual([rules.reseller.id]);
    expect(await ids(staffOf(a))).toEqual([rules.a.id]);
    for (const [actor, other] of [
      [staffOf(b), rules.a],
      [staffOf(a), rules.b],
      [staffOf(a), rules.reseller],
      [resellerAdmin, rules.a],
    ] as const) {
      await expect(call(actor, `GET /markup-rules/${other.id}`)).rejects.toMatchObject({ status: 404 });
      await expect(
        call(actor, `PATCH /markup-rules/${other.id}`, { name: 'x' }, { 'if-match': '"1"' }),
      ).rejects.toMatchObject({ status: 404 });
      await expect(
        call(actor, `DELETE /markup-rules/${other.id}`, undefined, { 'if-match': '"1"' }),
      ).rejects.toMatchObject({ status: 404 });
    }
    await expect(call(staffOf(a, 'agent'), 'GET /markup-rules')).rejects.toMatchObject({ status: 403 });
  });

  it('keep what a change leaves out, and their version', async () => {
    const { call, rules } = await exampleA();
    const target = `/markup-rules/${rules.reseller.id}`;
    await expect(call(resellerAdmin, `PATCH ${target}`, { priority: 5 })).rejects.toMatchObject({ status: 428 });
    const changed = await call<MarkupRuleView>(
      resellerAdmin,
      `PATCH ${target}`,
      { match: { carrier: ['ib'], travelFrom: '2027-01-01' }, minMinor: 100 },
      { 'if-match': '"1"' },
    );
    expect(changed.body).toMatchObject({
      match: { carrier: ['IB'], travelFrom: '2027-01-01' },
      value: rules.reseller.value,
      currency: 'EUR',
      minMinor: 100,
      version: 2,
    });
    await expect(call(resellerAdmin, `PATCH ${target}`, { priority: 5 }, { 'if-match': '"1"' })).rejects.toMatchObject({
      status: 412,
    });
    await expect(call(resellerAdmin, `DELETE ${target}`, undefined, { 'if-match': '"1"' })).rejects.toMatchObject({
      status: 412,
    });
  });

  it('page in the order they were made', async () => {
    const { call, rules } = await exampleA();
    const second = await call<MarkupRuleView>(resellerAdmin, 'POST /markup-rules', {
      name: 'Two',
      value: { kind: 'percent', basisPoints: 1, of: 'base' },
    });
    const first = await call<Page>(resellerAdmin, 'GET /markup-rules?limit=1');
    expect(first.body.data[0]?.id).toBe(rules.reseller.id);
    const rest = await call<Page>(resellerAdmin, `GET /markup-rules?limit=1&cursor=${first.body.next}`);
    expect([rest.body.data[0]?.id, rest.body.next]).toEqual([second.body.id, null]);
  });

  it('name each fault by its field', async () => {
    const { call, b, a } = await exampleA();
    const faults = async (actor: Parameters<typeof call>[0], body: object) =>
      call(actor, 'POST /markup-rules', {
        name: 'R',
        value: { kind: 'percent', basisPoints: 100, of: 'total' },
        ...body,
      }).then(
        () => [],
        (error: { extensions: { errors: Array<{ pointer: string }> } }) =>
          error.extensions.errors.map(({ pointer }) => pointer),
      );
    expect(await faults(resellerAdmin, { match: { airline: ['IB'] } })).toEqual(['/match/airline']);
    expect(await faults(resellerAdmin, { value: { kind: 'fixed', amountMinor: -1, per: 'booking' } })).toEqual([
      '/value/amountMinor',
    ]);
    expect(await faults(resellerAdmin, { minMinor: 5, maxMinor: 4 })).toEqual(['/maxMinor']);
    expect(await faults(resellerAdmin, { match: { travelFrom: '2027-02-01', travelTo: '2027-01-01' } })).toEqual([
      '/match/travelTo',
    ]);
    expect(await faults(resellerAdmin, { match: { childAgencyId: [b.id] } })).toEqual(['/match/childAgencyId/0']);
    expect(await faults(staffOf(a), { match: { childAgencyId: [b.id] } })).toEqual([]);
  });
});

describe('preview', () => {
  const net = { base: 16000, taxes: 4000 };

  it('shows the reseller the whole chain of example A', async () => {
    const { call, b } = await exampleA();
    const { body } = await call<PreviewView>(resellerAdmin, 'POST /markup-rules/preview', {
      product: 'flight',
      net,
      agencyId: b.id,
    });
    expect(body).toMatchObject({ outcome: 'kept', platformFee: 200, total: 23970 });
    expect(
      body.levels.map(({ buyPrice, markup, sellPrice, commission, earnings }) => [
        buyPrice,
        markup,
        sellPrice,
        commission,
        earnings,
      ]),
    ).toEqual([
      [20000, 3000, 23000, null, 900],
      [23000, 500, 23500, 570, 1070],
      [23500, 470, 23970, 1330, 1800],
    ]);
  });

  it('shows an agency its own level over its own buy price, and no figure from above', async () => {
    const { call, a, b, c } = await exampleA();
    const { body } = await call<PreviewView>(staffOf(a), 'POST /markup-rules/preview', {
      product: 'flight',
      net: { base: 19000, taxes: 4000 },
      agencyId: b.id,
    });
    expect(body.platformFee).toBeNull();
    expect(body.levels).toMatchObject([
      { agencyId: a.id, buyPrice: 23000, markup: 500, sellPrice: 23500, commission: null, earnings: 500 },
    ]);
    for (const agencyId of [c.id, null]) {
      await expect(
        call(staffOf(a), 'POST /markup-rules/preview', { product: 'flight', net, agencyId }),
      ).rejects.toMatchObject({ status: 404 });
    }
  });

  it('warns when the sale would be blocked', async () => {
    const { call, rules } = await exampleA();
    await call(resellerAdmin, `DELETE /markup-rules/${rules.reseller.id}`, undefined, { 'if-match': '"1"' });
    const { body } = await call<PreviewView>(resellerAdmin, 'POST /markup-rules/preview', { product: 'flight', net });
    expect(body.outcome).toBe('blocked');
    expect(body.warning).toMatch(/Raise your markup/);
  });
});

describe('tiers and the first rule', () => {
  it("are the reseller's to read and change, all four at once", async () => {
    const { call, a } = await exampleA();
    const before = await call<TiersView>(resellerAdmin, 'GET /tiers');
    expect(before.body.data.map(({ tier, commissionBp }) => [tier, commissionBp])).toEqual([
      ['bronze', 500],
      ['silver', 700],
      ['gold', 1000],
      ['platinum', 1200],
    ]);
    const data = before.body.data.map((row) => ({ ...row, discountBp: 1000 }));
    const etag = before.headers?.etag ?? '';
    const after = await call<TiersView>(resellerAdmin, 'PUT /tiers', { data }, { 'if-match': etag });
    expect(after.body.data).toEqual(data);
    await expect(call(resellerAdmin, 'PUT /tiers', { data }, { 'if-match': etag })).rejects.toMatchObject({
      status: 412,
    });
    await expect(call(staffOf(a), 'GET /tiers')).rejects.toMatchObject({ status: 403 });
  });

  it('let a new reseller sell at once: 10 % of total, seeded once', async () => {
    const { tenant, brand, sql } = await world.createTenant();
    await seedDefaultRule(sql);
    await seedDefaultRule(sql);
    const seller = await pricing.pricingFor({ sql, tenant, brand, actor: anonymous });
    const buildUp = priceOffer({ ...seller, net: NET, facts: FACTS });
    expect([buildUp.customerTotal, buildUp.resellerMargin, buildUp.guard.outcome]).toEqual([22000, 1800, 'kept']);
  });
});
