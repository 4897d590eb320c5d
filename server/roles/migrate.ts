import { sealFleet } from '../app/seal-fleet.ts';
import type { Config } from '../kernel/config.ts';
import { migrateFleet } from '../tenancy/index.ts';

/** `migrate`: control plane, then every tenant's schema, then what must be sealed in it; exits 1 when a tenant failed. */
export async function runMigrate(config: Config): Promise<void> {
  const result = await migrateFleet(config);
  console.log(
    `control plane: ${result.platform.length} migrations, tenants migrated: ${result.migrated.length}, failed: ${result.failed.length}`,
  );
  for (const failure of result.failed) console.error(`${failure.slug}: ${failure.error}`);
  const { sealed, failed } = await sealFleet(config);
  for (const { slug, rows } of sealed) console.log(`${slug}: ${rows} rows sealed`);
  for (const failure of failed) console.error(`${failure.slug}: ${failure.error}`);
  if (result.failed.length + failed.length > 0) process.exitCode = 1;
}
