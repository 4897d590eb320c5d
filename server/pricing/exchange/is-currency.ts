import { currencyExponent } from '../../kernel/money-exponent.ts';
import { MoneyError } from '../../kernel/money.ts';

/** Whether anything can be priced in a currency: an active code of ISO 4217. */
export function isCurrency(code: string): boolean {
  try {
    return currencyExponent(code) >= 0;
  } catch (error) {
    if (error instanceof MoneyError) return false;
    throw error;
  }
}
