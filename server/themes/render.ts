import { safeImageUrl } from './brand.ts';
import { MAIL_LOGO_EXTENSIONS } from './logo.ts';
import { chooseLocale, fillText, findText } from './translate.ts';
import type { ThemedBrand } from './brand.ts';
import type { LoadedTheme } from './load-theme.ts';
import type { MailInput, MailName, RenderedMail } from './mails.ts';
import type { AuthPageInput, AuthPageName, ErrorPageInput, ShellInput } from './pages.ts';
import type { RenderFrame, TemplateEngine } from './template-engine.ts';
import type { Tokens } from './tokens.ts';

/** A theme ready to render one brand. */
export type Stage = {
  theme: LoadedTheme;
  engine: TemplateEngine;
  overrides: Tokens;
  assetUrl: (file: string) => string;
};

const STATE_ESCAPES: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON that cannot end its script element, start a comment or break a line. */
export function serialiseState(state: unknown): string {
  const json = JSON.stringify(state) as string | undefined;
  return (json ?? 'null').replace(/[<>&\u2028\u2029]/g, (char) => STATE_ESCAPES[char] ?? '');
}

/** `:root{…}` of token overrides; empty when the brand changes nothing. */
export function writeOverrides(overrides: Tokens): string {
  const declarations = Object.entries(overrides).map(([name, value]) => `${name}:${value}`);
  return declarations.length === 0 ? '' : `:root{${declarations.join(';')}}`;
}

function frameFor(stage: Stage, locale: string, timeZone = 'UTC'): RenderFrame {
  return {
    locale: chooseLocale(stage.theme.texts, locale),
    timeZone,
    tokens: { ...stage.theme.tokens, ...stage.overrides },
    assetUrl: stage.assetUrl,
  };
}

/** A brand as templates see it: settings checked and completed with the theme's defaults. */
function presentBrand(stage: Stage, brand: ThemedBrand): Record<string, unknown> {
  const text: Record<string, string> = {};
  const image: Record<string, string> = {};
  for (const [name, setting] of Object.entries(stage.theme.manifest.settings)) {
    const value = setting.brandMayOverride ? brand.settings[name] : undefined;
    if (setting.type === 'text') text[name] = [...(value || setting.default)].slice(0, setting.maxLength).join('');
    if (setting.type === 'image') {
      const fallback = setting.default === '' ? '' : stage.assetUrl(setting.default);
      image[name] = safeImageUrl(value) ?? fallback;
    }
  }
  const phoneHref = brand.legal.phone?.replace(/[^+\d]/g, '');
  return { ...brand, text, image, phoneHref, initial: [...brand.name.trim()][0]?.toUpperCase() ?? '' };
}

function pageData(stage: Stage, input: { brand: ThemedBrand; locale: string }): Record<string, unknown> {
  return {
    ...input,
    locale: chooseLocale(stage.theme.texts, input.locale),
    brand: presentBrand(stage, input.brand),
    brandCss: writeOverrides(stage.overrides),
    stylesheets: ['base.css', 'tokens.css', 'theme.css'].map((file) => stage.assetUrl(file)),
    year: new Date().getUTCFullYear(),
  };
}

export function renderShellPage(stage: Stage, input: ShellInput): string {
  const { appHtml, state, ...rest } = input;
  const localeLinks = (input.localeLinks ?? []).length > 1 ? input.localeLinks : undefined;
  const data = { ...pageData(stage, rest), localeLinks, app: appHtml, stateJson: serialiseState(state) };
  return stage.engine.render('shell', data, frameFor(stage, input.locale));
}

export function renderAuth<Page extends AuthPageName>(stage: Stage, page: Page, input: AuthPageInput<Page>): string {
  const localeLinks = (input.localeLinks ?? []).length > 1 ? input.localeLinks : undefined;
  const scopes = 'scopes' in input ? namedScopes(stage, input.locale, input.scopes) : undefined;
  const errors = 'errors' in input && Object.keys(input.errors ?? {}).length > 0 ? input.errors : undefined;
  const data = { ...pageData(stage, input), localeLinks, scopes, errors, roleName: roleName(stage, input) };
  return stage.engine.render(`auth/${page}`, data, frameFor(stage, input.locale));
}

function namedScopes(stage: Stage, locale: string, scopes: readonly string[]): string[] {
  return scopes.map((scope) => findText(stage.theme.texts, locale, `auth.consent.scope.${scope}`) ?? scope);
}

/** A role's name in the reader's language; a role without one is shown as it is. */
function roleName(stage: Stage, input: { locale: string; role?: unknown }): string | undefined {
  if (typeof input.role !== 'string') return undefined;
  return findText(stage.theme.texts, input.locale, `roles.${input.role}`) ?? input.role;
}

export function renderError(stage: Stage, input: ErrorPageInput): string {
  const known = findText(stage.theme.texts, input.locale, `error.${input.status}.title`) !== undefined;
  const key = `error.${known ? input.status : 'other'}`;
  const words = (part: string): string => findText(stage.theme.texts, input.locale, `${key}.${part}`) ?? '';
  const common = { ...input, title: words('title'), message: words('message') };
  const frame = frameFor(stage, input.locale);
  if (input.brand === undefined)
    return stage.engine.render('error-neutral', { ...common, locale: frame.locale }, frame);
  const data = {
    ...pageData(stage, { ...input, brand: input.brand }),
    ...common,
    brand: presentBrand(stage, input.brand),
  };
  return stage.engine.render('error', { ...data, locale: frame.locale }, frame);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&#x60;': '`',
  '&#x3D;': '=',
};

/** Undoes, once, the escaping of Handlebars: text mails render through the same always-escaping engine. */
function toPlainText(rendered: string): string {
  return rendered
    .replace(/&(?:amp|lt|gt|quot|#x27|#x60|#x3D);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/\n{3,}/g, '\n\n')
    .trim()
    .concat('\n');
}

export function renderMailOf<Name extends MailName>(stage: Stage, name: Name, input: MailInput<Name>): RenderedMail {
  const { brand, data, locale } = input;
  const frame = frameFor(stage, locale, input.timeZone);
  const logo = safeImageUrl(brand.settings.logoUrl);
  const showsLogo = logo !== undefined && MAIL_LOGO_EXTENSIONS.test(logo);
  const context = {
    ...pageData(stage, { brand, locale }),
    mail: data,
    locale: frame.locale,
    roleName: roleName(stage, { locale, ...data }),
    logoSrc: showsLogo ? new URL(logo, brand.origin).href : undefined,
  };
  const values = { brand: brand.name, ...(data as Record<string, unknown>) };
  const subject = fillText(findText(stage.theme.texts, frame.locale, `mail.${name}.subject`) ?? brand.name, values);
  return {
    subject: subject.replace(/[\r\n\t\0]+/g, ' ').trim(),
    html: stage.engine.render(`mail/${name}`, context, frame),
    text: toPlainText(stage.engine.render(`mail/${name}.text`, context, frame)),
  };
}
