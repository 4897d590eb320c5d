import { ensureDatabase } from '../kernel/database/owner.ts';
import { migratePlatform } from '../kernel/database/migrate.ts';

/** Makes sure the run's database exists and has the newest control plane. */
export default async function prepareDatabase(databaseUrl: string): Promise<void> {
  await ensureDatabase(databaseUrl);
  await migratePlatform({ DATABASE_URL: databaseUrl, MASTER_KEY: Buffer.alloc(32, 7).toString('base64') });
}
