import { currencyExponent } from '../../reference/index.ts';

/** Decimal string of an amount in hundredths. */
export function toDecimal(cents: number): string {
  const sign = cents < 0 ? '-' : '';
  const digits = String(Math.abs(cents)).padStart(3, '0');
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** The same in a currency's own decimals: yen have none. */
export const toDecimalOf = (hundredths: number, currency: string): string =>
  currencyExponent(currency) === 0 ? String(Math.round(hundredths / 100)) : toDecimal(hundredths);

/** Hundredths of a decimal string with at most two decimals, or null when it is not one. */
export function toCents(text: unknown): number | null {
  const match = typeof text === 'string' ? /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text) : null;
  return match ? Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0')) : null;
}
