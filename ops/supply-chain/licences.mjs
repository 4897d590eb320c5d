// Licences of what is shipped (production dependencies), held to a list of those whose duties we meet. Reads the lockfile and node_modules.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const projectDir = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

export const ALLOWED = new Set(
  '0BSD Apache-2.0 BlueOak-1.0.0 BSD-2-Clause BSD-3-Clause CC0-1.0 ISC MIT MIT-0 Python-2.0 Unlicense Zlib'.split(' '),
);
/** Packages judged one by one, and why. */
const JUDGED = [
  // libvips, a library of its own that sharp loads at run time and anybody can exchange (LGPL 3, section 4d).
  { name: /^@img\/sharp-/, licence: 'LGPL-3.0-or-later' },
];
/** What older packages wrote before there were identifiers (SPDX). */
const SPELLINGS = { 'MIT/X11': 'MIT', 'BSD-2-Clause-FreeBSD': 'BSD-2-Clause', BSD: 'BSD-2-Clause' };

/** Whether an SPDX expression is met: all parts of an AND, one of an OR. */
export function isAllowed(expression, name = '') {
  const bare = expression.trim().replace(/^\((.*)\)$/, '$1');
  const judged = (id) => JUDGED.some((entry) => entry.name.test(name) && entry.licence === id);
  const known = (id) => ALLOWED.has(SPELLINGS[id] ?? id) || judged(id);
  return bare
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((id) => known(id.replaceAll(/[()]/g, '').trim())));
}

/** The licence a package names, in one of the three ways that were in use; '' when it names none. */
function licenceOf(entry, folder) {
  if (typeof entry.license === 'string') return entry.license;
  let own;
  try {
    own = JSON.parse(readFileSync(path.join(projectDir, folder, 'package.json'), 'utf8'));
  } catch {
    return '';
  }
  const named = own.license ?? own.licenses?.[0] ?? '';
  return typeof named === 'string' ? named : (named.type ?? '');
}

function main() {
  const { packages } = JSON.parse(readFileSync(path.join(projectDir, 'package-lock.json'), 'utf8'));
  const shipped = Object.entries(packages).filter(([folder, entry]) => folder && !entry.dev && !entry.link);
  const refused = shipped.flatMap(([folder, entry]) => {
    const name = folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const licence = licenceOf(entry, folder) || licenceText(folder);
    return isAllowed(licence, name) ? [] : [`${name} ${entry.version}: ${licence || 'names no licence'}`];
  });
  for (const line of refused) console.log(`✖ ${line}`);
  console.log(
    refused.length === 0
      ? `${shipped.length} shipped packages, all under allowed licences.`
      : 'Take another package, or judge it in ops/supply-chain/licences.mjs.',
  );
  process.exitCode = refused.length === 0 ? 0 : 1;
}

/** Some packages only carry the text. */
function licenceText(folder) {
  for (const file of ['LICENSE', 'LICENSE.md', 'LICENSE.txt']) {
    try {
      const text = readFileSync(path.join(projectDir, folder, file), 'utf8');
      if (/Permission is hereby granted, free of charge/.test(text)) return 'MIT';
    } catch {
      continue;
    }
  }
  return '';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
