import { plainTaxId, spanishTaxIdFault } from './spanish-tax-id.ts';
import { VAT_COUNTRIES, vatIdFault, vatPrefix } from './vat-id.ts';

/**
 * Why a text is no tax id of a company in a country (ISO 3166); undefined when it may be one. Spanish ones with or without `ES`, those of
 * the rest of the Union as VAT ids, with or without the country's letters; elsewhere only their form is looked at.
 */
export function companyTaxIdFault(country: string, text: string): 'form' | 'check_digits' | undefined {
  const plain = plainTaxId(text);
  const prefix = vatPrefix(country);
  if (country === 'ES') return spanishTaxIdFault(plain.startsWith('ES') ? plain.slice(2) : plain);
  if (!VAT_COUNTRIES.includes(prefix)) return /^[A-Z0-9]{4,20}$/.test(plain) ? undefined : 'form';
  const fault = vatIdFault(plain.startsWith(prefix) ? plain : `${prefix}${plain}`);
  return fault === 'country' ? 'form' : fault;
}
