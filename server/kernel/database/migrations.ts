import { readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import path from 'node:path';

export interface Migration {
  /** File name without extension: sorts by date and is the same for sources and build output. */
  version: string;
  up: string;
}

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../db/migrations');
const loaded = new Map<string, Promise<Migration[]>>();

/** All migrations of one kind, oldest first. */
export function loadMigrations(kind: 'platform' | 'tenant'): Promise<Migration[]> {
  let migrations = loaded.get(kind);
  if (!migrations) loaded.set(kind, (migrations = readMigrations(path.join(root, kind))));
  return migrations;
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{12}_[a-z_]+\.(ts|js)$/.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const module = (await import(pathToFileURL(path.join(folder, file)).href)) as { up: string };
      return { version: file.replace(/\.(ts|js)$/, ''), up: module.up };
    }),
  );
}
