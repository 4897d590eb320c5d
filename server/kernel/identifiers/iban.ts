import { lettersAsNumbers, mod97 } from './check-digits.ts';

/** Country and length, e.g. `ES24`. */
const lengths = (table: string): Readonly<Record<string, number>> =>
  Object.fromEntries(table.split(' ').map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]));

/** Lengths of IBANs by country (ISO 13616 registry), those of the SEPA schemes first (EPC409-09). */
const SEPA = lengths(
  'AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22 IS26 IT27 ' +
    'LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PL28 PT25 RO24 RS22 SE24 SI19 SK24 SM27 VA22',
);
const ELSEWHERE = lengths(
  'AE23 AZ28 BA20 BH22 BR29 BY28 CR22 DO28 EG29 FO18 GE22 GL18 GT28 IL23 IQ23 JO30 KW30 KZ20 LB28 LC32 LY25 MR27 ' +
    'MU30 PK24 PS29 QA29 SA24 SC31 ST25 SV28 TL23 TN24 TR26 UA29 VG24 XK20',
);

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
