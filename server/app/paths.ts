import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, from the sources as from the build output in `dist/`. */
function findRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'package.json'))) folder = path.dirname(folder);
  return folder;
}

const root = findRoot();

/** Folders the server reads at run time. */
export const paths = {
  root,
  themes: path.join(root, 'themes'),
  portal: path.join(root, 'dist/tenant-portal'),
  console: path.join(root, 'dist/admin-console'),
};
