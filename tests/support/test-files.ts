import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

// Packages that talk to PostgreSQL or Redis, or start the HTTP application that does.
const servicePackages = /^(pg|knex|ioredis|bee-queue|supertest)(\/|$)/;
const importPattern =
  /(?:^|\n)\s*(?:import|export)\s+(?!type\b)(?:[^'";]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g;

/** All test files below a folder, as paths from the project root. */
export function listTests(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.test\.(ts|mjs)$/.test(file))
    .map((file) => join(folder, file))
    .sort();
}

/**
 * Separates tests that reach a service package through their imports from those that do not. Read from the imports, so
 * that a test need not be filed by hand and cannot be filed wrongly.
 */
export function separateByServices(files: string[]): { pure: string[]; withServices: string[] } {
  const read = createImportReader();
  const withServices = files.filter((file) => reachesService(file, read));
  return { withServices, pure: files.filter((file) => !withServices.includes(file)) };
}

interface FileImports {
  ownFiles: string[];
  needsService: boolean;
}

function createImportReader(): (file: string) => FileImports {
  const known = new Map<string, FileImports>();
  return (file) => {
    const found = known.get(file) ?? readImports(file);
    known.set(file, found);
    return found;
  };
}

function readImports(file: string): FileImports {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const names = [...text.matchAll(importPattern)].map(([, fromName, dynamicName]) => fromName ?? dynamicName ?? '');
  return {
    ownFiles: names.filter((name) => name.startsWith('.')).map((name) => join(dirname(file), name)),
    needsService: names.some((name) => servicePackages.test(name)) || /process\.env\W+(DATABASE|REDIS)_URL/.test(text),
  };
}

function reachesService(start: string, read: (file: string) => FileImports): boolean {
  const seen = new Set([start]);
  for (const file of seen) {
    const { ownFiles, needsService } = read(file);
    if (needsService) return true;
    for (const next of ownFiles) seen.add(next);
  }
  return false;
}
