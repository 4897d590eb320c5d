import type { Money } from '../api/types.ts';

/** ISO 4217 minor units that are not two. What `Intl` assumes differs between browsers and from the standard. */
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
const REGIONS: Readonly<Record<string, string>> = { en: 'en-GB', es: 'es-ES' };

export const regionOf = (locale: string): string => REGIONS[locale] ?? locale;
export const exponentOf = (currency: string): number => EXPONENTS[currency] ?? 2;

/** Digits with the point put in, e.g. (-5, 2) → `-0.05`. */
export function shiftPoint(value: number, exponent: number): `${number}` {
  const digits = String(Math.abs(value)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  return `${value < 0 ? '-' : ''}${whole}${exponent === 0 ? '' : `.${digits.slice(-exponent)}`}` as `${number}`;
}

/** Money as a reader of the locale writes it, with its currency. */
export function formatMoney(money: Money, locale: string): string {
  const exponent = exponentOf(money.currency);
  return new Intl.NumberFormat(regionOf(locale), {
    style: 'currency',
    currency: money.currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  }).format(shiftPoint(money.amount, exponent));
}

/** Without currency, as it stands in an input. */
export function formatAmount(minor: number, exponent: number, locale: string): string {
  return new Intl.NumberFormat(regionOf(locale), {
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
    useGrouping: false,
  }).format(shiftPoint(minor, exponent));
}

export const decimalMarkOf = (locale: string): string => new Intl.NumberFormat(regionOf(locale)).format(1.5).charAt(1);

/**
 * The digits of a decimal text, or undefined when it is none. Both point and comma are read as the decimal mark; groups of
 * three only with the locale's own mark. `isAmbiguous`: one such group and no decimals, which elsewhere are three decimals.
 */
export function readDecimal(
  text: string,
  locale: string,
): { sign: string; whole: string; fraction: string; isAmbiguous: boolean } | undefined {
  const decimalMark = decimalMarkOf(locale);
  const groupMark = decimalMark === ',' ? '.' : ',';
  const typed = text
    .trim()
    .replace(/[\s\u00a0\u202f']/g, '')
    .replace('−', '-');
  const grouped = new RegExp(`^[+-]?[1-9]\\d{0,2}(\\${groupMark}\\d{3})+(\\${decimalMark}\\d*)?$`);
  const isGrouped = grouped.test(typed);
  const match = /^([+-]?)(\d*)(?:[.,](\d*))?$/.exec(isGrouped ? typed.replaceAll(groupMark, '') : typed);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  return { sign, whole, fraction, isAmbiguous: isGrouped && typed.split(/[.,]/).length === 2 };
}

/**
 * Whole number of the smallest units a decimal text means (`readDecimal`), or undefined when it means none. Never by way of
 * a float.
 */
export function parseDecimal(text: string, exponent: number, locale: string): number | undefined {
  const read = readDecimal(text, locale);
  if (!read) return undefined;
  const { sign, whole, fraction } = read;
  if (fraction.length > exponent) return undefined;
  const value = Number(`${whole}${fraction.padEnd(exponent, '0')}`);
  if (!Number.isSafeInteger(value)) return undefined;
  return sign === '-' && value !== 0 ? -value : value;
}

export const parseMoney = (text: string, currency: string, locale: string): number | undefined =>
  parseDecimal(text, exponentOf(currency), locale);
