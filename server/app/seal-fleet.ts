import type { Config } from '../kernel/config.ts';
import { createDatabase } from '../kernel/database/database.ts';
import { DESTROYED } from '../kernel/crypto/vault.ts';
import { findTenantBySlug, listTenants } from '../tenancy/index.ts';
import { sealWhatIsLeft } from './rotate-data-key.ts';

export interface FleetSealed {
  sealed: Array<{ slug: string; rows: number }>;
  failed: Array<{ slug: string; error: string }>;
}

/**
 * Seals, tenant by tenant, what older versions stored in clear: the part of a migration that SQL cannot do. Part of every `migrate`; nothing
 * is left to do once it ran. One tenant's failure does not stop the others.
 */
export async function sealFleet(config: Config): Promise<FleetSealed> {
  const database = createDatabase(config);
  const result: FleetSealed = { sealed: [], failed: [] };
  try {
    for (const { slug, state } of await listTenants(database.platform)) {
      const tenant = await findTenantBySlug(database.platform, slug);
      if (!tenant || state === 'provisioning' || state === 'deleted' || tenant.wrappedDataKey === DESTROYED) continue;
      try {
        const { sealed, broken } = await sealWhatIsLeft({ infra: { database } }, tenant);
        if (sealed > 0) result.sealed.push({ slug, rows: sealed });
        if (broken.length > 0)
          result.failed.push({ slug, error: `${broken.length} values open with no key: ${broken[0]}` });
      } catch (error) {
        result.failed.push({ slug, error: (error as Error).message });
      }
    }
    return result;
  } finally {
    await database.close();
  }
}
