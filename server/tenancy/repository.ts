import { q } from '../kernel/database/builder.ts';
import type { Sql, TenantRef, TenantSql } from '../kernel/database/sql.ts';
import type { Brand, Tenant } from '../kernel/http/context.ts';

interface TenantRow {
  id: string;
  slug: string;
  name: string;
  schema: string;
  cell: string;
  state: string;
  theme: string;
  currency: string;
  locale: string;
  wrapped_data_key: string;
  admin_email: string | null;
  created_at: Date;
  plan: string;
  fee_percent_bp: number;
  fee_fixed_minor: number;
}

const tenants = () =>
  q('platform.tenants as t')
    .join('platform.plans as p', 'p.code', 't.plan')
    .select('t.*', 'p.fee_percent_bp', 'p.fee_fixed_minor');

export function toTenant(row: TenantRow): Tenant {
  return {
    id: row.id,
    slug: row.slug,
    name: row.name,
    schema: row.schema,
    cell: row.cell,
    state: row.state,
    currency: row.currency,
    locale: row.locale,
    wrappedDataKey: row.wrapped_data_key,
    plan: { code: row.plan, feePercentBp: row.fee_percent_bp, feeFixedMinor: row.fee_fixed_minor },
  };
}

export async function findTenantById(sql: Sql, id: string): Promise<Tenant | undefined> {
  const row = await sql.one<TenantRow>(tenants().where('t.id', id));
  return row && toTenant(row);
}

export async function findTenantBySlug(
  sql: Sql,
  slug: string,
): Promise<(Tenant & { adminEmail: string | null; theme: string; createdAt: Date }) | undefined> {
  const row = await sql.one<TenantRow>(tenants().where('t.slug', slug));
  return row && { ...toTenant(row), adminEmail: row.admin_email, theme: row.theme, createdAt: row.created_at };
}

/** The tenant and brand an active hostname names. */
export async function findByHostname(
  sql: Sql,
  hostname: string,
): Promise<{ tenant: Tenant; brandId: string } | undefined> {
  const row = await sql.one<TenantRow & { brand_id: string }>(
    tenants()
      .join('platform.domains as d', 'd.tenant_id', 't.id')
      .where({ 'd.hostname': hostname, 'd.state': 'active' })
      .select('d.brand_id'),
  );
  return row && { tenant: toTenant(row), brandId: row.brand_id };
}

export async function listTenants(
  sql: Sql,
): Promise<Array<{ slug: string; name: string; state: string; plan: string; hosts: string[]; createdAt: Date }>> {
  const rows = await sql.all<{
    slug: string;
    name: string;
    state: string;
    plan: string;
    hosts: string[] | null;
    created_at: Date;
  }>(
    q('platform.tenants as t')
      .leftJoin('platform.domains as d', 'd.tenant_id', 't.id')
      .groupBy('t.id')
      .orderBy('t.slug')
      .select(
        't.slug',
        't.name',
        't.state',
        't.plan',
        't.created_at',
        q.raw(`array_agg(d.hostname order by d.hostname) filter (where d.hostname is not null) as hosts`),
      ),
  );
  return rows.map((row) => ({
    slug: row.slug,
    name: row.name,
    state: row.state,
    plan: row.plan,
    hosts: row.hosts ?? [],
    createdAt: row.created_at,
  }));
}

/** Tenants that live here, serving or suspended: for work that visits each of them. */
export function listTenantRefs(sql: Sql): Promise<Array<TenantRef & { slug: string }>> {
  return sql.all(
    q('platform.tenants')
      .whereIn('state', ['active', 'suspended'])
      .orderBy('slug')
      .select('id', 'slug', 'schema', 'cell'),
  );
}

export async function setTenantState(sql: Sql, slug: string, state: string): Promise<number> {
  return sql.run(
    q('platform.tenants')
      .where({ slug })
      .whereIn('state', ['active', 'suspended'])
      .update({ state, updated_at: q.fn.now() }),
  );
}

interface BrandRow {
  id: string;
  agency_id: string | null;
  name: string;
  theme: string;
  hostname: string;
  settings: Record<string, string>;
  legal: Record<string, string>;
  sender_name: string;
  sender_email: string;
  locales: string[];
  default_locale: string;
  currency: string;
  version: number;
}

export function toBrand(row: BrandRow, originOf: (hostname: string) => string): Brand {
  return {
    id: row.id,
    agencyId: row.agency_id,
    name: row.name,
    theme: row.theme,
    hostname: row.hostname,
    origin: originOf(row.hostname),
    settings: row.settings,
    legal: row.legal,
    senderName: row.sender_name,
    senderEmail: row.sender_email,
    locales: row.locales,
    defaultLocale: row.default_locale,
    currency: row.currency,
  };
}

export function findBrandRow(sql: TenantSql, id: string): Promise<BrandRow | undefined> {
  return sql.one<BrandRow>(q('brands').where({ id }));
}

export function listBrandRows(sql: TenantSql): Promise<BrandRow[]> {
  return sql.all<BrandRow>(q('brands').orderBy('name').limit(200));
}

export type { BrandRow };
