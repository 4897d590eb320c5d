import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { paths } from '../app/paths.ts';
import { printReferences, REFERENCE_FOLDER } from './references.ts';

/** Writes the reference documents (or the one named), formatted like the rest of the repository. */
export async function writeReferences(only?: string): Promise<void> {
  const documents = Object.entries(await printReferences()).filter(([name]) => !only || name === only);
  mkdirSync(REFERENCE_FOLDER, { recursive: true });
  const files = documents.map(([name]) => path.join(REFERENCE_FOLDER, name));
  for (const [name, text] of documents) writeFileSync(path.join(REFERENCE_FOLDER, name), text);
  format(files);
  for (const file of files) console.log(path.relative(paths.root, file));
}

/** A program of its own, not an import: the formatter is absent in production. */
function format(files: readonly string[]): void {
  const prettier = path.join(paths.root, 'node_modules/prettier/bin/prettier.cjs');
  if (!existsSync(prettier)) return;
  const done = spawnSync(process.execPath, [prettier, '--write', '--log-level', 'warn', ...files], {
    stdio: 'inherit',
  });
  if (done.status !== 0) throw new Error('Prettier could not format the reference documents');
}
