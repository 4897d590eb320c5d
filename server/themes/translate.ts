import { FALLBACK_LOCALE } from './manifest.ts';

export type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The language of `locale` (`es-MX` is `es`) that the texts have, or English. */
export function chooseLocale(texts: Texts, locale: string): string {
  const language = locale.toLowerCase().split(/[-_]/)[0] ?? FALLBACK_LOCALE;
  return Object.hasOwn(texts, language) ? language : FALLBACK_LOCALE;
}

/** The text of a key in the locale, else in English, else undefined. */
export function findText(texts: Texts, locale: string, key: string): string | undefined {
  const own = texts[chooseLocale(texts, locale)];
  if (own !== undefined && Object.hasOwn(own, key)) return own[key];
  const fallback = texts[FALLBACK_LOCALE];
  return fallback !== undefined && Object.hasOwn(fallback, key) ? fallback[key] : undefined;
}

/** Fills `{name}` marks; a mark without a value stays empty. Values are plain text: the template escapes the whole. */
export function fillText(text: string, values: Readonly<Record<string, unknown>>): string {
  return text.replace(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  });
}
