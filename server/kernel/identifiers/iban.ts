import { lettersAsNumbers, mod97 } from './check-digits.ts';

/** Lengths of IBANs by country (ISO 13616 registry), those of the SEPA schemes first (EPC409-09). */
const SEPA: Readonly<Record<string, number>> = {
  ...{ AD: 24, AL: 28, AT: 20, BE: 16, BG: 22, CH: 21, CY: 28, CZ: 24, DE: 22, DK: 18, EE: 20, ES: 24, FI: 18 },
  ...{ FR: 27, GB: 22, GI: 23, GR: 27, HR: 21, HU: 28, IE: 22, IS: 26, IT: 27, LI: 21, LT: 20, LU: 20, LV: 21 },
  ...{ MC: 27, MD: 24, ME: 22, MK: 19, MT: 31, NL: 18, NO: 15, PL: 28, PT: 25, RO: 24, RS: 22, SE: 24, SI: 19 },
  ...{ SK: 24, SM: 27, VA: 22 },
};
const ELSEWHERE: Readonly<Record<string, number>> = {
  ...{ AE: 23, AZ: 28, BA: 20, BH: 22, BR: 29, BY: 28, CR: 22, DO: 28, EG: 29, FO: 18, GE: 22, GL: 18, GT: 28 },
  ...{ IL: 23, IQ: 23, JO: 30, KW: 30, KZ: 20, LB: 28, LC: 32, LY: 25, MR: 27, MU: 30, PK: 24, PS: 29, QA: 29 },
  ...{ SA: 24, SC: 31, ST: 25, SV: 28, TL: 23, TN: 24, TR: 26, UA: 29, VG: 24, XK: 20 },
};

export type IbanFault = 'form' | 'country' | 'length' | 'check_digits';

/** As banks store it: no blanks, capital letters. */
export const electronicIban = (text: string): string => text.replaceAll(/[\s-]/g, '').toUpperCase();

/** Why a text is no IBAN, of the SEPA area if `sepaOnly`; undefined when it is one. Check digits by ISO 13616. */
export function ibanFault(text: string, { sepaOnly = false } = {}): IbanFault | undefined {
  const iban = electronicIban(text);
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{5,30}$/.test(iban)) return 'form';
  const country = iban.slice(0, 2);
  const length = SEPA[country] ?? (sepaOnly ? undefined : ELSEWHERE[country]);
  if (length === undefined) return 'country';
  if (iban.length !== length) return 'length';
  return mod97(lettersAsNumbers(`${iban.slice(4)}${iban.slice(0, 4)}`)) === 1 ? undefined : 'check_digits';
}

/** Country and last four digits: enough to recognise an account for who knows it. */
export const ibanHint = (iban: string): string => `${iban.slice(0, 2)}•• •••• ${iban.slice(-4)}`;
