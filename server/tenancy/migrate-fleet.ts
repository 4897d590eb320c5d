import type { Config } from '../kernel/config.ts';
import { migratePlatform, migrateTenantSchema } from '../kernel/database/migrate.ts';
import { withOwner } from '../kernel/database/owner.ts';

export interface FleetResult {
  platform: string[];
  migrated: Array<{ slug: string; versions: string[] }>;
  failed: Array<{ slug: string; error: string }>;
}

/**
 * Brings the control plane and every tenant's schema to the newest version. One tenant's failure does not stop the others; running it
 * again goes on where it stopped.
 */
export async function migrateFleet(
  config: Config,
  onTenant?: (done: number, total: number) => void,
): Promise<FleetResult> {
  const platform = await migratePlatform(config);
  return withOwner(config.DATABASE_URL, async (owner) => {
    const result: FleetResult = { platform, migrated: [], failed: [] };
    const tenants = await owner.query<{ id: string; slug: string; schema: string }>(
      `select t.id, t.slug, t.schema from platform.tenants t
       join platform.provisioning_steps s on s.tenant_id = t.id and s.step = 'schema' where t.state <> 'deleted' order by t.created_at`,
    );
    for (const [index, tenant] of tenants.entries()) {
      try {
        const versions = await owner.transaction(() => migrateTenantSchema(owner, tenant));
        if (versions.length > 0) result.migrated.push({ slug: tenant.slug, versions });
      } catch (error) {
        result.failed.push({ slug: tenant.slug, error: (error as Error).message });
      }
      onTenant?.(index + 1, tenants.length);
    }
    return result;
  });
}
