import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

type Chunk = { file: string; css?: string[]; imports?: string[]; isEntry?: boolean };
type Manifest = Readonly<Record<string, Chunk>>;
export type RouteFiles = { scripts: string[]; styles: string[]; preload: string[] };

const BASE = '/assets/portal/';

function readManifest(): Manifest {
  // Built: dist/tenant-portal/server beside dist/tenant-portal/client.
  const file = fileURLToPath(new URL('../client/.vite/manifest.json', import.meta.url));
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : {};
}

/** Names the browser's files for the modules a page was rendered with, from the manifest of the browser's build. */
export function createRouteFiles(manifest: Manifest = readManifest()): (modules: readonly string[]) => RouteFiles {
  const entries = Object.keys(manifest).filter((key) => manifest[key]?.isEntry === true);
  return (modules) => {
    const seen = new Set<string>();
    const visit = (key: string): void => {
      if (seen.has(key) || manifest[key] === undefined) return;
      seen.add(key);
      for (const next of manifest[key].imports ?? []) visit(next);
    };
    for (const key of [...entries, ...modules]) visit(key);
    const chunks = [...seen].flatMap((key) => manifest[key] ?? []);
    return {
      scripts: chunks.filter((chunk) => chunk.isEntry === true).map((chunk) => BASE + chunk.file),
      preload: chunks.filter((chunk) => chunk.isEntry !== true).map((chunk) => BASE + chunk.file),
      styles: [...new Set(chunks.flatMap((chunk) => chunk.css ?? []))].map((file) => BASE + file),
    };
  };
}
