// npm test: unit and API tests against a private PostgreSQL and Redis, then the browser journeys against a whole Portolan.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.mjs';
import { provideChromium } from './chromium.mjs';
import { createReport } from './report.mjs';
import { runCommand } from './run-command.mjs';
import { printFailure, SetupError } from './setup-error.mjs';
import { startTestServices } from './test-services.mjs';

const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const journeysConfig = 'tests/journeys/vitest.config.ts';
const report = createReport();
const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => abort.abort(new SetupError('The tests were stopped.')));
}

async function main() {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  if (values.only && !['unit', 'journeys'].includes(values.only)) {
    throw new SetupError(`--only ${values.only}: say "unit" or "journeys".`);
  }
  const withJourneys = values.only !== 'unit' && fs.existsSync(path.join(projectDir, journeysConfig));
  if (values.only === 'journeys' && !withJourneys) throw new SetupError(`${journeysConfig} does not exist.`);
  const chromium = withJourneys ? await provideChromium({ report, signal: abort.signal }) : undefined;
  if (chromium) report.step(`Chromium: ${chromium}`);
  report.step('Build: checking the sources');
  await build({ projectDir, report, signal: abort.signal });
  const totals = { passed: 0, failed: 0, skipped: 0 };
  if (values.only !== 'journeys') add(totals, await runUnitTests());
  if (withJourneys) add(totals, await runJourneys(chromium));
  else if (values.only !== 'unit') report.note(`journeys: no ${journeysConfig}, left out`);
  if (totals.skipped > 0) console.log(`${totals.skipped} skipped`);
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = totals.failed === 0 && totals.passed > 0 ? 0 : 1;
}

async function runUnitTests() {
  report.step('Unit and API tests: starting PostgreSQL and Redis');
  const services = await startTestServices({ env: withoutStores(process.env), report });
  try {
    return await runVitest('unit and API tests', [], {
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
    });
  } finally {
    await services.stop();
  }
}

async function runJourneys(chromium) {
  report.step('Journeys: starting a whole Portolan and the browser');
  return runVitest('journeys', ['--config', journeysConfig], { CHROMIUM_PATH: chromium });
}

/** Runs vitest with its output shown; counts from its JSON report. A file that could not run counts as one failure. */
async function runVitest(name, args, env) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portolan-report-'));
  const file = path.join(folder, 'report.json');
  try {
    const vitest = [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ];
    const done = await runCommand(process.execPath, [...vitest, ...args], {
      cwd: projectDir,
      stream: true,
      signal: abort.signal,
      env: { ...withoutStores(process.env), ...env },
    });
    const counts = fs.existsSync(file)
      ? count(JSON.parse(fs.readFileSync(file, 'utf8')))
      : { passed: 0, failed: 0, skipped: 0 };
    // Something outside the tests went wrong: a global set-up, an unhandled rejection.
    if (done.code !== 0 && counts.failed === 0) counts.failed = 1;
    report.step(`${name}: ${counts.passed} passed, ${counts.failed} failed`);
    return counts;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function count(results) {
  const brokenFiles = results.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + brokenFiles.length,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}

function add(totals, counts) {
  for (const key of Object.keys(totals)) totals[key] += counts[key];
}

/** The tests bring their own stores; the developer's must not be touched. */
function withoutStores(env) {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = env;
  return rest;
}

await main().catch((error) => {
  printFailure(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
