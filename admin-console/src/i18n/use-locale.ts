import { inject } from 'vue';
import type { InjectionKey } from 'vue';
import { useI18n } from 'vue-i18n';
import { chooseLocale, LOCALES } from './index.ts';
import type { AppLocale, createConsoleI18n } from './index.ts';

export const I18N: InjectionKey<ReturnType<typeof createConsoleI18n>> = Symbol('i18n');

/** The console's language and how to change it. */
export function useLocale() {
  const i18n = inject(I18N);
  const { locale } = useI18n();
  return {
    locale,
    locales: LOCALES,
    choose: async (next: AppLocale) => {
      if (i18n) await chooseLocale(i18n, next);
    },
  };
}
