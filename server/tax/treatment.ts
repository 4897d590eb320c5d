import { UNION, vatRateOn } from './vat-rate.ts';

/**
 * How a line is taxed. `margin`: VAT is due on the seller's margin, included in it and never shown (Directive 2006/112/EC art. 306–310).
 * `reverse_charge`: the business that buys owes it (art. 196). `outside`: not in the scope of the Union's VAT.
 */
export type TaxScheme = 'margin' | 'ordinary' | 'reverse_charge' | 'outside';

/** What a document says of the tax on a line. */
export interface LineTax {
  readonly scheme: TaxScheme;
  /** On top of the line's amount (basis points); null when no tax is shown. */
  readonly rateBp: number | null;
}

export interface Supply {
  /** ISO 3166 of whoever sells in its own name; null when its tax id names none. */
  readonly sellerCountry: string | null;
  /** `travel`: services of others, sold in one's own name. `service`: one's own, a fee or a commission; also what a disclosed agent charges. */
  readonly product: 'travel' | 'service';
  readonly buyer: { readonly kind: 'business' | 'consumer'; readonly country: string | null };
  /** ISO date. */
  readonly day: string;
}

export interface TaxTreatment extends LineTax {
  /** Rate of the tax inside the margin (basis points); null when it is not known, or there is none. For the books alone. */
  readonly insideBp: number | null;
}

/**
 * The treatment of a supply. Travel sold in one's own name stands in the margin scheme, to consumers and to businesses alike; one's own
 * service at the seller's standard rate, unless a business elsewhere takes it over. Pure.
 */
export function taxTreatmentOf({ sellerCountry, product, buyer, day }: Supply): TaxTreatment {
  const isMember = sellerCountry !== null && UNION.has(sellerCountry);
  if (product === 'travel') {
    // Whose country is not known sells in the Union all the same: the mention stands, and no rate is guessed.
    if (sellerCountry !== null && !isMember) return plain('outside', null);
    const insideBp = sellerCountry === null ? null : (vatRateOn(sellerCountry, 'standard', day) ?? null);
    return { scheme: 'margin', rateBp: null, insideBp };
  }
  if (!isMember) return plain('outside', null);
  const isAbroad = buyer.country !== null && buyer.country !== sellerCountry;
  if (buyer.kind === 'business' && isAbroad && buyer.country !== null)
    return plain(UNION.has(buyer.country) ? 'reverse_charge' : 'outside', null);
  return plain('ordinary', vatRateOn(sellerCountry, 'standard', day) ?? null);
}

const plain = (scheme: TaxScheme, rateBp: number | null): TaxTreatment => ({ scheme, rateBp, insideBp: null });
