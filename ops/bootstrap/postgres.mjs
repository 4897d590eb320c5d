import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findPostgres } from './postgres-binaries.mjs';
import { identifyProcess, stopProcess } from './process-record.mjs';
import { asUser, makePrivateFolder, writePrivateFile } from './service-user.mjs';
import { SetupError } from './setup-error.mjs';
import { supervise } from './supervise.mjs';

// SIGINT is PostgreSQL's "fast" shutdown, SIGQUIT its "immediate" one (recovered at the next start).
const stop = { signal: 'SIGINT', graceMs: 3000, force: ['SIGQUIT', 'SIGKILL'] };

/**
 * Starts a private PostgreSQL in the data folder, on 127.0.0.1 only, with password login. `durable: false` gives up safety
 * against power loss for speed (tests). `register` gets the supervised process before it starts, to stop it whatever happens.
 * Resolves to the server's URL (no database in it) and a line about it.
 */
export async function startPostgres({
  projectDir,
  programsFolder,
  dataFolder,
  secrets,
  ports,
  report,
  register,
  durable = true,
  env = process.env,
}) {
  const cluster = path.join(dataFolder.path, 'postgres');
  assertAccountHasName();
  const programs = findPostgres({
    projectDir,
    programsFolder,
    dataFolder,
    clusterMajor: readClusterMajor(cluster),
    env,
  });
  if (!readClusterMajor(cluster))
    initialise({ cluster, programs, dataFolder, durable, password: secrets.POSTGRES_PASSWORD });
  await clearStaleLock(cluster);
  const port = await ports.pick('postgres');
  const url = `postgres://postgres:${secrets.POSTGRES_PASSWORD}@127.0.0.1:${port}`;
  const service = supervise({
    name: 'postgres',
    dataFolder,
    report,
    user: dataFolder.user,
    command: path.join(programs.bin, 'postgres'),
    args: ['-D', cluster, ...listSettings(port, durable)],
    env: { PATH: process.env.PATH, LC_ALL: 'C', HOME: cluster, TZ: 'UTC' },
    stop,
    readyTimeoutMs: 120_000,
    isReady: () => canQuery(`${url}/postgres`),
  });
  register(service);
  await service.start();
  return { url, port, description: `PostgreSQL ${programs.major} (${programs.origin}) on 127.0.0.1:${port}` };
}

/** Makes the database unless it is there; resolves to its URL. */
export async function ensureDatabase(serverUrl, name) {
  const maintenance = new URL(serverUrl);
  maintenance.pathname = '/postgres';
  const client = await connect(maintenance.href);
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database "${name}"`);
  } finally {
    await client.end();
  }
  maintenance.pathname = `/${name}`;
  return maintenance.href;
}

/** Drops the database a URL names, whoever is connected to it. */
export async function dropDatabase(databaseUrl) {
  const url = new URL(databaseUrl);
  const name = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = await connect(url.href);
  await client.query(`drop database if exists "${name}" with (force)`).finally(() => client.end());
}

/** Whether a database answers a query. */
export async function canQuery(url) {
  try {
    const client = await connect(url);
    await client.query('select 1').finally(() => client.end());
    return true;
  } catch {
    return false;
  }
}

async function connect(url) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3000 });
  client.on('error', () => {});
  await client.connect();
  return client;
}

function listSettings(port, durable) {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    // No socket file: its path would be limited to 107 characters.
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    max_locks_per_transaction: 256,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_min_messages: 'warning',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
}

function initialise({ cluster, programs, dataFolder, durable, password }) {
  // Made aside and renamed: a killed initdb must not leave half a cluster behind.
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  fs.rmSync(draft, { recursive: true, force: true });
  makePrivateFolder(draft, dataFolder.user);
  writePrivateFile(passwordFile, password, dataFolder.user);
  const args = [
    '-D',
    draft,
    '-U',
    'postgres',
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
  ];
  const made = spawnSync(path.join(programs.bin, 'initdb'), [...args, ...(durable ? [] : ['--no-sync'])], {
    ...asUser(dataFolder.user),
    cwd: '/',
    env: { PATH: process.env.PATH, LC_ALL: 'C', HOME: draft },
    encoding: 'utf8',
  });
  fs.rmSync(passwordFile, { force: true });
  if (made.status !== 0) {
    const reason = made.error?.message ?? made.stderr.trim().split('\n').join(' ');
    throw new SetupError(`PostgreSQL could not make its data folder ${cluster}: ${reason}`);
  }
  fs.renameSync(draft, cluster);
}

function readClusterMajor(cluster) {
  const file = path.join(cluster, 'PG_VERSION');
  return fs.existsSync(file) ? Number(fs.readFileSync(file, 'utf8')) : undefined;
}

/** After a kill: stops a server that still runs on this cluster, and drops a lock whose number belongs to somebody else now. */
async function clearStaleLock(cluster) {
  const lock = path.join(cluster, 'postmaster.pid');
  if (!fs.existsSync(lock)) return;
  const pid = Number(fs.readFileSync(lock, 'utf8').split('\n')[0]);
  if (identifyProcess(pid) !== undefined && isServerOf(pid, cluster)) await stopProcess(pid, stop);
  fs.rmSync(lock, { force: true });
}

function isServerOf(pid, cluster) {
  const listed = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  const command = fs.existsSync(`/proc/${pid}/cmdline`)
    ? fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    : (listed.stdout ?? '');
  return command.includes(cluster);
}

function assertAccountHasName() {
  try {
    os.userInfo();
  } catch {
    throw new SetupError(
      `PostgreSQL needs the running user (uid ${process.getuid?.()}) to have an entry in /etc/passwd. Run as a named user, or set DATABASE_URL.`,
    );
  }
}
