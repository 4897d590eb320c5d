import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { THEME_NAME } from './load-theme.ts';

/** Where the application mounts theme files: `/assets/themes/<theme>/<path>`. */
export const THEME_ASSET_PREFIX = '/assets/themes';

export type ThemeAsset = { body: Buffer; contentType: string; etag: string };

/** File types a theme may publish. */
export const PUBLIC_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Stylesheets at the top of a theme and files of its `assets` folder: nothing else is public. */
const PUBLIC_PATH = /^(?:[a-z0-9-]+\.css|assets\/(?:[a-z0-9][a-z0-9._-]*\/)*[a-z0-9][a-z0-9._-]*)$/i;

/** Reads a public file of a theme; undefined for anything outside the allow-list, links out of the folder included. */
export function readThemeAsset(root: string, theme: string, path: string): ThemeAsset | undefined {
  const contentType = PUBLIC_TYPES[extname(path).toLowerCase()];
  if (contentType === undefined || !THEME_NAME.test(theme) || !PUBLIC_PATH.test(path) || path.includes('..')) {
    return undefined;
  }
  try {
    const folder = realpathSync(join(root, theme));
    const file = realpathSync(join(folder, path));
    if (!file.startsWith(folder + sep)) return undefined;
    const body = readFileSync(file);
    const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 20)}"`;
    return { body, contentType, etag };
  } catch {
    return undefined;
  }
}
