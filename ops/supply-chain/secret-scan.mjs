// Looks for secrets in every tracked file. Where there is no git (an unpacked release), there is no tree to scan: says so, and passes.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from '../bootstrap/run-command.mjs';
import { secretsIn } from './secret-patterns.mjs';

const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const MAX_BYTES = 2_000_000;

const listed = await runCommand('git', ['ls-files', '-z'], { cwd: projectDir }).catch(() => ({ code: 1, output: '' }));
if (listed.code !== 0) {
  console.log('No git here: nothing scanned for secrets.');
} else {
  const files = listed.output.split('\0').filter(Boolean);
  const found = files.flatMap((file) =>
    secretsIn(textOf(path.join(projectDir, file))).map(({ name, line }) => `${file}:${line}: ${name}`),
  );
  for (const line of found) console.log(`✖ ${line}`);
  console.log(
    found.length === 0
      ? `${files.length} files, no secret among them.`
      : 'Take it out and change it where it is used: what was committed is known. If it only looks like one, mark the line not-a-secret.',
  );
  process.exitCode = found.length === 0 ? 0 : 1;
}

/** '' for what is deleted, binary or too large to have been written by hand. */
function textOf(file) {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > MAX_BYTES) return '';
  const text = readFileSync(file, 'utf8');
  return text.includes('\0') ? '' : text;
}
