import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { SetupError } from './setup-error.mjs';

/**
 * The account that PostgreSQL and Redis run under. PostgreSQL refuses to run as root, so root hands both to `postgres` or
 * `nobody`; anybody else runs them as himself (undefined).
 */
export function chooseServiceUser() {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'nobody'].map((name) => accounts.find((fields) => fields[0] === name)).find(Boolean);
  if (!found) {
    throw new SetupError(
      'PostgreSQL cannot run as root and this machine has neither a "postgres" nor a "nobody" account. Create one (useradd --system postgres) or run as an ordinary user.',
    );
  }
  return { name: found[0], uid: Number(found[2]), gid: Number(found[3]) };
}

/** Whether the account can enter a folder (its parents may be closed to it). */
export function canEnter(user, folder) {
  if (!user) return true;
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}

/** Makes a folder only the account can read. */
export function makePrivateFolder(folder, user) {
  fs.mkdirSync(folder, { recursive: true });
  if (user) fs.chownSync(folder, user.uid, user.gid);
  fs.chmodSync(folder, 0o700);
}

/** Writes a file only the account can read. */
export function writePrivateFile(file, text, user) {
  fs.rmSync(file, { force: true });
  fs.writeFileSync(file, text, { mode: 0o600, flag: 'wx' });
  if (user) fs.chownSync(file, user.uid, user.gid);
}

/** Spawn options that run a command as the account. */
export function asUser(user) {
  return user ? { uid: user.uid, gid: user.gid } : {};
}
