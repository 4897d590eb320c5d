import { createI18n } from 'vue-i18n';
import en from './en.ts';

export const LOCALES = ['en', 'es'] as const;
export type AppLocale = (typeof LOCALES)[number];
const REMEMBERED = 'console-locale';

const isLocale = (value: unknown): value is AppLocale => LOCALES.includes(value as AppLocale);

/** What was chosen here before, else the account's language, else the browser's, else English. */
export function preferredLocale(ofAccount: string | undefined): AppLocale {
  const wishes = [localStorage.getItem(REMEMBERED), ofAccount, ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return wishes.find(isLocale) ?? 'en';
}

export const createConsoleI18n = () =>
  createI18n({ legacy: false, locale: 'en', fallbackLocale: 'en', messages: { en } as Record<string, typeof en> });
type ConsoleI18n = ReturnType<typeof createConsoleI18n>;

/** Loads a language when it is first used. */
export async function setLocale(i18n: ConsoleI18n, locale: AppLocale): Promise<void> {
  if (locale === 'es') i18n.global.setLocaleMessage('es', (await import('./es.ts')).default);
  i18n.global.locale.value = locale;
  document.documentElement.lang = locale;
}

export async function chooseLocale(i18n: ConsoleI18n, locale: AppLocale): Promise<void> {
  localStorage.setItem(REMEMBERED, locale);
  await setLocale(i18n, locale);
}
