import { q } from '../kernel/database/builder.ts';
import type { Sql } from '../kernel/database/sql.ts';

export interface Domain {
  hostname: string;
  tenantId: string;
  brandId: string;
  state: 'pending' | 'verified' | 'active' | 'failed';
  createdAt: Date;
}

const selectDomains = () =>
  q('platform.domains').select({
    hostname: 'hostname',
    tenantId: 'tenant_id',
    brandId: 'brand_id',
    state: 'state',
    createdAt: 'created_at',
  });

export const findDomain = (platform: Sql, hostname: string) =>
  platform.one<Domain>(selectDomains().where({ hostname }));

/** Hosts of these brands of a tenant; brand ids alone are not trusted to be the tenant's. */
export const findDomainsOf = (platform: Sql, tenantId: string, brandIds: readonly string[]) =>
  platform.all<Domain>(
    selectDomains().where({ tenant_id: tenantId }).whereIn('brand_id', brandIds).orderBy('hostname'),
  );

/** Claims a host for a brand; false when somebody else was first. */
export async function claimDomain(
  platform: Sql,
  domain: Pick<Domain, 'hostname' | 'tenantId' | 'brandId' | 'state'>,
): Promise<boolean> {
  const { hostname, tenantId, brandId, state } = domain;
  await platform.run(
    q('platform.domains')
      .insert({ hostname, tenant_id: tenantId, brand_id: brandId, state })
      .onConflict('hostname')
      .ignore(),
  );
  const holder = await findDomain(platform, hostname);
  return holder?.tenantId === tenantId && holder.brandId === brandId;
}
