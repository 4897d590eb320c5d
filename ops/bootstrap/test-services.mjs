import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { listAbandonedFolders, locateDataFolder, openDataFolder, openTemporaryDataFolder } from './data-folder.mjs';
import { createPortBook } from './ports.mjs';
import { dropDatabase, ensureDatabase, startPostgres } from './postgres.mjs';
import { startRedis } from './redis.mjs';
import { silentReport } from './report.mjs';
import { loadSecrets } from './secrets.mjs';
import { stopRecorded } from './stack.mjs';

const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * A PostgreSQL and a Redis for one test run. Where DATABASE_URL or REDIS_URL is set, that server is used; the other is a
 * private one in a temporary folder. The run gets a database of its own, dropped by `stop()`.
 */
export async function startTestServices({ env = process.env, report = silentReport } = {}) {
  const services = [];
  // Read now: the caller may put our own URLs into the environment.
  const given = { databaseUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL };
  const needsFolder = !env.DATABASE_URL || !env.REDIS_URL;
  const dataFolder = needsFolder ? await openSweptFolder() : undefined;
  let databaseUrl;
  let stopped;

  const stop = () => (stopped ??= stopAll());

  async function stopAll() {
    if (databaseUrl && given.databaseUrl) await dropDatabase(databaseUrl);
    for (const service of services.toReversed()) await service.stop();
    if (dataFolder) fs.rmSync(dataFolder.path, { recursive: true, force: true, maxRetries: 3 });
  }

  try {
    const common = dataFolder && {
      projectDir,
      dataFolder,
      // Fetched programs are kept for the next run.
      programsFolder: openDataFolder(locateDataFolder(projectDir, env)).path,
      report,
      env,
      durable: false,
      secrets: loadSecrets(dataFolder),
      ports: createPortBook(dataFolder),
      register: (service) => services.push(service),
    };
    const serverUrl = given.databaseUrl ?? (await startPostgres(common)).url;
    const redisUrl = given.redisUrl ?? (await startRedis(common)).url;
    databaseUrl = await ensureDatabase(serverUrl, `portolan_test_${process.pid}`);
    return { databaseUrl, redisUrl, serverUrl, dataFolder, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Opens a temporary folder, having removed those (and the servers in them) that killed runs left behind. */
export async function openSweptFolder() {
  for (const folder of listAbandonedFolders()) {
    await stopRecorded(openDataFolder(folder));
    fs.rmSync(folder, { recursive: true, force: true });
  }
  return openTemporaryDataFolder();
}
