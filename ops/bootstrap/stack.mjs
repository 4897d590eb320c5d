import fs from 'node:fs';
import path from 'node:path';
import { build } from './build.mjs';
import { locateDataFolder, openDataFolder } from './data-folder.mjs';
import { readEnvironmentFile, writeEnvironmentFile } from './environment-file.mjs';
import { openLog } from './log-file.mjs';
import { createPortBook, isPortAnswering } from './ports.mjs';
import { canQuery, ensureDatabase, startPostgres } from './postgres.mjs';
import {
  findRecordedProcess,
  forgetProcess,
  listRecordedProcesses,
  recordProcess,
  stopProcess,
} from './process-record.mjs';
import { startRedis } from './redis.mjs';
import { runCommand } from './run-command.mjs';
import { loadSecrets } from './secrets.mjs';
import { chooseAdminPort, chooseHttpPort, composeEnvironment, environmentOfRole, settingNames } from './settings.mjs';
import { SetupError } from './setup-error.mjs';
import { supervise } from './supervise.mjs';

const supervisorName = 'supervisor';

/**
 * Everything Portolan needs on one machine: PostgreSQL, Redis, the build, migrated and seeded data, and one supervised
 * process a role. `npm run up` and the browser journeys run the same.
 *
 * For tests: `isolated` reads neither .env nor the settings of the environment (a real database or Stripe must not be met by
 * mistake), `anyHttpPort` takes a free port instead of PORT or 8080, `durable: false` is for data that nobody will miss.
 * `start()` resolves when every process is ready; `stop()` may be called at any moment, more than once.
 */
export function createStack({
  projectDir,
  dataFolder,
  report,
  env = process.env,
  anyHttpPort = false,
  isolated = false,
  dev = false,
  durable = true,
}) {
  const fromFile = isolated ? {} : readEnvironmentFile(path.join(projectDir, '.env'));
  const settings = isolated ? withoutOwnSettings(env) : { ...fromFile, ...withoutEmpty(env) };
  const abort = new AbortController();
  const services = [];
  const processes = {};
  let environment;
  let stopped;
  let owned = false;

  async function start() {
    await takeOver(dataFolder, report);
    owned = true;
    const ports = createPortBook(dataFolder);
    const port = anyHttpPort ? await ports.pick('http') : await chooseHttpPort(settings);
    const secrets = loadSecrets(dataFolder);
    const adminPort = await chooseAdminPort(settings, ports);
    const programsFolder = openDataFolder(locateDataFolder(projectDir, env)).path;
    const common = { projectDir, dataFolder, secrets, ports, report, register, durable, programsFolder, env: settings };
    const databaseUrl = settings.DATABASE_URL ?? (await provideDatabase(common));
    if (settings.DATABASE_URL) await useGivenDatabase(databaseUrl, report);
    const redisUrl = settings.REDIS_URL ?? (await provideRedis(common));
    const composed = await composeEnvironment({ ...common, httpPort: port, adminPort, databaseUrl, redisUrl });
    environment = { ...passThrough(settings, fromFile), ...composed };
    writeEnvironmentFile(
      path.join(dataFolder.path, 'env'),
      environment,
      'Written by npm run up, read by npx portolan.',
    );
    if (!dev) await buildIfChanged();
    await startRole('sandbox');
    await runToEnd('migrate', 'Database: migrating');
    await runToEnd('seed', 'Demo data: seeding');
    report.step('Processes: starting api, worker and scheduler');
    await Promise.all(['api', 'worker', 'scheduler'].map(startRole));
    return environment;
  }

  function register(service) {
    abort.signal.throwIfAborted();
    services.push(service);
  }

  async function provideDatabase(common) {
    const postgres = await startPostgres(common);
    report.step(postgres.description);
    return ensureDatabase(postgres.url, 'portolan');
  }

  async function provideRedis(common) {
    const redis = await startRedis(common);
    report.step(redis.description);
    return redis.url;
  }

  async function buildIfChanged() {
    report.step('Build: checking the sources');
    await build({ projectDir, report, signal: abort.signal });
  }

  function programFor(role) {
    const main = dev ? ['--import', 'tsx', 'server/main.ts'] : ['dist/server/main.js'];
    return [...main, role];
  }

  async function runToEnd(task, label) {
    abort.signal.throwIfAborted();
    report.step(label);
    const done = await runCommand(process.execPath, programFor(task), {
      cwd: projectDir,
      env: environmentOfRole(environment, 'api'),
      stream: report.verbose,
      signal: abort.signal,
    });
    const log = openLog(dataFolder, task);
    fs.writeSync(log.descriptor, done.output);
    fs.closeSync(log.descriptor);
    if (done.code === 0) return;
    const tail = done.output
      .trimEnd()
      .split('\n')
      .slice(-15)
      .map((line) => `    ${line}`)
      .join('\n');
    throw new SetupError(`"${task}" failed with code ${done.code}. The end of ${log.file}:\n${tail}`);
  }

  async function startRole(role) {
    abort.signal.throwIfAborted();
    const roleEnvironment = environmentOfRole(environment, role);
    const watch = dev ? ['--watch', '--watch-preserve-output'] : [];
    const service = supervise({
      name: role,
      dataFolder,
      report,
      command: process.execPath,
      args: [...watch, ...programFor(role)],
      cwd: projectDir,
      env: roleEnvironment,
      stop: { graceMs: 4000 },
      isReady: () => isRoleReady(role, roleEnvironment),
    });
    processes[role] = service;
    await service.start();
  }

  async function stop() {
    stopped ??= (async () => {
      abort.abort(new SetupError('Stopped while starting.'));
      await Promise.all(Object.values(processes).map((each) => each.stop()));
      for (const service of services.toReversed()) await service.stop();
      if (owned) forgetProcess(dataFolder, supervisorName);
    })();
    return stopped;
  }

  return { start, stop, processes };
}

