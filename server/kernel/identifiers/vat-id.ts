import { isLuhn, isMod1110, lettersAsNumbers, mod97, weighted } from './check-digits.ts';
import { plainTaxId, spanishTaxIdFault } from './spanish-tax-id.ts';

interface Rule {
  /** Of what follows the country's letters (VIES, "VAT number structure"). */
  form: RegExp;
  /** The national check, where it is published and has no exceptions in use. */
  check?: (id: string) => boolean;
}

const upTo9 = (remainder: number): number => (remainder > 9 ? 0 : remainder);

function isAustrian(id: string): boolean {
  const digits = Array.from(id.slice(1), Number);
  const doubled = (value: number) => Math.floor((value * 2) / 10) + ((value * 2) % 10);
  const sum = digits.slice(0, 7).reduce((total, value, at) => total + (at % 2 === 0 ? value : doubled(value)), 0);
  return (10 - ((sum + 4) % 10)) % 10 === digits[7];
}

function isIrish(id: string): boolean {
  const second = id.charAt(8);
  const sum = weighted(id, [8, 7, 6, 5, 4, 3, 2]) + (second ? 9 * (second.charCodeAt(0) - 64) : 0);
  return id.charAt(7) === 'WABCDEFGHIJKLMNOPQRSTUV'.charAt(sum % 23);
}

/** The key before a SIREN is computed where it is digits; with letters it is not published. Monaco's SIREN is no Luhn number. */
function isFrench(id: string): boolean {
  const siren = id.slice(2);
  if (!siren.startsWith('000') && !isLuhn(siren)) return false;
  return !/^\d\d/.test(id) || (12 + 3 * (Number(siren) % 97)) % 97 === Number(id.slice(0, 2));
}

/** Companies': the eleven test of the RSIN; sole traders' since 2020: MOD 97-10 over the whole. */
function isDutch(id: string): boolean {
  const sum = weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]);
  return sum % 11 === Number(id.charAt(8)) || mod97(lettersAsNumbers(`NL${id}`)) === 1;
}

const RULES: Readonly<Record<string, Rule>> = {
  AT: { form: /^U\d{8}$/, check: isAustrian },
  BE: { form: /^[01]\d{9}$/, check: (id) => 97 - (Number(id.slice(0, 8)) % 97) === Number(id.slice(8)) },
  BG: { form: /^\d{9,10}$/ },
  CY: { form: /^\d{8}[A-Z]$/ },
  CZ: { form: /^\d{8,10}$/ },
  DE: { form: /^[1-9]\d{8}$/, check: isMod1110 },
  DK: { form: /^\d{8}$/, check: (id) => weighted(id, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0 },
  EE: { form: /^\d{9}$/, check: (id) => weighted(id, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 === 0 },
  EL: {
    form: /^\d{9}$/,
    check: (id) => upTo9(weighted(id, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) === Number(id.charAt(8)),
  },
  ES: { form: /^[A-Z0-9]\d{7}[A-Z0-9]$/, check: (id) => spanishTaxIdFault(id) === undefined },
  FI: {
    form: /^\d{8}$/,
    check: (id) => (11 - (weighted(id, [7, 9, 10, 5, 8, 4, 2]) % 11)) % 11 === Number(id.charAt(7)),
  },
  FR: { form: /^[0-9A-HJ-NP-Z]{2}\d{9}$/, check: isFrench },
  HR: { form: /^\d{11}$/, check: isMod1110 },
  HU: { form: /^\d{8}$/, check: (id) => weighted(id, [9, 7, 3, 1, 9, 7, 3, 1]) % 10 === 0 },
  IE: { form: /^(?:\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])$/, check: (id) => !/^\d{7}/.test(id) || isIrish(id) },
  IT: { form: /^\d{11}$/, check: isLuhn },
  LT: { form: /^(?:\d{9}|\d{12})$/ },
  LU: { form: /^\d{8}$/, check: (id) => Number(id.slice(0, 6)) % 89 === Number(id.slice(6)) },
  LV: { form: /^\d{11}$/ },
  MT: { form: /^\d{8}$/, check: (id) => weighted(id, [3, 4, 6, 7, 8, 9, 10, 1]) % 37 === 0 },
  NL: { form: /^\d{9}B\d{2}$/, check: isDutch },
  PL: {
    form: /^\d{10}$/,
    check: (id) => weighted(id, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === Number(id.charAt(9)),
  },
  PT: {
    form: /^[1-9]\d{8}$/,
    check: (id) => upTo9(11 - (weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 11)) === Number(id.charAt(8)),
  },
  RO: { form: /^\d{2,10}$/ },
  SE: { form: /^\d{10}01$/, check: (id) => isLuhn(id.slice(0, 10)) },
  SI: { form: /^[1-9]\d{7}$/ },
  SK: { form: /^[1-9]\d{9}$/, check: (id) => Number(id) % 11 === 0 },
  XI: { form: /^(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})$/ },
};

export type VatIdFault = 'country' | 'form' | 'check_digits';

/** Member states whose VAT ids are known here, by the letters VIES uses (`EL` for Greece, `XI` for Northern Ireland). */
export const VAT_COUNTRIES: readonly string[] = Object.keys(RULES);

/** Letters of a country's VAT ids: those of ISO 3166 but for Greece. */
export const vatPrefix = (country: string): string => (country === 'GR' ? 'EL' : country);

/**
 * Why a text is no VAT id of the European Union, letters of the country first; undefined when it is one. Says nothing of whether it was
 * ever given out: only VIES can.
 */
export function vatIdFault(text: string): VatIdFault | undefined {
  const plain = plainTaxId(text);
  const rule = Object.hasOwn(RULES, plain.slice(0, 2)) ? RULES[plain.slice(0, 2)] : undefined;
  if (!rule) return 'country';
  const id = plain.slice(2);
  if (!rule.form.test(id)) return 'form';
  return rule.check && !rule.check(id) ? 'check_digits' : undefined;
}
