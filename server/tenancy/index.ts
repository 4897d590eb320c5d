export { changeRing } from './key-rings.ts';
export { createHostResolver, SITE_TTL_SECONDS, type HostResolver, type Site } from './resolve-host.ts';
export { provisionTenant, type ProvisionDeps, type ProvisionInput, type TenantSeeder } from './provision-tenant.ts';
export { migrateFleet, type FleetResult } from './migrate-fleet.ts';
export {
  UnknownHost,
  TenantSuspended,
  TenantStillServes,
  TenantUnknown,
  HostInvalid,
  HostTaken,
  ThemeUnknown,
} from './errors.ts';
export {
  findTenantById,
  findTenantBySlug,
  listBrandRows,
  listTenantRefs,
  listTenants,
  setTenantState,
  toBrand,
  type BrandRow,
} from './repository.ts';
export { isServing } from './tenant.ts';
