import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { SetupError } from './setup-error.mjs';

const installHint = 'Install it (apt-get install redis-server / brew install redis), or set REDIS_URL.';

/**
 * Finds a Redis server: on the PATH, else unpacked from the distribution's own packages into `programsFolder` (Debian and
 * Ubuntu; needs no root and changes nothing outside it). `PORTOLAN_PREFER_PRIVATE_REDIS=1` leaves the PATH aside.
 */
export function findRedis({ programsFolder, report, env = process.env }) {
  const onPath =
    env.PORTOLAN_PREFER_PRIVATE_REDIS === '1' ? undefined : findOnPath(['redis-server', 'valkey-server'], env);
  if (onPath) return { command: onPath, origin: 'system', env: {} };
  const root = path.join(programsFolder, 'redis-programs');
  const before = describeUnpacked(root);
  if (runs(before)) return before;
  if (!findOnPath(['apt-get'], env) || !findOnPath(['dpkg'], env)) {
    throw new SetupError(`No redis-server was found on the PATH. ${installHint}`);
  }
  report.note('Redis is not installed: fetching the distribution’s package into the data folder …');
  unpackPackages(root);
  const unpacked = describeUnpacked(root);
  if (runs(unpacked)) return unpacked;
  throw new SetupError(`The redis-server unpacked in ${root} does not run on this machine. ${installHint}`);
}

/** The first of the programs that is on the PATH (with the usual folders added). */
export function findOnPath(names, env = process.env) {
  const folders = [
    ...(env.PATH ?? '').split(path.delimiter),
    '/usr/bin',
    '/usr/local/bin',
    '/usr/sbin',
    '/opt/homebrew/bin',
  ];
  return names
    .flatMap((name) => folders.filter(Boolean).map((folder) => path.join(folder, name)))
    .find((file) => {
      try {
        fs.accessSync(file, fs.constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

function describeUnpacked(root) {
  const libraries = [path.join(root, 'usr/lib'), path.join(root, 'lib')].flatMap((folder) => [
    folder,
    ...(fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.includes('-linux-')) : []).map((name) =>
      path.join(folder, name),
    ),
  ]);
  return {
    command: path.join(root, 'usr/bin/redis-server'),
    origin: 'unpacked',
    env: { LD_LIBRARY_PATH: libraries.join(':') },
  };
}

function runs({ command, env }) {
  return spawnSync(command, ['--version'], { env: { ...process.env, ...env } }).status === 0;
}

/** apt with folders of its own, so that it needs neither root nor the system's lock; it works out the missing libraries. */
function unpackPackages(root) {
  const apt = `${root}.${process.pid}.apt`;
  for (const inner of ['state/lists/partial', 'cache/archives/partial'])
    fs.mkdirSync(path.join(apt, inner), { recursive: true });
  const options = {
    'Dir::State': path.join(apt, 'state'),
    'Dir::State::status': '/var/lib/dpkg/status',
    'Dir::Cache': path.join(apt, 'cache'),
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': '',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
  };
  const flags = Object.entries(options).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  run('apt-get', [...flags, '-q', 'update']);
  const wanted = ['redis-server', 'redis-tools'];
  run('apt-get', [...flags, '-qy', '--no-install-recommends', '--download-only', '--reinstall', 'install', ...wanted]);
  const draft = `${root}.${process.pid}.new`;
  fs.rmSync(draft, { recursive: true, force: true });
  fs.mkdirSync(draft, { recursive: true, mode: 0o755 });
  const archives = path.join(apt, 'cache/archives');
  for (const name of fs.readdirSync(archives).filter((each) => each.endsWith('.deb'))) {
    run('dpkg', ['-x', path.join(archives, name), draft]);
  }
  fs.chmodSync(draft, 0o755);
  fs.rmSync(root, { recursive: true, force: true });
  fs.renameSync(draft, root);
  fs.rmSync(apt, { recursive: true, force: true });
}

function run(command, args) {
  const done = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (done.status === 0) return;
  const reason = done.error?.message ?? done.stderr.trim().split('\n').at(-1);
  throw new SetupError(`Redis could not be fetched (${command}: ${reason}). ${installHint}`);
}
