import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { PUBLIC_TYPES } from './assets.ts';
import { contrastRatio, normaliseColour } from './colour.ts';
import { ThemeError } from './errors.ts';
import { listFiles, loadTheme, readTexts } from './load-theme.ts';
import { MAIL_NAMES } from './mails.ts';
import { THEME_LOCALES } from './manifest.ts';
import { AUTH_PAGE_NAMES } from './pages.ts';
import { CONTRAST_PAIRS, TOKEN_NAMES } from './token-names.ts';
import { readTemplate } from './validate-templates.ts';
import type { LoadedTheme } from './load-theme.ts';

/** One fault of a theme: a stable code, the file it is in, and what to do about it. */
export type ThemeFinding = { code: string; file: string; message: string };

/** Whether the theme or one it extends has a file. */
type Owns = (file: string) => boolean;

type Report = (code: string, file: string, message: string) => void;

const MAXIMUM_ASSET_BYTES = 400 * 1024;
const REQUIRED_TEMPLATES: readonly string[] = [
  'shell',
  'error',
  ...AUTH_PAGE_NAMES.map((page) => `auth/${page}`),
  ...MAIL_NAMES.flatMap((mail) => [`mail/${mail}`, `mail/${mail}.text`]),
];
const SVG_UNSAFE =
  /<script|<foreignObject|\son[a-z]+\s*=|(?:href|src)\s*=\s*["'](?!#)|<!ENTITY|@import|url\(\s*["']?(?!#)/i;

/** Checks a theme folder without rendering it; an empty list means it may be installed. */
export function validateTheme(root: string, dir: string): ThemeFinding[] {
  const findings: ThemeFinding[] = [];
  const report: Report = (code, file, message) => void findings.push({ code, file, message });
  let theme: LoadedTheme;
  try {
    theme = loadTheme(root, dir);
  } catch (error) {
    if (!(error instanceof ThemeError)) throw error;
    const file = error.code === 'theme_locale_invalid' ? 'locales' : 'theme.json';
    return [{ code: error.code, file, message: error.message }];
  }
  if (theme.manifest.name !== basename(dir)) {
    report(
      'theme_name_mismatch',
      'theme.json',
      `The folder is "${basename(dir)}" but the name is "${theme.manifest.name}".`,
    );
  }
  const own: Owns = (file) => theme.dirs.some((place) => existsSync(join(place, file)));
  if (!theme.manifest.abstract) checkTokens(theme, report);
  checkTokenFile(dir, report);
  checkTemplates(dir, theme, own, report);
  checkTexts(dir, report);
  checkFiles(dir, theme, own, report);
  return findings;
}

function checkTokens(theme: LoadedTheme, report: Report): void {
  for (const name of TOKEN_NAMES) {
    if (theme.tokens[name] === undefined) report('token_missing', 'tokens.css', `${name} is not defined.`);
  }
  for (const name of Object.keys(theme.tokens)) {
    if (!TOKEN_NAMES.includes(name)) report('token_unknown', 'tokens.css', `${name} is not a token; remove it.`);
  }
  for (const [name, ground, least] of CONTRAST_PAIRS) {
    const [front, back] = [normaliseColour(theme.tokens[name]), normaliseColour(theme.tokens[ground])];
    if (front === undefined || back === undefined) {
      if (theme.tokens[name] === undefined || theme.tokens[ground] === undefined) continue;
      const wrong = front === undefined ? name : ground;
      report(
        'token_colour_invalid',
        'tokens.css',
        `${wrong} must be written #rrggbb, so that contrast can be checked.`,
      );
      continue;
    }
    const ratio = contrastRatio(front, back);
    if (ratio < least) {
      report('token_contrast_low', 'tokens.css', `${name} on ${ground} is ${ratio.toFixed(2)}:1; it needs ${least}:1.`);
    }
  }
}

function checkTokenFile(dir: string, report: Report): void {
  const file = join(dir, 'tokens.css');
  if (!existsSync(file)) return;
  const css = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const rest = css.replace(/--[a-z0-9-]+\s*:[^;{}]+;/g, '').replace(/\s+/g, '');
  if (rest !== ':root{}')
    report('token_file_impure', 'tokens.css', 'It may hold one :root block of custom properties and nothing else.');
}

function checkTemplates(dir: string, theme: LoadedTheme, own: Owns, report: Report): void {
  for (const name of theme.manifest.abstract ? [] : REQUIRED_TEMPLATES) {
    if (theme.templates[name] === undefined)
      report('template_missing', `templates/${name}.hbs`, 'The theme needs this template.');
  }
  const partials = new Set(Object.keys(theme.partials));
  for (const file of listFiles(dir).filter((path) => path.endsWith('.hbs'))) {
    const reading = readTemplate(file, readFileSync(join(dir, file), 'utf8'), partials);
    for (const fault of reading.faults) report(fault.code, file, fault.message);
    for (const key of reading.textKeys) {
      const without = THEME_LOCALES.filter((locale) => theme.texts[locale]?.[key] === undefined);
      if (without.length > 0) report('text_missing', file, `"${key}" has no text in ${without.join(', ')}.`);
    }
    for (const asset of reading.assets) {
      if (!own(asset)) {
        report('asset_missing', file, `There is no file "${asset}".`);
      }
    }
  }
}

function checkTexts(dir: string, report: Report): void {
  const all = THEME_LOCALES.map((locale) => ({ locale, texts: readTexts(dir, locale) }));
  const keys = new Set(all.flatMap(({ texts }) => Object.keys(texts)));
  for (const { locale, texts } of all) {
    const missing = [...keys].filter((key) => texts[key] === undefined);
    if (missing.length > 0)
      report('text_untranslated', `locales/${locale}.json`, `Without a text: ${missing.join(', ')}.`);
  }
  const marks = (text: string): string => [...text.matchAll(/\{[a-zA-Z]+\}/g)].map(String).sort().join();
  for (const key of keys) {
    const [first, ...others] = all.flatMap(({ texts }) => texts[key] ?? []).map(marks);
    if (others.some((other) => other !== first)) {
      report('text_marks_differ', 'locales', `"${key}" does not use the same {marks} in every language.`);
    }
  }
}

function checkFiles(dir: string, theme: LoadedTheme, own: Owns, report: Report): void {
  for (const [name, setting] of Object.entries(theme.manifest.settings)) {
    if (setting.type === 'image' && setting.default !== '' && !own(setting.default)) {
      report('asset_missing', 'theme.json', `The default of "${name}", "${setting.default}", does not exist.`);
    }
  }
  for (const file of listFiles(dir)) {
    if (file.startsWith('assets/')) checkAsset(dir, file, report);
    if (file.endsWith('.css')) checkStylesheet(dir, file, own, report);
  }
}

function checkAsset(dir: string, file: string, report: Report): void {
  if (PUBLIC_TYPES[extname(file).toLowerCase()] === undefined) {
    report('asset_type_forbidden', file, `Allowed are ${Object.keys(PUBLIC_TYPES).join(', ')}.`);
  }
  if (statSync(join(dir, file)).size > MAXIMUM_ASSET_BYTES) {
    report('asset_too_large', file, `It is larger than ${MAXIMUM_ASSET_BYTES / 1024} KiB; make it smaller.`);
  }
  if (file.endsWith('.svg') && SVG_UNSAFE.test(readFileSync(join(dir, file), 'utf8'))) {
    report('asset_svg_unsafe', file, 'It has scripts, handlers or references outside itself.');
  }
}

function checkStylesheet(dir: string, file: string, own: Owns, report: Report): void {
  const css = readFileSync(join(dir, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  if (/@import/i.test(css)) report('css_external', file, '@import is not allowed.');
  for (const [, quoted, bare] of css.matchAll(/url\(\s*(?:["']([^"']*)["']|([^)"']*))\s*\)/gi)) {
    const target = (quoted ?? bare ?? '').trim();
    if (/^(?:[a-z]+:|\/)/i.test(target)) report('css_external', file, `"${target}" is outside the theme.`);
    else if (!own(target)) report('asset_missing', file, `There is no file "${target}".`);
  }
}
