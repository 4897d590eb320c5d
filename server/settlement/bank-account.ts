/** Lengths of IBANs in the countries of the SEPA schemes (ISO 13616 registry; EPC409-09). */
const LENGTHS: Readonly<Record<string, number>> = {
  ...{ AD: 24, AL: 28, AT: 20, BE: 16, BG: 22, CH: 21, CY: 28, CZ: 24, DE: 22, DK: 18, EE: 20, ES: 24, FI: 18 },
  ...{ FR: 27, GB: 22, GI: 23, GR: 27, HR: 21, HU: 28, IE: 22, IS: 26, IT: 27, LI: 21, LT: 20, LU: 20, LV: 21 },
  ...{ MC: 27, MD: 24, ME: 22, MK: 19, MT: 31, NL: 18, NO: 15, PL: 28, PT: 25, RO: 24, RS: 22, SE: 24, SI: 19 },
  ...{ SK: 24, SM: 27, VA: 22 },
};

/** As banks store it: no blanks, capital letters. */
export const electronicIban = (text: string): string => text.replaceAll(/[\s-]/g, '').toUpperCase();

/** Remainder of a decimal text by 97, in steps that stay safe integers (ISO 7064, MOD 97-10). */
function mod97(digits: string): number {
  let remainder = 0;
  for (const part of digits.match(/\d{1,7}/g) ?? []) remainder = Number(`${remainder}${part}`) % 97;
  return remainder;
}

/** Why a text is no IBAN of the SEPA area; undefined when it is one. Check digits by ISO 13616. */
export function ibanFault(text: string): 'form' | 'country' | 'length' | 'check_digits' | undefined {
  const iban = electronicIban(text);
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{5,30}$/.test(iban)) return 'form';
  const length = LENGTHS[iban.slice(0, 2)];
  if (length === undefined) return 'country';
  if (iban.length !== length) return 'length';
  const digits = [...`${iban.slice(4)}${iban.slice(0, 4)}`].map((sign) => Number.parseInt(sign, 36)).join('');
  return mod97(digits) === 1 ? undefined : 'check_digits';
}

/** Whether a text is a BIC (ISO 9362): bank, country, place, perhaps a branch. It has no check digits. */
export const isBic = (text: string): boolean => /^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/.test(text);

/** Country and last four digits: enough to recognise an account for who knows it. */
export const ibanHint = (iban: string): string => `${iban.slice(0, 2)}•• •••• ${iban.slice(-4)}`;
