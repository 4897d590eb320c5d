import type { Money } from '../api/types.ts';
import type { Locale } from '../contract.ts';

/** ISO 4217 minor units that are not two. What `Intl` assumes differs between runtimes and from the standard. */
const EXPONENTS: Readonly<Record<string, number>> = {
  BIF: 0,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  ISK: 0,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  PYG: 0,
  RWF: 0,
  UGX: 0,
  UYI: 0,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
  BHD: 3,
  IQD: 3,
  JOD: 3,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  TND: 3,
  CLF: 4,
  UYW: 4,
};

export const REGIONS: Readonly<Record<Locale, string>> = { en: 'en-GB', es: 'es-ES' };

/** Exact decimal of an amount in minor units: `{amount: -5, currency: 'EUR'}` → `-0.05`. */
export function decimalOf({ amount, currency }: Money): `${number}` {
  const exponent = EXPONENTS[currency] ?? 2;
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = exponent === 0 ? '' : `.${digits.slice(-exponent)}`;
  return `${amount < 0 ? '-' : ''}${whole}${fraction}` as `${number}`;
}

/** Money as a reader of the locale writes it. `whole` leaves the decimals out: only for axis-like labels, never for what is paid. */
export function formatMoney(money: Money, locale: Locale, options: { whole?: boolean } = {}): string {
  const exponent = options.whole === true ? 0 : (EXPONENTS[money.currency] ?? 2);
  return formatterFor(locale, money.currency, exponent).format(decimalOf(money));
}

/** Making a formatter costs a hundred times its use, and a page of results uses two hundred. */
const formatters = new Map<string, Intl.NumberFormat>();

function formatterFor(locale: Locale, currency: string, digits: number): Intl.NumberFormat {
  const key = `${locale} ${currency} ${digits}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    const options = {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    } as const;
    formatters.set(key, (formatter = new Intl.NumberFormat(REGIONS[locale], options)));
  }
  return formatter;
}

/** Minor units of one major unit: EUR → 100. */
export const minorPerMajor = (currency: string): number => 10 ** (EXPONENTS[currency] ?? 2);
