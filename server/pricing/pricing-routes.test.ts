import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anAgency, createCaller, resellerAdmin, staffOf } from '../agencies/testing.ts';
import { q } from '../kernel/database/builder.ts';
import type { Query } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { anonymous } from '../kernel/http/actor.ts';
import { createTestWorld, type TestWorld } from '../testing/index.ts';
import { createPricing, priceOffer, seedDefaultRule, viewBuildUp, type Pricing } from './index.ts';
import type {
  MarkupRuleCheckView,
  MarkupRuleImportView,
  MarkupRuleVersionView,
  MarkupRuleView,
  PreviewView,
  PricingSettingsView,
  TiersView,
} from './schema.ts';

type Page = { data: MarkupRuleView[]; next: string | null };

const NET = { base: 16000, taxes: 4000, currency: 'EUR' };
const FACTS = { product: 'flight', travellers: 1, at: Date.parse('2026-11-23T12:00:00Z') };

let world: TestWorld;
let pricing: Pricing;

beforeAll(async () => {
  world = await createTestWorld();
  pricing = createPricing({ database: world.database, redis: world.redis });
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
      { agencyId: null, minMarginMinor: 0 },
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
    const elsewhere = createCaller(createPricing({ database: world.database, redis: world.redis }).routes, {
      tenant,
      brand,
      sql,
    });
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

describe('preview of a draft and of every tier', () => {
  const net = { base: 16000, taxes: 4000 };
  const draft = { rule: { name: 'Draft', value: { kind: 'fixed', amountMinor: 1000, per: 'booking' } } };

  it('prices as if the draft were saved, and saves nothing', async () => {
    const { call, rules } = await exampleA();
    const ask = async (body: object) =>
      (await call<PreviewView>(resellerAdmin, 'POST /markup-rules/preview', { product: 'flight', net, ...body })).body;
    const replaced = await ask({ draft: { ...draft, ruleId: rules.reseller.id } });
    expect(replaced.levels[0]).toMatchObject({
      markup: 1000,
      rules: [{ id: rules.reseller.id, name: 'Draft', amount: 1000, draft: true }],
    });
    const beside = await ask({ draft: { rule: { ...draft.rule, stack: true } } });
    expect(beside.levels[0]?.markup).toBe(4000);
    expect((await ask({})).levels[0]?.markup).toBe(3000);
  });

  it('shows the reseller what each tier below it would cost it', async () => {
    const { call } = await exampleA();
    const { body } = await call<PreviewView>(resellerAdmin, 'POST /markup-rules/preview', { product: 'flight', net });
    // Commission of 5, 7, 10 and 12 % of 19000 out of 2800.
    expect(body.byTier.map(({ tier, sellPrice, commission, margin }) => [tier, sellPrice, commission, margin])).toEqual(
      [
        ['bronze', 23000, 950, 1850],
        ['silver', 23000, 1330, 1470],
        ['gold', 23000, 1900, 900],
        ['platinum', 23000, 2280, 520],
      ],
    );
  });

  it('shows an agency its own prices by tier and nothing of the reseller', async () => {
    const { call, a } = await exampleA();
    const { body } = await call<PreviewView>(staffOf(a), 'POST /markup-rules/preview', {
      product: 'flight',
      net: { base: 19000, taxes: 4000 },
    });
    expect(body.byTier).toEqual(
      ['bronze', 'silver', 'gold', 'platinum'].map((tier) => ({
        tier,
        markup: 500,
        sellPrice: 23500,
        commission: null,
        margin: null,
        outcome: null,
      })),
    );
  });

  it('refuses a draft that could not be saved, and one in the place of another level’s rule', async () => {
    const { call, b, rules } = await exampleA();
    const ask = (wish: object) =>
      call(resellerAdmin, 'POST /markup-rules/preview', { product: 'flight', net, draft: wish });
    await expect(ask({ rule: { ...draft.rule, match: { childAgencyId: [b.id] } } })).rejects.toMatchObject({
      extensions: { errors: [{ pointer: '/draft/rule/match/childAgencyId/0' }] },
    });
    await expect(ask({ ...draft, ruleId: rules.a.id })).rejects.toMatchObject({ status: 404 });
  });
});

describe('checking a rule', () => {
  const check = async (
    call: Awaited<ReturnType<typeof exampleA>>['call'],
    actor: Parameters<typeof call>[0],
    body: object,
  ) => (await call<MarkupRuleCheckView>(actor, 'POST /markup-rules/check', body)).body.warnings;

  it('warns of a margin under the floor, tier by tier, and of rules in the way', async () => {
    const { call, rules } = await exampleA();
    const thin = { name: 'Thin', value: { kind: 'percent', basisPoints: 800, of: 'total' } };
    const warnings = await check(call, resellerAdmin, { rule: thin });
    expect(warnings.map(({ code, rule, tiers }) => [code, rule?.id, tiers])).toEqual([
      ['never_applies', rules.reseller.id, undefined],
      // 1600 less 200 of fee: 7 % of 17600 is 1232, 10 % is 1760.
      ['margin_floor', undefined, ['gold', 'platinum']],
    ]);
    expect(await check(call, resellerAdmin, { rule: thin, ruleId: rules.reseller.id })).toHaveLength(1);
  });

  it('tells an agency nothing of the reseller’s margin', async () => {
    const { call, a } = await exampleA();
    const free = { name: 'Free', match: { carrier: ['IB'] }, value: { kind: 'percent', basisPoints: 0, of: 'total' } };
    expect((await check(call, staffOf(a), { rule: free })).map(({ code }) => code)).toEqual(['adds_nothing']);
  });

  it('lists the conflicts of a level, and only of that one', async () => {
    const { call, a, rules } = await exampleA();
    const value = { kind: 'percent', basisPoints: 100, of: 'total' };
    const twin = (await call<MarkupRuleView>(staffOf(a), 'POST /markup-rules', { name: 'Twin', value })).body;
    const read = async (actor: Parameters<typeof call>[0]) => (await call(actor, 'GET /markup-rules/conflicts')).body;
    expect(await read(staffOf(a))).toEqual({
      data: [
        {
          // The amounts of the older are in euros: what is sold in another currency is left to the younger.
          code: 'tie',
          winner: { id: rules.a.id, name: 'Standard' },
          loser: { id: twin.id, name: 'Twin' },
        },
      ],
      more: false,
    });
    expect(await read(resellerAdmin)).toEqual({ data: [], more: false });
  });
});

describe('history', () => {
  type Versions = { data: MarkupRuleVersionView[]; next: string | null };

  it('keeps every version with who made it, restores one as a new version, and brings a deleted rule back', async () => {
    const { call, a, rules } = await exampleA();
    const target = `/markup-rules/${rules.a.id}`;
    const admin = staffOf(a);
    await call(admin, `PATCH ${target}`, { name: 'Dearer', minMinor: 900 }, { 'if-match': '"1"' });
    await call(admin, `DELETE ${target}`, undefined, { 'if-match': '"2"' });
    const deleted = await call<Page>(admin, 'GET /markup-rules?state=deleted');
    expect(deleted.body.data.map(({ id, version, state }) => [id, version, state])).toEqual([
      [rules.a.id, 3, 'deleted'],
    ]);
    const first = await call<Versions>(admin, `GET ${target}/versions?limit=2`);
    expect(first.body.data.map(({ version, state, name, minMinor }) => [version, state, name, minMinor])).toEqual([
      [3, 'deleted', 'Dearer', 900],
      [2, 'active', 'Dearer', 900],
    ]);
    expect(first.body.data[0]?.changedBy).toBe(admin.id);
    const rest = await call<Versions>(admin, `GET ${target}/versions?limit=2&cursor=${first.body.next}`);
    expect(rest.body.data.map(({ version, name }) => [version, name])).toEqual([[1, 'Standard']]);

    const restored = await call<MarkupRuleView>(admin, `POST ${target}/restore`, { version: 1 }, { 'if-match': '"3"' });
    expect(restored.body).toMatchObject({
      name: 'Standard',
      minMinor: null,
      version: 4,
      state: 'active',
      value: rules.a.value,
    });
    expect((await call<MarkupRuleView>(admin, `GET ${target}`)).body.version).toBe(4);
    await expect(call(admin, `POST ${target}/restore`, { version: 1 }, { 'if-match': '"3"' })).rejects.toMatchObject({
      status: 412,
    });
    await expect(call(admin, `POST ${target}/restore`, { version: 9 }, { 'if-match': '"4"' })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('is of the own level only, and never changes', async () => {
    const { call, a, b, rules, sql } = await exampleA();
    for (const actor of [staffOf(b), resellerAdmin]) {
      await expect(call(actor, `GET /markup-rules/${rules.a.id}/versions`)).rejects.toMatchObject({ status: 404 });
      await expect(
        call(actor, `POST /markup-rules/${rules.a.id}/restore`, { version: 1 }, { 'if-match': '"1"' }),
      ).rejects.toMatchObject({ status: 404 });
    }
    await expect(sql.run(q('markup_rule_versions').update({ name: 'x' }))).rejects.toThrow(/permission denied/);
    expect((await call<Versions>(staffOf(a), `GET /markup-rules/${rules.a.id}/versions`)).body.data).toHaveLength(1);
  });
});

describe('CSV', () => {
  const asText = (reply: { binary?: { data: Buffer } }) => reply.binary?.data.toString() ?? '';

  it('changes the rules it names and makes the others, in one go; what says nothing new leaves no version', async () => {
    const { call, rules } = await exampleA();
    const exported = asText(await call(resellerAdmin, 'GET /markup-rules/export'));
    const send = (csv: string, dryRun = false) =>
      call<MarkupRuleImportView>(resellerAdmin, 'POST /markup-rules/import', { csv, dryRun });
    expect((await send(exported)).body).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
    const edited =
      exported.replace('15.00', '16.00') + exported.split('\r\n')[1]?.replace(/^[^,]*,1,Standard/, ',,Second') + '\r\n';
    expect((await send(edited, true)).body).toMatchObject({ dryRun: true, created: 1, updated: 1, errors: [] });
    expect((await call<Page>(resellerAdmin, 'GET /markup-rules')).body.data).toHaveLength(1);
    expect((await send(edited)).body).toMatchObject({ created: 1, updated: 1, unchanged: 0 });
    const after = (await call<Page>(resellerAdmin, 'GET /markup-rules')).body.data;
    expect(after.map(({ name, value, version }) => [name, value, version])).toEqual([
      ['Standard', { kind: 'percent', basisPoints: 1600, of: 'total' }, 2],
      ['Second', { kind: 'percent', basisPoints: 1500, of: 'total' }, 1],
    ]);
    await expect(send(exported)).rejects.toMatchObject({
      extensions: { errors: [{ pointer: '/lines/2/version', code: 'version_changed' }] },
    });
    expect(after[0]?.id).toBe(rules.reseller.id);
  });

  it('writes nothing when one line is wrong, and knows only the rules and children of the own level', async () => {
    const { call, a, b, rules } = await exampleA();
    const csv = [
      'id,version,name,childAgencyId,percent',
      ',,Good,,1',
      `,,Bad,${b.id},1`,
      `${rules.a.id},1,Theirs,,1`,
    ].join('\n');
    await expect(call(resellerAdmin, 'POST /markup-rules/import', { csv })).rejects.toMatchObject({
      status: 400,
      extensions: {
        errors: [
          { pointer: '/lines/3/childAgencyId', code: 'unknown_child' },
          { pointer: '/lines/4/id', code: 'unknown_rule' },
        ],
      },
    });
    expect((await call<Page>(resellerAdmin, 'GET /markup-rules')).body.data).toHaveLength(1);
    expect(asText(await call(staffOf(a), 'GET /markup-rules/export'))).not.toContain(rules.reseller.id);
    await expect(call(staffOf(a, 'agent'), 'GET /markup-rules/export')).rejects.toMatchObject({ status: 403 });
  });
});

describe('margin guard', () => {
  const net = { base: 16000, taxes: 4000 };

  it('does what the reseller configured, from the next price on', async () => {
    const { call, b, tenant, brand, sql, a } = await exampleA();
    const settings = await call<PricingSettingsView>(resellerAdmin, 'GET /pricing-settings');
    expect(settings.body).toEqual({ guardMode: 'capped', floorMinor: 0, minMarginMinor: 0, version: 1 });
    const change = async (body: object, etag: string) =>
      call<PricingSettingsView>(
        resellerAdmin,
        'PUT /pricing-settings',
        { guardMode: 'capped', floorMinor: 0, minMarginMinor: 0, ...body },
        { 'if-match': etag },
      );
    const price = async () => {
      const seller = await pricing.pricingFor({ sql, tenant, brand, actor: staffOf(b, 'agent') });
      const { guard, resellerMargin, levels } = priceOffer({ ...seller, net: NET, facts: FACTS });
      return [guard.outcome, resellerMargin, ...levels.slice(1).map((level) => level.commission)];
    };
    expect(await price()).toEqual(['kept', 900, 570, 1330]);
    await change({ floorMinor: 1600 }, '"1"');
    expect(await price()).toEqual(['capped', 1600, 0, 1200]);
    await change({ floorMinor: 1600, guardMode: 'blocked' }, '"2"');
    expect(await price()).toEqual(['blocked', 900, 570, 1330]);
    const preview = await call<PreviewView>(resellerAdmin, 'POST /markup-rules/preview', {
      product: 'flight',
      net,
      agencyId: b.id,
    });
    expect([preview.body.outcome, preview.body.warningCode]).toEqual(['blocked', 'blocked']);
    await change({ floorMinor: 1600, guardMode: 'allowed' }, '"3"');
    expect(await price()).toEqual(['allowed', 900, 570, 1330]);
    await expect(change({}, '"3"')).rejects.toMatchObject({ status: 412 });
    await expect(call(staffOf(a), 'GET /pricing-settings')).rejects.toMatchObject({ status: 403 });
  });

  it('keeps the minimum margin whatever discount a tier gives', async () => {
    const { call, a } = await exampleA();
    const tiers = await call<TiersView>(resellerAdmin, 'GET /tiers');
    const data = tiers.body.data.map((row) => ({ ...row, discountBp: 9000 }));
    await call(resellerAdmin, 'PUT /tiers', { data }, { 'if-match': tiers.headers?.etag ?? '' });
    const markup = async () =>
      (await call<PreviewView>(resellerAdmin, 'POST /markup-rules/preview', { product: 'flight', net, agencyId: a.id }))
        .body.levels[0];
    expect(await markup()).toMatchObject({ markup: 300, tierDiscount: 2700 });
    await call(
      resellerAdmin,
      'PUT /pricing-settings',
      { guardMode: 'allowed', floorMinor: 0, minMarginMinor: 1000 },
      { 'if-match': '"1"' },
    );
    expect(await markup()).toMatchObject({ markup: 1000, tierDiscount: 2000 });
  });

  it.each([
    [{ guardMode: 'sometimes' }, '/guardMode'],
    [{ floorMinor: -1 }, '/floorMinor'],
    [{ floorMinor: 1.5 }, '/floorMinor'],
    [{ minMarginMinor: 1e12 }, '/minMarginMinor'],
  ])('refuses %j by its field', async (fault, pointer) => {
    const { call } = await exampleA();
    const body = { guardMode: 'capped', floorMinor: 0, minMarginMinor: 0, ...fault };
    await expect(call(resellerAdmin, 'PUT /pricing-settings', body, { 'if-match': '"1"' })).rejects.toMatchObject({
      extensions: { errors: [{ pointer }] },
    });
  });
});

describe('bad input', () => {
  const good = { name: 'R', value: { kind: 'percent', basisPoints: 100, of: 'total' } };
  it.each([
    ['a rate over 100 %', { value: { kind: 'percent', basisPoints: 10_001, of: 'total' } }, '/value/basisPoints'],
    ['a negative rate', { value: { kind: 'percent', basisPoints: -1, of: 'total' } }, '/value/basisPoints'],
    ['half a basis point', { value: { kind: 'percent', basisPoints: 0.5, of: 'total' } }, '/value/basisPoints'],
    ['a huge amount', { value: { kind: 'fixed', amountMinor: 1e15, per: 'booking' } }, '/value/amountMinor'],
    ['an amount as text', { value: { kind: 'fixed', amountMinor: '5', per: 'booking' } }, '/value/amountMinor'],
    ['an unknown unit', { value: { kind: 'fixed', amountMinor: 5, per: 'hour' } }, '/value/per'],
    ['a negative minimum', { minMinor: -5 }, '/minMinor'],
    ['a currency of one’s own', { currency: 'XXX' }, '/currency'],
    ['an end before its start', { validFrom: '2027-02-01T00:00:00Z', validTo: '2027-01-01T00:00:00Z' }, '/validTo'],
    ['a day that is none', { match: { travelFrom: '2027-02-30' } }, '/match/travelFrom'],
    ['stars beyond five', { match: { stars: [6] } }, '/match/stars/0'],
    ['lead days that cross', { match: { leadDaysMin: 9, leadDaysMax: 3 } }, '/match/leadDaysMax'],
  ])('%s is refused by its field', async (_what, fault, pointer) => {
    const { call } = await exampleA();
    await expect(call(resellerAdmin, 'POST /markup-rules', { ...good, ...fault })).rejects.toMatchObject({
      extensions: { errors: [{ pointer }] },
    });
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
