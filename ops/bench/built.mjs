import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../dist/server');

/** Modules of the build, by their paths under `dist/server`. */
export const loadBuilt = (...files) =>
  Promise.all(files.map((file) => import(pathToFileURL(path.join(root, file)).href)));
