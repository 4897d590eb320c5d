import type { Config } from '../kernel/config.ts';
import type { Vault } from '../kernel/crypto/vault.ts';
import { json, q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import { ensureLoginRole, migrateTenantSchema, tenantsRole } from '../kernel/database/migrate.ts';
import { withOwner, type OwnerSession } from '../kernel/database/owner.ts';
import { TENANTS_PER_CELL, cellRole, rolePassword } from '../kernel/database/roles.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';
import { normaliseHost } from '../kernel/http/hostname.ts';
import { newId } from '../kernel/ids.ts';
import { must } from '../kernel/must.ts';
import { HostInvalid, HostTaken, SlugInvalid, SlugTaken, ThemeUnknown } from './errors.ts';
import { findBrandRow, findTenantBySlug, toBrand } from './repository.ts';
import { SLUG, newSchemaName } from './tenant.ts';

export interface ProvisionInput {
  slug: string;
  name: string;
  host: string;
  theme: string;
  adminEmail?: string;
  plan?: string;
  currency?: string;
  locale?: string;
}

/** Work of another module in a new tenant's schema (keys, books, invitation); must be idempotent: a rerun repeats the unfinished step. */
export interface TenantSeeder {
  step: string;
  run(input: { sql: TenantSql; tenant: Tenant; brand: Brand; adminEmail: string | null }): Promise<void>;
}

export interface ProvisionDeps {
  config: Config;
  database: Database;
  vault: Vault;
  installedThemes: string[];
  originOf: (hostname: string) => string;
  seeders: readonly TenantSeeder[];
  onStep?: (step: string) => void;
  invalidateHost?: (hostname: string) => Promise<void>;
}

/**
 * Makes a reseller: control-plane row → schema, role and tables in one batch → brand → keys and books → domain → invitation → active.
 * Each step is recorded and idempotent; after a crash the same call finishes the same tenant. Until the last step its host answers 421.
 * @throws AppError for a bad or taken slug or host, an unknown theme; then nothing was made.
 */
export async function provisionTenant(
  deps: ProvisionDeps,
  input: ProvisionInput,
): Promise<{ tenant: Tenant; brand: Brand; resumed: boolean }> {
  const host = await checkInput(deps, input);
  const { database } = deps;
  const before = await findTenantBySlug(database.platform, input.slug);
  const record = before ?? (await claimTenant(deps, input));
  const done = await doneSteps(database, record.id);
  const step = async (name: string, work: () => Promise<void>) => {
    if (done.has(name)) return;
    await work();
    await database.platform.run(
      q('platform.provisioning_steps')
        .insert({ tenant_id: record.id, step: name })
        .onConflict(['tenant_id', 'step'])
        .ignore(),
    );
    deps.onStep?.(name);
  };

  await step('schema', () => createSchema(deps, record));
  await step('brand', () => createResellerBrand(deps, record, input, host));
  const [brandRow] = await database.tenant(record).all<{ id: string }>(q('brands').whereNull('agency_id').select('id'));
  const { id: brandId } = must(brandRow, `the brand of ${record.slug}, just made`);
  const brand = toBrand(
    must(await findBrandRow(database.tenant(record), brandId), `the brand ${brandId}`),
    deps.originOf,
  );
  for (const seeder of deps.seeders) {
    await step(seeder.step, () =>
      database.withTenant(record, (sql) =>
        seeder.run({ sql, tenant: record, brand, adminEmail: input.adminEmail ?? null }),
      ),
    );
  }
  await step('domain', async () => {
    await database.platform.run(
      q('platform.domains')
        .insert({ hostname: host, tenant_id: record.id, brand_id: brand.id, state: 'active' })
        .onConflict('hostname')
        .ignore(),
    );
  });
  await step('active', async () => {
    await database.platform.run(
      q('platform.tenants').where({ id: record.id }).update({ state: 'active', updated_at: q.fn.now() }),
    );
    await deps.invalidateHost?.(host);
  });
  return { tenant: { ...record, state: 'active' }, brand, resumed: before !== undefined };
}

async function checkInput(deps: ProvisionDeps, input: ProvisionInput): Promise<string> {
  if (!SLUG.test(input.slug)) throw SlugInvalid({ slug: input.slug });
  const host = normaliseHost(input.host);
  if (
    !host ||
    host.includes('_') ||
    host !== input.host.toLowerCase().replace(/\.$/, '') ||
    host === deps.config.PLATFORM_HOST
  )
    throw HostInvalid({ host: input.host });
  if (!deps.installedThemes.includes(input.theme))
    throw ThemeUnknown({ theme: input.theme, installed: deps.installedThemes });
  const existing = await findTenantBySlug(deps.database.platform, input.slug);
  if (existing && existing.state !== 'provisioning') throw SlugTaken({ slug: input.slug });
  const taken = await deps.database.platform.one<{ tenant_id: string }>(
    q('platform.domains').where({ hostname: host }),
  );
  if (taken && taken.tenant_id !== existing?.id) throw HostTaken({ host });
  return host;
}

/** Takes a place in a cell with room and writes the tenant's row; two at once cannot take the same slug (unique). */
async function claimTenant(deps: ProvisionDeps, input: ProvisionInput): Promise<Tenant> {
  const { database, vault } = deps;
  const cell = await placeInCell(deps);
  const id = newId();
  const inserted = await database.platform.run(
    q('platform.tenants')
      .insert({
        id,
        slug: input.slug,
        name: input.name,
        schema: newSchemaName(),
        cell,
        cluster_id: 'default',
        plan: input.plan ?? 'standard',
        theme: input.theme,
        currency: input.currency ?? 'EUR',
        locale: input.locale ?? 'en',
        wrapped_data_key: vault.newWrappedKey(id),
        admin_email: input.adminEmail ?? null,
      })
      .onConflict('slug')
      .ignore(),
  );
  if (inserted === 0) {
    await database.platform.run(q('platform.cells').where({ role: cell }).decrement('tenant_count', 1));
    throw SlugTaken({ slug: input.slug });
  }
  return must(await findTenantBySlug(database.platform, input.slug), `the tenant ${input.slug}, just claimed`);
}

async function placeInCell({ config, database }: ProvisionDeps): Promise<string> {
  const place = () =>
    database.platform.one<{ role: string }>(
      q.raw(
        `update platform.cells set tenant_count = tenant_count + 1
         where role = (select role from platform.cells where tenant_count < ? order by number limit 1 for update) returning role`,
        [TENANTS_PER_CELL],
      ),
    );
  const cell = (await place()) ?? (await openCell(config).then(place));
  return must(cell, 'a cell with room, just opened').role;
}

async function openCell(config: Config): Promise<void> {
  await withOwner(config.DATABASE_URL, (owner) =>
    owner.transaction(async () => {
      await owner.query('select pg_advisory_xact_lock(7083472)');
      const [room] = await owner.query(`select 1 from platform.cells where tenant_count < ${TENANTS_PER_CELL}`);
      if (room) return;
      const [last] = await owner.query<{ number: number | null }>('select max(number) as number from platform.cells');
      const number = (last?.number ?? 0) + 1;
      const role = cellRole(config.DATABASE_URL, number);
      await ensureLoginRole(owner, role, rolePassword(config.MASTER_KEY, role));
      await owner.query('insert into platform.cells (role, cluster_id, number) values ($1, $2, $3)', [
        role,
        'default',
        number,
      ]);
    }),
  );
}

/** Schema, role, grants and all tables in one transaction: there is no half-made schema. */
async function createSchema({ config }: ProvisionDeps, tenant: Tenant): Promise<void> {
  await withOwner(config.DATABASE_URL, (owner) => owner.transaction(() => createSchemaIn(owner, config, tenant)));
}

async function createSchemaIn(owner: OwnerSession, config: Config, tenant: Tenant): Promise<void> {
  const [role] = await owner.query('select 1 from pg_roles where rolname = $1', [tenant.schema]);
  if (!role) await owner.query(`create role ${tenant.schema} nologin in role ${tenantsRole(config.DATABASE_URL)}`);
  await owner.query(`grant ${tenant.schema} to ${tenant.cell}; create schema if not exists ${tenant.schema}`);
  await migrateTenantSchema(owner, tenant);
}

async function createResellerBrand(
  deps: ProvisionDeps,
  tenant: Tenant,
  input: ProvisionInput,
  host: string,
): Promise<void> {
  const sender =
    deps.config.PUBLIC_ORIGIN_SCHEME === 'http'
      ? `bookings@${host.replace(/\.localhost$/, '.test')}`
      : `bookings@${host}`;
  await deps.database.tenant(tenant).run(
    q('brands')
      .insert({
        id: newId(),
        agency_id: null,
        name: input.name,
        theme: input.theme,
        hostname: host,
        legal: json({ companyName: input.name, email: input.adminEmail ?? sender }),
        sender_name: input.name,
        sender_email: sender,
        default_locale: input.locale ?? 'en',
        currency: input.currency ?? 'EUR',
      })
      .onConflict('hostname')
      .ignore(),
  );
}

async function doneSteps(database: Database, tenantId: string): Promise<Set<string>> {
  const rows = await database.platform.all<{ step: string }>(
    q('platform.provisioning_steps').where({ tenant_id: tenantId }).select('step'),
  );
  return new Set(rows.map((row) => row.step));
}
