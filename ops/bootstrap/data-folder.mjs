import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { SetupError } from './setup-error.mjs';
import { canEnter, chooseServiceUser } from './service-user.mjs';

/** Where a project keeps its local data: PORTOLAN_DATA_DIR, else `.data`, else (root in a closed folder) under /var/tmp. */
export function locateDataFolder(projectDir, env = process.env) {
  if (env.PORTOLAN_DATA_DIR) return path.resolve(env.PORTOLAN_DATA_DIR);
  const user = chooseServiceUser();
  if (canEnter(user, projectDir)) return path.join(projectDir, '.data');
  const name = createHash('sha256').update(fs.realpathSync(projectDir)).digest('hex').slice(0, 12);
  return path.join('/var/tmp', `portolan-${name}`);
}

/**
 * Opens (makes) a data folder. Secrets inside are 0600; the folder itself lets the service account pass through to its own
 * sub-folders when root started us, and nobody else in otherwise.
 */
export function openDataFolder(folder, user = chooseServiceUser()) {
  fs.mkdirSync(folder, { recursive: true });
  const { uid } = fs.lstatSync(folder);
  const self = process.getuid?.();
  if (self !== undefined && uid !== self) {
    throw new SetupError(
      `The data folder ${folder} belongs to another user (uid ${uid}). Run as that user, delete it, or set PORTOLAN_DATA_DIR to another folder.`,
    );
  }
  fs.chmodSync(folder, user ? 0o711 : 0o700);
  if (!canEnter(user, folder)) {
    throw new SetupError(
      `The account "${user.name}" cannot enter ${folder}. Set PORTOLAN_DATA_DIR to a folder whose parents it may enter.`,
    );
  }
  const logs = path.join(folder, 'logs');
  const run = path.join(folder, 'run');
  for (const inner of [logs, run]) fs.mkdirSync(inner, { recursive: true, mode: 0o700 });
  return { path: folder, logs, run, user };
}

const temporaryPrefix = 'portolan-test-';

/** A data folder that lives as long as this process; folders whose owner died are swept by `sweepAbandonedFolders`. */
export function openTemporaryDataFolder(user = chooseServiceUser()) {
  const name = `${temporaryPrefix}${process.pid}-${randomBytes(4).toString('hex')}`;
  const parent = canEnter(user, os.tmpdir()) ? os.tmpdir() : '/var/tmp';
  return openDataFolder(path.join(parent, name), user);
}

/** Temporary folders left behind by processes that were killed. */
export function listAbandonedFolders() {
  const self = process.getuid?.();
  return [os.tmpdir(), '/var/tmp'].flatMap((parent) => {
    if (!fs.existsSync(parent)) return [];
    return fs
      .readdirSync(parent)
      .filter((name) => name.startsWith(temporaryPrefix) && !isAlive(Number(name.split('-')[2])))
      .map((name) => path.join(parent, name))
      .filter((folder) => self === undefined || fs.lstatSync(folder).uid === self);
  });
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
