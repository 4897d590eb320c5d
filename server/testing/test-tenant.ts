import { randomBytes } from 'node:crypto';
import { createVault } from '../kernel/crypto/vault.ts';
import { createDatabase } from '../kernel/database/database.ts';
import { publicOrigin } from '../kernel/config.ts';
import { createRedis } from '../kernel/redis.ts';
import { provisionTenant, type TenantSeeder } from '../tenancy/index.ts';
import prepareDatabase from './prepare-database.ts';
import { testConfig } from './test-config.ts';

/**
 * A world for a test file: real PostgreSQL and Redis, and a way to make real tenants (own schema and role). Close it in `afterAll`.
 */
export async function createTestWorld(overrides: Record<string, string> = {}) {
  const config = testConfig(overrides);
  await prepareDatabase(config.DATABASE_URL);
  const database = createDatabase(config);
  const redis = createRedis(config.REDIS_URL, { name: 'test' });
  const vault = createVault(config.MASTER_KEY, config.MASTER_KEY_PREVIOUS);
  return {
    config,
    database,
    redis,
    vault,
    /** A fresh active reseller with its brand; slug and host are unique. */
    async createTenant(options: { seeders?: TenantSeeder[]; theme?: string; name?: string } = {}) {
      const unique = randomBytes(5).toString('hex');
      const slug = `t${unique}`;
      const { tenant, brand } = await provisionTenant(
        {
          config,
          database,
          vault,
          installedThemes: ['meridiano', 'marea'],
          originOf: (hostname) => publicOrigin(config, hostname),
          seeders: options.seeders ?? [],
        },
        {
          slug,
          name: options.name ?? `Reseller ${unique}`,
          host: `${slug}.localhost`,
          theme: options.theme ?? 'meridiano',
          adminEmail: `owner@${slug}.test`,
        },
      );
      return { tenant, brand, vault: vault.forTenant(tenant.id, tenant.wrappedDataKey), sql: database.tenant(tenant) };
    },
    async close() {
      await database.close();
      redis.disconnect();
    },
  };
}

export type TestWorld = Awaited<ReturnType<typeof createTestWorld>>;
