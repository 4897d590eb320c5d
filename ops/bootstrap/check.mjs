// npm run check: types, lint, format, boundaries, licences, secrets and the tests that need no store. Two steps at a time; all are reported.
// `--without-tests` leaves the tests to an `npm test` that follows.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCommand } from './run-command.mjs';

const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const portals = ['tenant-portal', 'admin-console'].filter((portal) =>
  existsSync(path.join(projectDir, portal, 'tsconfig.json')),
);
const bin = (name) => path.join('node_modules', name);

const steps = [
  { name: 'types of the server', args: [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'] },
  { name: 'eslint', args: [bin('eslint/bin/eslint.js'), '.', '--cache', '--cache-location', bin('.cache/eslint/')] },
  ...portals.map((portal) => ({
    name: `types of ${portal}`,
    args: [bin('vue-tsc/bin/vue-tsc.js'), '--noEmit', '-p', path.join(portal, 'tsconfig.json')],
  })),
  { name: 'oxlint', args: [bin('oxlint/bin/oxlint'), '--deny-warnings'] },
  { name: 'prettier', args: [bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  {
    name: 'boundaries',
    args: [
      bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      '--config',
      '.dependency-cruiser.cjs',
      ...existingSources(),
    ],
    // A parser that cannot read TypeScript finds nothing wrong because it finds nothing.
    verify: (output) =>
      Number(/(\d+) modules/.exec(output)?.[1]) >= countServerFiles() ||
      'dependency-cruiser read fewer files than there are: its version does not support this TypeScript.',
  },
  { name: 'licences', args: ['ops/supply-chain/licences.mjs'] },
  { name: 'secrets in the tree', args: ['ops/supply-chain/secret-scan.mjs'] },
  {
    name: 'fast tests',
    args: [bin('vitest/vitest.mjs'), 'run', ...['pure', ...portals].flatMap((project) => ['--project', project])],
    env: { PORTOLAN_TEST_SERVICES: 'none' },
  },
];

function countServerFiles() {
  const files = readdirSync(path.join(projectDir, 'server'), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => file.endsWith('.ts') && !/\.test\.ts$|(^|\/)testing(\.ts$|\/)/.test(file)).length;
}

function existingSources() {
  return ['server', 'db', 'tenant-portal', 'admin-console'].filter((folder) =>
    existsSync(path.join(projectDir, folder)),
  );
}

async function runStep({ name, args, env, verify }) {
  const began = Date.now();
  const done = await runCommand(process.execPath, args, { cwd: projectDir, env: { ...process.env, ...env } });
  const verdict = done.code === 0 && verify ? verify(done.output) : true;
  const passed = done.code === 0 && verdict === true;
  console.log(`${passed ? '✔' : '✖'} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  if (!passed) console.log(`${done.output.trim()}${verdict === true ? '' : `\n${verdict}`}\n`);
  return passed;
}

const { values: options } = parseArgs({ options: { 'without-tests': { type: 'boolean', default: false } } });
const waiting = steps.filter((step) => !(options['without-tests'] && step.name === 'fast tests'));
const results = [];
async function work() {
  for (let step = waiting.shift(); step; step = waiting.shift()) results.push(await runStep(step));
}
await Promise.all([work(), work()]);
const failed = results.filter((passed) => !passed).length;
console.log(failed === 0 ? 'All checks passed.' : `${failed} of ${results.length} checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;
