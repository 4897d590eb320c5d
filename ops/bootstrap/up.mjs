import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { locateDataFolder, openDataFolder } from './data-folder.mjs';
import { demoAccounts, demoHosts } from './demo.mjs';
import { createReport } from './report.mjs';
import { printFailure, SetupError } from './setup-error.mjs';
import { createStack } from './stack.mjs';

const usage = `npm run up -- [--dev] [--verbose]
  --dev      run the server from its TypeScript sources and restart it on changes
  --verbose  stream the logs of all processes
Environment: PORT, ADMIN_PORT, DATABASE_URL, REDIS_URL, PORTOLAN_DATA_DIR and everything in .env.example.`;

const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

async function main() {
  const options = readOptions();
  const report = createReport({ verbose: options.verbose });
  const dataFolder = openDataFolder(locateDataFolder(projectDir));
  const stack = createStack({ projectDir, dataFolder, report, dev: options.dev });
  const stopping = stopOnSignals(stack, report);
  const began = Date.now();
  try {
    const environment = await stack.start();
    printWelcome(environment, dataFolder, (Date.now() - began) / 1000);
  } catch (error) {
    if (!stopping.begun) {
      printFailure(error);
      process.exitCode = 1;
    }
    await stack.stop();
  }
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { dev: { type: 'boolean' }, verbose: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      console.log(usage);
      process.exit(0);
    }
    return { dev: values.dev ?? false, verbose: values.verbose ?? false };
  } catch (error) {
    console.error(`✖ ${error.message}\n${usage}`);
    process.exit(2);
  }
}

/** A first signal stops everything in order; further ones only say that it is under way. */
function stopOnSignals(stack, report) {
  const state = { begun: 0 };
  // The terminal may be gone by then.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // npm passes on what the terminal has already sent to all: only a later one is the person's.
      if (state.begun) return Date.now() - state.begun > 1000 ? report.note('still stopping …') : undefined;
      state.begun = Date.now();
      report.step('Stopping (a few seconds) …');
      void stack.stop().then(
        () => {
          report.step('Stopped. The data stay; npm run up brings them back.');
          process.exit();
        },
        (error) => {
          printFailure(error);
          process.exit(1);
        },
      );
    });
  }
  return state;
}

function printWelcome(environment, dataFolder, seconds) {
  const url = (host) => `http://${host}:${environment.PORT}`;
  const lines = [
    '',
    `Portolan is up (${seconds.toFixed(0)} s)`,
    '',
    ...demoHosts.map(({ host, about }) => `  ${url(host).padEnd(34)} ${about}`),
    `  ${`http://127.0.0.1:${environment.SANDBOX_INBOX_PORT}`.padEnd(34)} the inbox: every e-mail the platform sends here`,
    ...(environment.SANDBOX_IDP_PORT
      ? [`  ${environment.DEMO_IDP_ISSUER.padEnd(34)} the sandbox of a company’s sign-in, connected to Aurora`]
      : []),
    `  ${`http://127.0.0.1:${environment.ADMIN_PORT}/metrics`.padEnd(34)} metrics; /healthz and /readyz beside it`,
    '',
    `  Consoles are under /console. Accounts, all with the password ${environment.DEMO_PASSWORD}:`,
    ...demoAccounts.map((account) => `    ${account}`),
    ...(environment.SANDBOX_IDP_PORT
      ? [
          '  Without a password: “Continue with Contoso (sandbox)” at Aurora, as Olivia (administrator) or Marco (travel desk).',
        ]
      : []),
    '',
    `  Data folder: ${dataFolder.path} (logs in logs/)`,
    '  Command line: npx portolan --help. Ctrl-C stops everything.',
    '',
  ];
  console.log(lines.join('\n'));
}

await main().catch((error) => {
  printFailure(error instanceof Error ? error : new SetupError(String(error)));
  process.exitCode = 1;
});
