import { LRUCache } from 'lru-cache';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readThemeAsset, THEME_ASSET_PREFIX } from './assets.ts';
import { ThemeError } from './errors.ts';
import { fingerprintOf, loadTheme, THEME_NAME } from './load-theme.ts';
import { renderAuth, renderError, renderMailOf, renderShellPage, writeOverrides } from './render.ts';
import { createTemplateEngine } from './template-engine.ts';
import { brandTokens, findSettingFaults } from './tokens.ts';
import { chooseLocale } from './translate.ts';
import { validateTheme } from './validate-theme.ts';
import type { ThemeAsset } from './assets.ts';
import type { ThemedBrand } from './brand.ts';
import type { LoadedTheme } from './load-theme.ts';
import type { ThemeManifest } from './manifest.ts';
import type { MailInput, MailName, RenderedMail } from './mails.ts';
import type { AuthPageInput, AuthPageName, ErrorPageInput, ShellInput } from './pages.ts';
import type { Stage } from './render.ts';
import type { TemplateEngine } from './template-engine.ts';
import type { SettingFinding, Tokens } from './tokens.ts';
import type { ThemeFinding } from './validate-theme.ts';

export type Themes = {
  /** Themes a brand may choose, by name; abstract ones are left out. */
  list(): ThemeManifest[];
  /** A theme's manifest with inherited settings. Throws `ThemeError` when there is none. */
  get(name: string): ThemeManifest;
  /** The storefront's document round the server-rendered app. */
  renderShell(input: ShellInput): string;
  /** An account page in the brand's look; works without scripts. */
  renderAuthPage<Page extends AuthPageName>(page: Page, input: AuthPageInput<Page>): string;
  renderErrorPage(input: ErrorPageInput): string;
  /** A mail in the brand's look and the reader's language. */
  renderMail<Name extends MailName>(name: Name, input: MailInput<Name>): RenderedMail;
  /** The brand's `:root{…}` token overrides; '' when it changes nothing. Safe inside a `<style>`. */
  brandCss(brand: ThemedBrand): string;
  /** Faults that keep the settings from being published, contrast below 4.5:1 among them with a mend. */
  validateBrandSettings(theme: string, settings: ThemedBrand['settings']): SettingFinding[];
  /** Public address of a theme's file, with its content hash: cache it for ever. */
  assetUrl(theme: string, file: string): string;
  /** A public file, or undefined. Never reads outside the theme. */
  readAsset(theme: string, path: string): ThemeAsset | undefined;
  /** Findings of a theme folder, its parent looked up beside it or among the installed themes. */
  validate(dir: string): ThemeFinding[];
  /** Texts of a theme in one language, English where it has none. */
  translations(theme: string, locale: string): Readonly<Record<string, string>>;
};

type Ready = { theme: LoadedTheme; engine: TemplateEngine; urls: Map<string, string> };

/**
 * Themes of a folder, compiled once and kept by name and version. With `production` false the files are
 * looked at before each use, so that an edit shows at once.
 */
export function createThemes(options: { root: string; production: boolean }): Themes {
  const { root, production } = options;
  const cache = new Map<string, Ready>();
  const overridesOf = new LRUCache<string, Tokens>({ max: 2000 });

  const ready = (name: string): Ready => {
    const kept = cache.get(name);
    if (kept !== undefined && (production || kept.theme.fingerprint === currentFingerprint(kept.theme))) return kept;
    if (!THEME_NAME.test(name) || !existsSync(join(root, name, 'theme.json'))) {
      throw new ThemeError(
        'theme_unknown',
        `There is no theme "${name}"; choose one of ${themeNames(root).join(', ')}.`,
      );
    }
    const theme = loadTheme(root, join(root, name));
    const made = { theme, engine: createTemplateEngine(theme), urls: new Map<string, string>() };
    cache.set(name, made);
    return made;
  };

  const currentFingerprint = (theme: LoadedTheme): string => [...theme.dirs].reverse().map(fingerprintOf).join('');

  const assetUrl = (name: string, file: string): string => {
    const { theme, urls } = ready(name);
    const known = urls.get(file);
    if (known !== undefined) return known;
    for (const owner of owners(theme, file)) {
      const asset = readThemeAsset(root, owner, file);
      if (asset === undefined) continue;
      const url = `${THEME_ASSET_PREFIX}/${owner}/${file}?v=${asset.etag.slice(1, 13)}`;
      urls.set(file, url);
      return url;
    }
    throw new ThemeError('theme_asset_missing', `Theme "${name}" has no public file "${file}".`);
  };

  const stageFor = (brand: ThemedBrand): Stage => {
    const { theme, engine } = ready(brand.theme);
    const key = `${brand.theme}@${theme.fingerprint}:${JSON.stringify(brand.settings)}`;
    const overrides = overridesOf.get(key) ?? brandTokens(theme.manifest, theme.tokens, brand.settings);
    overridesOf.set(key, overrides);
    return {
      theme,
      engine,
      overrides,
      assetUrl: (file) => assetUrl(brand.theme, file),
    };
  };

  const neutralStage = (): Stage => {
    const { theme, engine } = ready('base');
    return { theme, engine, overrides: {}, assetUrl: (file) => assetUrl('base', file) };
  };

  return {
    list: () =>
      themeNames(root)
        .map((name) => ready(name).theme.manifest)
        .filter((manifest) => !manifest.abstract),
    get: (name) => ready(name).theme.manifest,
    renderShell: (input) => renderShellPage(stageFor(input.brand), input),
    renderAuthPage: (page, input) => renderAuth(stageFor(input.brand), page, input),
    renderErrorPage: (input) => renderError(input.brand === undefined ? neutralStage() : stageFor(input.brand), input),
    renderMail: (name, input) => renderMailOf(stageFor(input.brand), name, input),
    brandCss: (brand) => writeOverrides(stageFor(brand).overrides),
    validateBrandSettings: (name, settings) => {
      const { theme } = ready(name);
      return findSettingFaults(theme.manifest, theme.tokens, settings);
    },
    assetUrl,
    readAsset: (theme, path) => readThemeAsset(root, theme, path),
    validate: (dir) => validateTheme(root, dir),
    translations: (name, locale) => {
      const { texts } = ready(name).theme;
      return { ...texts['en'], ...texts[chooseLocale(texts, locale)] };
    },
  };
}

/** `base.css` is always the shared one; every other file is the nearest theme's. */
function owners(theme: LoadedTheme, file: string): readonly string[] {
  return file === 'base.css' ? [...theme.lineage].reverse() : theme.lineage;
}

function themeNames(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'theme.json')))
    .map((entry) => entry.name)
    .sort();
}
