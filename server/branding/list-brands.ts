import { abilityFor, narrow } from '../access/index.ts';
import type { Database } from '../kernel/database/database.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { findDomainsOf, type Domain } from './domains.ts';
import { BRAND_COLUMNS, selectBrands, type BrandRecord } from './repository.ts';
import type { BrandQuery, DomainQuery } from './schema.ts';

type Scope = Pick<RequestContext, 'sql' | 'tenant' | 'actor'>;

/** One page of the brands the actor may see, in the order they were made. */
export async function listBrands({ sql, actor }: Scope, filter: BrandQuery) {
  const after = decodeCursor(filter.cursor, UUID_CURSOR);
  const query = narrow(selectBrands(), abilityFor(actor), 'read', 'Brand', BRAND_COLUMNS)
    .orderBy('b.id')
    .limit(filter.limit + 1);
  if (after) query.where('b.id', '>', after);
  if (filter.agencyId) query.where('b.agency_id', filter.agencyId);
  return toPage(await sql.all<BrandRecord>(query), filter.limit, (brand) => brand.id);
}

/** One page of the hosts of those brands, in the order the brands were made (a brand has one host). */
export async function listDomains(database: Database, scope: Scope, filter: DomainQuery) {
  const { rows: brands, next } = await listBrands(scope, { ...filter, agencyId: undefined });
  const domains = await findDomainsOf(
    database.platform,
    scope.tenant.id,
    brands.map(({ id }) => id),
  );
  const names = new Map(brands.map(({ id, name }) => [id, name]));
  return { rows: domains.map((domain) => ({ ...domain, brandName: names.get(domain.brandId) ?? '' })), next };
}

/** State of each brand's host; a brand whose host was never claimed serves nothing, hence `pending`. */
export async function hostStates(
  database: Database,
  { tenant }: Scope,
  brands: readonly BrandRecord[],
): Promise<(brand: BrandRecord) => Domain['state']> {
  if (brands.length === 0) return () => 'pending';
  const domains = await findDomainsOf(
    database.platform,
    tenant.id,
    brands.map(({ id }) => id),
  );
  const states = new Map(domains.map(({ hostname, state }) => [hostname, state]));
  return (brand) => states.get(brand.hostname) ?? 'pending';
}
