import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startTestServices } from '../../ops/bootstrap/test-services.mjs';

// The server's own preparation of a test database (migrations), when it has one.
const preparation = resolve('server/testing/prepare-database.ts');

/**
 * Gives a test run a fresh database and a Redis: those of DATABASE_URL and REDIS_URL when set, else private ones. Exports
 * both URLs to the test processes and removes everything afterwards.
 */
export default async function setUp(): Promise<() => Promise<void>> {
  // Pure tests promise to need neither; `npm run check` holds them to it.
  if (process.env.PORTOLAN_TEST_SERVICES === 'none') return async () => {};
  const services = await startTestServices();
  process.env.DATABASE_URL = services.databaseUrl;
  process.env.REDIS_URL = services.redisUrl;
  try {
    if (existsSync(preparation)) {
      const prepare = (await import(pathToFileURL(preparation).href)) as {
        default: (databaseUrl: string, redisUrl: string) => Promise<void>;
      };
      await prepare.default(services.databaseUrl, services.redisUrl);
    }
  } catch (error) {
    await services.stop();
    throw error;
  }
  return services.stop;
}
