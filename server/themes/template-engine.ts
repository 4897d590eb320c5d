import Handlebars from 'handlebars';
import { ThemeError } from './errors.ts';
import { formatInstant, formatLocalDate, formatLocalTime, formatMoney } from './format.ts';
import { fillText, findText } from './translate.ts';
import type { ThemedMoney } from './format.ts';
import type { LoadedTheme } from './load-theme.ts';
import type { Tokens } from './tokens.ts';

/** What helpers know beside the template's own data. */
export type RenderFrame = {
  locale: string;
  timeZone: string;
  tokens: Tokens;
  assetUrl: (file: string) => string;
};

export type TemplateEngine = {
  has(name: string): boolean;
  /** Renders with escaping always on. An unknown template is a `ThemeError`. */
  render(name: string, data: Readonly<Record<string, unknown>>, frame: RenderFrame): string;
};

/** Helpers a template may call; any other name is a compile error. */
export const KNOWN_HELPERS: Readonly<Record<string, boolean>> = {
  t: true,
  fault: true,
  money: true,
  instant: true,
  localDate: true,
  localTime: true,
  eq: true,
  or: true,
  and: true,
  token: true,
  asset: true,
  log: false,
  lookup: false,
};

export const COMPILE_OPTIONS: CompileOptions = {
  knownHelpers: KNOWN_HELPERS,
  knownHelpersOnly: true,
  noEscape: false,
  strict: false,
};

const frameOf = (options: Handlebars.HelperOptions): RenderFrame => (options.data as { frame: RenderFrame }).frame;

function registerHelpers(hbs: typeof Handlebars, theme: LoadedTheme): void {
  const text = (key: string, options: Handlebars.HelperOptions): string => {
    const found = findText(theme.texts, frameOf(options).locale, key);
    if (found === undefined) {
      throw new ThemeError('theme_text_missing', `Theme "${theme.manifest.name}" has no text for "${key}".`);
    }
    return fillText(found, options.hash as Record<string, unknown>);
  };
  hbs.unregisterHelper('log');
  hbs.unregisterHelper('lookup');
  hbs.registerHelper({
    t: text,
    // A form's fault or notice is a code of the two lists, or a sentence already in the reader's language.
    fault: (code: unknown, options: Handlebars.HelperOptions) => {
      const find = (list: string): string | undefined =>
        findText(theme.texts, frameOf(options).locale, `auth.${list}.${String(code)}`);
      return find('errors') ?? find('notice') ?? String(code);
    },
    money: (money: ThemedMoney, options: Handlebars.HelperOptions) => formatMoney(money, frameOf(options).locale),
    instant: (value: string | Date, options: Handlebars.HelperOptions) =>
      formatInstant(value, frameOf(options).locale, frameOf(options).timeZone),
    localDate: (value: string, options: Handlebars.HelperOptions) => formatLocalDate(value, frameOf(options).locale),
    localTime: (value: string) => formatLocalTime(value),
    eq: (one: unknown, other: unknown) => one === other,
    or: (...args: unknown[]) => args.slice(0, -1).some(Boolean),
    and: (...args: unknown[]) => args.slice(0, -1).every(Boolean),
    token: (name: string, options: Handlebars.HelperOptions) => frameOf(options).tokens[`--${name}`] ?? '',
    asset: (file: string, options: Handlebars.HelperOptions) => frameOf(options).assetUrl(file),
  });
}

/** Compiles a theme's templates in an environment of their own: its partials and helpers reach no other theme. */
export function createTemplateEngine(theme: LoadedTheme): TemplateEngine {
  const hbs = Handlebars.create();
  registerHelpers(hbs, theme);
  for (const [name, source] of Object.entries(theme.partials)) {
    hbs.registerPartial(name, hbs.compile(source, COMPILE_OPTIONS));
  }
  const compiled = new Map(
    Object.entries(theme.templates).map(([name, source]) => [name, hbs.compile(source, COMPILE_OPTIONS)]),
  );
  return {
    has: (name) => compiled.has(name),
    render(name, data, frame) {
      const template = compiled.get(name);
      if (template === undefined) {
        throw new ThemeError('theme_template_missing', `Theme "${theme.manifest.name}" has no template "${name}".`);
      }
      return template(data, { data: { frame } });
    },
  };
}
