import currencyCodes from 'currency-codes';
import { MoneyError } from './money.ts';

/**
 * Codes the package still lists, or lists beside currencies, in which nothing can be priced: withdrawn ones (Curaçao and Sint
 * Maarten moved to XCG in 2025, Bulgaria to the euro in 2026, Cuba dropped CUC in 2021), units of account, metals, test codes.
 */
const NOT_PAYABLE = new Set(
  (
    'ANG BGN CUC HRK SLL ZWL ' +
    'BOV CHE CHW CLF COU MXV USN UYI UYW XAD XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'
  ).split(' '),
);

/** Published in ISO 4217 after the package's data. */
const ADDED: Readonly<Record<string, number>> = { XCG: 2 };

const known = new Map<string, number>();

/**
 * Number of decimal digits of a currency's minor unit by ISO 4217 (JPY 0, EUR 2, HUF 2, KWD 3).
 * Throws MoneyError for codes that are unknown, withdrawn or no means of payment.
 */
export function currencyExponent(code: string): number {
  const cached = known.get(code);
  if (cached !== undefined) return cached;
  const exponent = NOT_PAYABLE.has(code) ? undefined : (ADDED[code] ?? currencyCodes.code(code)?.digits);
  // The package looks codes up without regard to case; money does not.
  if (exponent === undefined || !/^[A-Z]{3}$/.test(code)) {
    throw new MoneyError(`"${code}" is not a currency in use; give a current ISO 4217 code such as EUR.`);
  }
  known.set(code, exponent);
  return exponent;
}
