import { BASIS_POINTS, multiplyRational } from '../kernel/money.ts';

/** A part of a whole, for example 1 of 4 legs. */
export interface Share {
  readonly part: number;
  readonly of: number;
}

export const NOTHING: Share = { part: 0, of: 1 };

/** What the margin of a trip comes to for the tax office; minor units, `margin = taxable + exempt`, `taxable = base + vat`. */
export interface MarginTax {
  readonly margin: number;
  readonly exempt: number;
  readonly taxable: number;
  readonly base: number;
  readonly vat: number;
}

/**
 * VAT inside the margin of a trip (LIVA art. 145, 146; Directive art. 308, 309): the margin is the whole price less what the traveller's
 * services cost, VAT included. A loss has no tax and is not set against other trips. The share performed outside the Union is exempt.
 */
export function marginTax(trip: { total: number; cost: number; outside?: Share; insideBp: number }): MarginTax {
  const margin = Math.max(0, trip.total - trip.cost);
  const { part, of } = trip.outside ?? NOTHING;
  const exempt = multiplyRational(margin, part, of);
  const taxable = margin - exempt;
  const vat = multiplyRational(taxable, trip.insideBp, BASIS_POINTS + trip.insideBp);
  return { margin, exempt, taxable, base: taxable - vat, vat };
}
