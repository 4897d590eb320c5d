import type { DemoAgency, DemoReseller } from '../../db/seeds/demo/network.ts';
import { abilityFor } from '../access/index.ts';
import { findUserByEmail } from '../identity/index.ts';
import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Api } from '../kernel/http/api.ts';
import { systemActor, type Actor } from '../kernel/http/actor.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { deterministicId } from '../kernel/http/idempotency.ts';
import type { Method } from '../kernel/http/route.ts';
import { must } from '../kernel/must.ts';
import { findTenantBySlug } from '../tenancy/index.ts';
import type { Infrastructure } from './infrastructure.ts';
import type { Modules } from './modules.ts';

interface SeedDeps {
  infra: Infrastructure;
  modules: Modules;
  api: Api;
  password: string;
}

const owner: Actor = { ...systemActor, role: 'reseller_admin', name: 'Demo seed' };

/**
 * Makes one demo reseller with its network, or finishes a half-made one; false when it was whole. Each part is looked for before it is
 * made, so that a seed killed anywhere heals on the next run.
 */
export async function seedDemoReseller(deps: SeedDeps, reseller: DemoReseller): Promise<boolean> {
  const { infra, modules } = deps;
  const { platform } = infra.database;
  const before = await findTenantBySlug(platform, reseller.slug);
  const step =
    before && (await platform.one(q('platform.provisioning_steps').where({ tenant_id: before.id, step: 'demo' })));
  if (step) return false;
  const { tenant, brand } =
    before?.state === 'active'
      ? { tenant: before, brand: must(await modules.hosts.resolve(reseller.host), `the host ${reseller.host}`).brand }
      : await modules.provision({
          slug: reseller.slug,
          name: reseller.name,
          host: reseller.host,
          theme: reseller.theme,
        });
  const sql = infra.database.tenant(tenant);
  await sql.run(
    q('brands')
      .where({ id: brand.id })
      .update({ legal: json(reseller.legal) }),
  );
  await sql.run(
    q('markup_rules')
      .whereNull('owner_agency_id')
      .update({
        name: reseller.rule.name,
        value: json({ kind: 'percent', basisPoints: reseller.rule.basisPoints, of: 'total' }),
        updated_at: q.fn.now(),
        version: q.raw('version + 1'),
      }),
  );

  await seedExchangeRates(sql);

  const agencies = new Map<string, string>();
  for (const agency of reseller.agencies)
    agencies.set(agency.key, await seedAgency(deps, { tenant, brand }, agency, agencies));
  for (const person of reseller.people) {
    const email = `${person.mailbox}@${reseller.slug}.test`;
    if (await findUserByEmail(sql, email)) continue;
    await infra.database.withTenant(tenant, (tx) =>
      modules.identity.createUser(tx, {
        email,
        password: deps.password,
        givenName: person.givenName,
        familyName: person.familyName,
        role: person.role,
        agencyId: person.agency ? must(agencies.get(person.agency), `the agency ${person.agency}`) : null,
      }),
    );
  }
  await modules.hosts.invalidate(reseller.host);
  await platform.run(
    q('platform.provisioning_steps')
      .insert({ tenant_id: tenant.id, step: 'demo' })
      .onConflict(['tenant_id', 'step'])
      .ignore(),
  );
  return true;
}

/** So that Tokyo and Edinburgh, whose hotels sell in their own currency, are found: rates that stay usable for a year. */
async function seedExchangeRates(sql: TenantSql): Promise<void> {
  await sql.run(q('exchange_settings').update({ spread_bp: 150, max_age_hours: 8760 }));
  await sql.run(
    q('exchange_rates')
      .insert([
        { currency: 'JPY', mid: '0.006125', source: 'Demo', quoted_at: q.fn.now() },
        { currency: 'GBP', mid: '1.1594', source: 'Demo', quoted_at: q.fn.now() },
      ])
      .onConflict('currency')
      .ignore(),
  );
}

async function seedAgency(
  deps: SeedDeps,
  site: { tenant: Tenant; brand: Brand },
  agency: DemoAgency,
  made: ReadonlyMap<string, string>,
): Promise<string> {
  const sql = deps.infra.database.tenant(site.tenant);
  const found = await sql.one<{ id: string; path: string }>(
    q('agencies').where({ name: agency.name }).select('id', 'path'),
  );
  const parentId = agency.parent ? must(made.get(agency.parent), `the agency ${agency.parent}`) : null;
  const id =
    found?.id ??
    String(
      (
        await call(deps, site, owner, 'post', '/agencies', {
          name: agency.name,
          legalName: agency.legalName,
          taxId: agency.taxId,
          parentId,
          tier: agency.tier,
        })
      ).id,
    );
  const row = await sql.one<{ path: string }>(q('agencies').where({ id }).select('path'));
  const { path } = must(row, `the agency ${agency.name}`);
  const manager: Actor = { ...owner, role: 'agency_admin', agencyId: id, agencyPath: path };

  if (!(await sql.one(q('markup_rules').where({ owner_agency_id: id }))))
    await call(deps, site, manager, 'post', '/markup-rules', { ...agency.rule });
  await call(deps, site, owner, 'put', `/agencies/${id}/credit-limit`, {
    creditLimit: { amount: agency.creditLimitMinor, currency: site.tenant.currency },
  });
  await call(
    deps,
    site,
    owner,
    'post',
    `/agencies/${id}/wallet/adjustments`,
    {
      kind: 'top_up',
      amount: { amount: agency.topUpMinor, currency: site.tenant.currency },
      reason: 'Opening balance',
    },
    deterministicId(id, 'opening'),
  );
  if (agency.brand && !(await sql.one(q('brands').where({ agency_id: id })))) {
    await call(deps, site, owner, 'post', '/brands', { agencyId: id, senderName: agency.brand.name, ...agency.brand });
  }
  return id;
}

async function call(
  deps: SeedDeps,
  { tenant, brand }: { tenant: Tenant; brand: Brand },
  actor: Actor,
  method: Method,
  path: string,
  body: unknown,
  key?: string,
): Promise<Record<string, unknown>> {
  const ability = abilityFor(actor);
  const { reply } = await deps.api.invoke({
    method,
    path,
    body,
    headers: key ? { 'idempotency-key': key } : {},
    context: {
      requestId: 'seed',
      tenant,
      brand,
      actor,
      ability: { can: (action, subject) => ability.can(action, subject) },
      sql: deps.infra.database.tenant(tenant),
      locale: 'en',
      ip: '127.0.0.1',
      log: deps.infra.log,
    },
  });
  return (reply.body ?? {}) as Record<string, unknown>;
}
