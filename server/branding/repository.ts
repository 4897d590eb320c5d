import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import type { BrandLegalInput } from './schema.ts';

export interface BrandRecord {
  id: string;
  /** Null: the reseller's own. */
  agencyId: string | null;
  agencyName: string | null;
  agencyPath: string;
  name: string;
  theme: string;
  hostname: string;
  settings: Record<string, string>;
  legal: Record<string, string>;
  senderName: string;
  senderEmail: string;
  locales: string[];
  defaultLocale: string;
  currency: string;
  createdAt: Date;
  updatedAt: Date;
  version: number;
}

export const selectBrands = () =>
  q('brands as b')
    .leftJoin('agencies as a', 'a.id', 'b.agency_id')
    .select({
      id: 'b.id',
      agencyId: 'b.agency_id',
      agencyName: 'a.name',
      agencyPath: q.raw(`coalesce(a.path, '/')`),
      name: 'b.name',
      theme: 'b.theme',
      hostname: 'b.hostname',
      settings: 'b.settings',
      legal: 'b.legal',
      senderName: 'b.sender_name',
      senderEmail: 'b.sender_email',
      locales: 'b.locales',
      defaultLocale: 'b.default_locale',
      currency: 'b.currency',
      createdAt: 'b.created_at',
      updatedAt: 'b.updated_at',
      version: 'b.version',
    });

/** Fields an ability's rules name, in SQL; the reseller's brand has no path, so no agency's rule matches it. */
export const BRAND_COLUMNS = { agencyPath: 'a.path', agencyId: 'b.agency_id' };

export const findBrand = (sql: TenantSql, id: string) => sql.one<BrandRecord>(selectBrands().where('b.id', id));
/** @throws NotFound */
export async function getBrand(sql: TenantSql, id: string): Promise<BrandRecord> {
  const brand = await findBrand(sql, id);
  if (!brand) throw NotFound({ what: 'This brand' });
  return brand;
}
export const findBrandOfAgency = (sql: TenantSql, agencyId: string) =>
  sql.one<BrandRecord>(selectBrands().where('b.agency_id', agencyId));

export interface AgencyForBrand {
  id: string;
  name: string;
  path: string;
  state: string;
}
export const findAgency = (sql: TenantSql, id: string) =>
  sql.one<AgencyForBrand>(q('agencies').where({ id }).select('id', 'name', 'path', 'state'));

export interface BrandFields {
  name: string;
  theme: string;
  settings: Record<string, string>;
  legal: BrandLegalInput;
  senderName: string;
  defaultLocale: string;
}

const toColumns = (fields: Partial<BrandFields>) => ({
  name: fields.name,
  theme: fields.theme,
  settings: fields.settings && json(fields.settings),
  legal: fields.legal && json(fields.legal),
  sender_name: fields.senderName,
  default_locale: fields.defaultLocale,
});

const present = (columns: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));

export interface NewBrand extends BrandFields {
  id: string;
  agencyId: string;
  hostname: string;
  senderEmail: string;
  currency: string;
}

const newColumns = (brand: NewBrand) => ({
  ...present(toColumns(brand)),
  hostname: brand.hostname,
  sender_email: brand.senderEmail,
  currency: brand.currency,
});

/** False when the agency has a brand, or the host is another brand's. */
export async function insertBrand(sql: TenantSql, brand: NewBrand): Promise<boolean> {
  return (
    (await sql.run(
      q('brands')
        .insert({ id: brand.id, agency_id: brand.agencyId, ...newColumns(brand) })
        .onConflict()
        .ignore(),
    )) === 1
  );
}

/** Writes a brand anew that never had a host. */
export async function rewriteBrand(sql: TenantSql, brand: NewBrand): Promise<void> {
  await sql.run(
    q('brands')
      .where({ id: brand.id })
      .update({ ...newColumns(brand), version: q.raw('version + 1'), updated_at: q.fn.now() }),
  );
}

/** @throws VersionChanged when another change came first */
export async function updateBrand(
  sql: TenantSql,
  { id, version }: { id: string; version: number },
  fields: Partial<BrandFields>,
): Promise<void> {
  const written = await sql.run(
    q('brands')
      .where({ id, version })
      .update({ ...present(toColumns(fields)), version: q.raw('version + 1'), updated_at: q.fn.now() }),
  );
  if (written === 0) throw VersionChanged();
}
