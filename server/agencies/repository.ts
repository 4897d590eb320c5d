import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import type { Agency } from './agency.ts';

export const selectAgencies = () =>
  q('agencies as a').select({
    id: 'a.id',
    parentId: 'a.parent_id',
    path: 'a.path',
    depth: 'a.depth',
    name: 'a.name',
    legalName: 'a.legal_name',
    taxId: 'a.tax_id',
    email: 'a.email',
    state: 'a.state',
    tier: 'a.tier',
    createdAt: 'a.created_at',
    updatedAt: 'a.updated_at',
    version: 'a.version',
    childCount: q.raw('(select count(*)::int from agencies c where c.parent_id = a.id)'),
  });

export const findAgency = (sql: TenantSql, id: string) => sql.one<Agency>(selectAgencies().where('a.id', id));

/** @throws NotFound */
export async function getAgency(sql: TenantSql, id: string): Promise<Agency> {
  const agency = await findAgency(sql, id);
  if (!agency) throw NotFound({ what: 'This agency' });
  return agency;
}

export async function insertAgency(
  sql: TenantSql,
  agency: Pick<
    Agency,
    'id' | 'parentId' | 'path' | 'depth' | 'name' | 'legalName' | 'taxId' | 'email' | 'tier' | 'state'
  >,
): Promise<void> {
  await sql.run(
    q('agencies').insert({
      id: agency.id,
      parent_id: agency.parentId,
      path: agency.path,
      depth: agency.depth,
      name: agency.name,
      legal_name: agency.legalName,
      tax_id: agency.taxId,
      email: agency.email,
      tier: agency.tier,
      state: agency.state,
    }),
  );
}

/** Writes a change to the version that was read. @throws VersionChanged when another change came first */
export async function updateAgency(
  sql: TenantSql,
  id: string,
  version: number,
  change: Record<string, unknown>,
): Promise<void> {
  const written = await sql.run(
    q('agencies')
      .where({ id, version })
      .update({ ...change, version: q.raw('version + 1'), updated_at: q.fn.now() }),
  );
  if (written === 0) throw VersionChanged();
}

/** Names by id; ids that are no agency's are left out. */
export async function findNames(sql: TenantSql, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await sql.all<{ id: string; name: string }>(
    q('agencies')
      .whereIn('id', [...new Set(ids)])
      .select('id', 'name'),
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export interface ChainAgency {
  id: string;
  name: string;
  tier: string;
}

/** The agency and all above it, the topmost first; the reseller itself is not among them. */
export const findChain = (sql: TenantSql, id: string) =>
  sql.all<ChainAgency>(
    q('agencies as s')
      .joinRaw(`join agencies as a on a.id = any(string_to_array(trim(both '/' from s.path), '/')::uuid[])`)
      .where('s.id', id)
      .orderBy('a.depth')
      .select('a.id', 'a.name', 'a.tier'),
  );

export interface SignInBrand {
  id: string;
  name: string;
  hostname: string;
  defaultLocale: string;
}

/** Where the agency's people may sign in: its own brand first, then the reseller's. */
export const findSignInBrands = (sql: TenantSql, agencyId: string) =>
  sql.all<SignInBrand>(
    q('brands')
      .where((any) => void any.whereNull('agency_id').orWhere('agency_id', agencyId))
      .orderByRaw('agency_id nulls last')
      .select({ id: 'id', name: 'name', hostname: 'hostname', defaultLocale: 'default_locale' }),
  );
