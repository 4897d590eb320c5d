// What needs the registry: a list of what is shipped (CycloneDX), signatures of what is installed, known faults. A registry that does not
// answer, or keeps no signatures, skips a step; it never fails the run. A signature that does not fit does.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../bootstrap/run-command.mjs';

const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const BILL = path.join('dist', 'sbom.cdx.json');
const PATIENCE_MS = 60_000;
/** Told early that nobody answers, rather than by npm's own patience (5 minutes). */
const IMPATIENT = ['--fetch-retries=0', '--fetch-timeout=10000'];

const steps = [
  {
    // Made from the lockfile: needs no registry.
    name: 'bill of materials',
    args: ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'],
    judge: ({ code, output }) => {
      if (code !== 0) return failed('npm sbom', output);
      const { components } = JSON.parse(output);
      mkdirSync(path.join(projectDir, 'dist'), { recursive: true });
      writeFileSync(path.join(projectDir, BILL), output);
      return passed(`${components.length} components in ${BILL}`);
    },
  },
  {
    name: 'signatures',
    args: ['audit', 'signatures', ...IMPATIENT],
    judge: ({ code, output }) => {
      if (/invalid (registry signature|attestation)|someone might have tampered/i.test(output))
        return failed('a package is not what its publisher signed', output);
      return code === 0 ? passed(firstLine(output)) : skipped(firstLine(output));
    },
  },
  {
    name: 'known faults',
    args: ['audit', '--omit', 'dev', '--json', ...IMPATIENT],
    judge: ({ output }) => {
      const counts = readCounts(output);
      if (!counts) return skipped('the registry answers no such question');
      const { critical, high, total } = counts;
      const sentence = `${total} known, ${high} high, ${critical} critical`;
      // News about a package must not stop the change that happens to be next; whoever looks after dependencies acts on it.
      return critical + high > 0 ? { mark: '!', text: `${sentence}: see npm audit` } : passed(sentence);
    },
  },
];

const passed = (text) => ({ mark: '✔', text });
const skipped = (text) => ({ mark: '–', text: `skipped: ${text}` });
const failed = (text, output) => ({ mark: '✖', text: `${text}\n${output.trim()}` });
const firstLine = (output) => output.trim().split('\n').find(Boolean) ?? 'no answer';

function readCounts(output) {
  try {
    return JSON.parse(output).metadata?.vulnerabilities;
  } catch {
    return undefined;
  }
}

for (const { name, args, judge } of steps) {
  const outcome = await runCommand('npm', args, { cwd: projectDir, signal: AbortSignal.timeout(PATIENCE_MS) }).then(
    judge,
    (error) => skipped(`no answer in time (${error.name})`),
  );
  console.log(`${outcome.mark} ${name}: ${outcome.text}`);
  if (outcome.mark === '✖') process.exitCode = 1;
}
