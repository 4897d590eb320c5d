import { currencyExponent } from './money-exponent.ts';
import { formatDecimalAmount } from './money.ts';
import type { Money } from './money.ts';

/** Without a region, English and Spanish are those of Europe. */
const REGIONAL: Readonly<Record<string, string>> = { en: 'en-GB', es: 'es-ES' };

/** The locale with its European region when it names none. */
export const regionalLocale = (locale: string): string => REGIONAL[locale] ?? locale;

/** Money in the locale's manner, exact for every safe integer: the decimal is written, never divided. */
export function formatMoney(money: Money, locale: string): string {
  const digits = currencyExponent(money.currency);
  const style = {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const;
  // Intl takes decimal text (ECMA-402), so that no float stands between; the type demands a numeric literal.
  return new Intl.NumberFormat(regionalLocale(locale), style).format(
    formatDecimalAmount(money.amount, digits) as `${number}`,
  );
}
