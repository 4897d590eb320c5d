import { plainTaxId, spanishTaxIdFault } from '../kernel/identifiers/spanish-tax-id.ts';
import { vatIdFault } from '../kernel/identifiers/vat-id.ts';

/** ISO 3166 of whoever bears a tax id: a Spanish NIF, or a VAT id of the Union by its letters. Null when it is neither. */
export function countryOfTaxId(taxId: string | null): string | null {
  if (!taxId) return null;
  const plain = plainTaxId(taxId);
  if (spanishTaxIdFault(plain) === undefined) return 'ES';
  if (vatIdFault(plain) !== undefined) return null;
  const prefix = plain.slice(0, 2);
  return prefix === 'EL' ? 'GR' : prefix;
}

/** As VAT id: with the letters of its country, `EL` for Greece. Undefined when it is none of the Union's. */
export function asVatId(taxId: string | null): string | undefined {
  const country = countryOfTaxId(taxId);
  if (!country || taxId === null) return undefined;
  const plain = plainTaxId(taxId);
  return country === 'ES' && !plain.startsWith('ES') ? `ES${plain}` : plain;
}
