import { decimalMarkOf, readDecimal, regionOf, shiftPoint } from './money.ts';

/** Basis points as a percentage: 850 → "8.5%". */
export const formatRate = (basisPoints: number, locale: string): string =>
  `${new Intl.NumberFormat(regionOf(locale), { maximumFractionDigits: 2 }).format(shiftPoint(basisPoints, 2))} %`;

/** A decimal of the API as it stands in an input; as text, for a number of the browser could not hold it exactly. */
export const showDecimal = (decimal: string, locale: string): string => decimal.replace('.', decimalMarkOf(locale));

/**
 * The decimal above zero a text means, as the API takes it: up to twelve digits before and after the point. Refused is what may
 * mean thousands as well as decimals: a rate a thousand times off is not to be guessed.
 */
export function parseExchangeRate(
  text: string,
  locale: string,
): { decimal: string; fault?: undefined } | { fault: 'midFault' | 'midAmbiguous' } {
  const read = readDecimal(text, locale);
  if (!read || read.sign !== '') return { fault: 'midFault' };
  const { whole, fraction, isAmbiguous } = read;
  if (whole === '' || whole.length > 12 || fraction.length > 12 || !/[1-9]/.test(whole + fraction))
    return { fault: 'midFault' };
  if (isAmbiguous) return { fault: 'midAmbiguous' };
  return { decimal: fraction === '' ? whole : `${whole}.${fraction}` };
}