/** Makes this process the data folder's only supervisor: refuses beside a living one, cleans up after a killed one. */
async function takeOver(dataFolder, report) {
  const other = findRecordedProcess(dataFolder, supervisorName);
  if (other && other.pid !== process.pid) {
    throw new SetupError(
      `Portolan already runs on ${dataFolder.path} (pid ${other.pid}). Use that one, or stop it first: kill ${other.pid}`,
    );
  }
  const orphans = await stopRecorded(dataFolder);
  if (orphans > 0)
    report.note(`stopped ${orphans} process${orphans === 1 ? '' : 'es'} left over from a run that was killed`);
  recordProcess(dataFolder, supervisorName, process.pid);
}

/** Stops every recorded process but this one: roles first, then Redis, then PostgreSQL. Resolves to their number. */
export async function stopRecorded(dataFolder) {
  const found = listRecordedProcesses(dataFolder).filter((each) => each.pid !== process.pid);
  const stores = ['redis', 'postgres'];
  await Promise.all(found.filter((each) => !stores.includes(each.name)).map((each) => stopProcess(each.pid)));
  for (const name of stores) {
    const store = found.find((each) => each.name === name);
    const how =
      name === 'postgres' ? { signal: 'SIGINT', graceMs: 3000, force: ['SIGQUIT', 'SIGKILL'] } : { graceMs: 2000 };
    if (store) await stopProcess(store.pid, how);
  }
  for (const each of found) forgetProcess(dataFolder, each.name);
  return found.length;
}

async function useGivenDatabase(databaseUrl, report) {
  if (!(await canQuery(databaseUrl))) {
    const { host, pathname } = new URL(databaseUrl);
    throw new SetupError(
      `DATABASE_URL (${host}${pathname}) does not answer. Start that server, or unset DATABASE_URL to use a private one.`,
    );
  }
  report.step('PostgreSQL: the one named by DATABASE_URL');
}

async function isRoleReady(role, environment) {
  if (role === 'sandbox') {
    const ports = ['DUFFEL', 'STRIPE', 'SMTP', 'INBOX', 'IDP']
      .map((name) => Number(environment[`SANDBOX_${name}_PORT`]))
      .filter((port) => port > 0);
    return (await Promise.all(ports.map(isPortAnswering))).every(Boolean);
  }
  try {
    const answer = await fetch(`http://127.0.0.1:${environment.ADMIN_PORT}/readyz`, {
      signal: AbortSignal.timeout(2000),
    });
    await answer.body?.cancel();
    return answer.ok && (role !== 'api' || (await isPortAnswering(Number(environment.PORT))));
  } catch {
    return false;
  }
}

function withoutEmpty(env) {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

function withoutOwnSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([key]) => !settingNames.includes(key)));
}

/** What only .env sets and no default of ours covers, such as a setting of a library. */
function passThrough(settings, fromFile) {
  return Object.fromEntries(Object.keys(fromFile).map((key) => [key, settings[key]]));
}
