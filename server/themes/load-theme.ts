import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ThemeError } from './errors.ts';
import { manifestSchema, THEME_LOCALES } from './manifest.ts';
import { parseTokens } from './tokens.ts';
import type { ThemeManifest } from './manifest.ts';
import type { Tokens } from './tokens.ts';

/** A theme with what it inherits: texts, templates and partials by name, the nearest theme's first. */
export type LoadedTheme = {
  manifest: ThemeManifest;
  /** This theme first, then what it extends. */
  lineage: readonly string[];
  /** The folders of the lineage. */
  dirs: readonly string[];
  tokens: Tokens;
  /** Locale to key to text. */
  texts: Readonly<Record<string, Readonly<Record<string, string>>>>;
  templates: Readonly<Record<string, string>>;
  partials: Readonly<Record<string, string>>;
  /** Changes with any file; the cache key beside name and version. */
  fingerprint: string;
};

export const THEME_NAME = /^[a-z][a-z0-9-]{1,29}$/;

/** Paths of all files under a folder, relative, with forward slashes, sorted. Links are not followed. */
export function listFiles(dir: string): string[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

function readSources(dir: string): Record<string, string> {
  const hbs = listFiles(dir).filter((file) => file.endsWith('.hbs'));
  return Object.fromEntries(hbs.map((file) => [file.slice(0, -4), readFileSync(join(dir, file), 'utf8')]));
}

/** Reads and checks `theme.json`; the error says which file and what is wrong in it. */
export function readManifest(dir: string): ThemeManifest {
  const file = join(dir, 'theme.json');
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ThemeError('theme_manifest_unreadable', `${file} is missing or not JSON.`, { cause });
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') ?? '';
  throw new ThemeError('theme_manifest_invalid', `${file}: ${where === '' ? '' : `${where}: `}${issue?.message ?? ''}`);
}

export function readTexts(dir: string, locale: string): Record<string, string> {
  const file = join(dir, 'locales', `${locale}.json`);
  if (!existsSync(file)) return {};
  const json: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new ThemeError('theme_locale_invalid', `${file} must be one flat object of texts.`);
  }
  const entries = Object.entries(json);
  const wrong = entries.find(([, text]) => typeof text !== 'string');
  if (wrong !== undefined) throw new ThemeError('theme_locale_invalid', `${file}: "${wrong[0]}" must be a text.`);
  return Object.fromEntries(entries as [string, string][]);
}

/** Loads a theme folder whose parents, if any, lie beside it or in `root`. */
export function loadTheme(root: string, dir: string, seen: readonly string[] = []): LoadedTheme {
  const manifest = readManifest(dir);
  if (seen.includes(manifest.name)) {
    throw new ThemeError(
      'theme_extends_cycle',
      `Theme "${manifest.name}" extends itself by way of ${seen.join(', ')}.`,
    );
  }
  const parentDir = manifest.extends === undefined ? undefined : findParent(root, dir, manifest.name, manifest.extends);
  const parent = parentDir === undefined ? undefined : loadTheme(root, parentDir, [...seen, manifest.name]);
  const tokensFile = join(dir, 'tokens.css');
  const css = existsSync(tokensFile) ? readFileSync(tokensFile, 'utf8') : '';
  return {
    manifest: { ...manifest, settings: { ...parent?.manifest.settings, ...manifest.settings } },
    lineage: [manifest.name, ...(parent?.lineage ?? [])],
    dirs: [dir, ...(parent?.dirs ?? [])],
    tokens: { ...parent?.tokens, ...parseTokens(css) },
    texts: Object.fromEntries(
      THEME_LOCALES.map((locale) => [locale, { ...parent?.texts[locale], ...readTexts(dir, locale) }]),
    ),
    templates: { ...parent?.templates, ...readSources(join(dir, 'templates')) },
    partials: { ...parent?.partials, ...readSources(join(dir, 'partials')) },
    fingerprint: `${parent?.fingerprint ?? ''}${fingerprintOf(dir)}`,
  };
}

function findParent(root: string, dir: string, name: string, parent: string): string {
  const found = [join(dir, '..', parent), join(root, parent)].find((place) => existsSync(join(place, 'theme.json')));
  if (found !== undefined) return found;
  throw new ThemeError('theme_parent_missing', `Theme "${name}" extends "${parent}", which is not installed.`);
}

/** Cheap mark of a folder's state: names, sizes and times of its files. */
export function fingerprintOf(dir: string): string {
  const hash = createHash('sha256');
  for (const file of listFiles(dir)) {
    const { size, mtimeMs } = statSync(join(dir, file));
    hash.update(`${file}\0${size}\0${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}
