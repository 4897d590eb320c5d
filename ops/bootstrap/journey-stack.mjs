import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createReport, silentReport } from './report.mjs';
import { createStack } from './stack.mjs';
import { openSweptFolder } from './test-services.mjs';

const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/**
 * Starts everything `npm run up` starts, for tests of the whole system: on free ports, with stores and secrets of its own
 * in a temporary folder that `stop()` removes. `kill(role)` ends one process the hard way; the supervisor heals it, and
 * `waitUntilReady(role)` waits for that.
 */
export async function startJourneyStack({ verbose = false, quiet = false } = {}) {
  const dataFolder = await openSweptFolder();
  const report = quiet ? silentReport : createReport({ verbose });
  const stack = createStack({ projectDir, dataFolder, report, isolated: true, anyHttpPort: true, durable: false });
  const stop = async () => {
    await stack.stop();
    fs.rmSync(dataFolder.path, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const environment = await stack.start();
    return {
      environment,
      dataFolder: dataFolder.path,
      urlOf: (host) => `http://${host}:${environment.PORT}`,
      inboxUrl: `http://127.0.0.1:${environment.SANDBOX_INBOX_PORT}`,
      kill: (role, signal) => stack.processes[role].kill(signal),
      waitUntilReady: (role) => stack.processes[role].waitUntilReady(),
      pidOf: (role) => stack.processes[role].pid,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
