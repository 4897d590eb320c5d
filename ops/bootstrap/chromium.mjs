import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findOnPath } from './redis-binaries.mjs';
import { runCommand } from './run-command.mjs';
import { SetupError } from './setup-error.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macApplication = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/**
 * The browser of the journeys: CHROMIUM_PATH, else one on the PATH, else Debian's package, installed when we are root or
 * sudo asks for no password.
 */
export async function provideChromium({ report, env = process.env, signal }) {
  if (env.CHROMIUM_PATH) {
    if (existsSync(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH;
    throw new SetupError(`CHROMIUM_PATH=${env.CHROMIUM_PATH} does not exist.`);
  }
  const found = findOnPath(names, env) ?? [macApplication].find(existsSync);
  if (found) return found;
  const privilege = choosePrivilege(env);
  if (!privilege) {
    throw new SetupError(
      'The browser tests need Chromium, which is not installed. Install it (sudo apt-get install chromium), or set CHROMIUM_PATH, then run npm test again.',
    );
  }
  report.step('Chromium: installing the distribution’s package (a minute or two) …');
  for (const args of [
    ['-q', 'update'],
    ['-qy', '--no-install-recommends', 'install', 'chromium'],
  ]) {
    const [command, ...rest] = [...privilege, 'apt-get', ...args];
    const done = await runCommand(command, rest, { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' }, signal });
    if (done.code === 0) continue;
    throw new SetupError(
      `Chromium could not be installed (${done.output.trim().split('\n').at(-1)}). Install it, or set CHROMIUM_PATH.`,
    );
  }
  return findOnPath(names, env);
}

function choosePrivilege(env) {
  if (!findOnPath(['apt-get'], env)) return undefined;
  if (process.getuid?.() === 0) return [];
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? ['sudo', '-n'] : undefined;
}
