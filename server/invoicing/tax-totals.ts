import { applyBasisPoints, sum } from '../kernel/money.ts';
import type { LineTax } from '../tax/index.ts';
import type { InvoiceLine } from './invoice.ts';

/** Invoices from before lines said how they are taxed all stand in the margin scheme. */
const BEFORE: LineTax = { scheme: 'margin', rateBp: null };

export const taxOfLine = (line: Pick<InvoiceLine, 'tax'>): LineTax => line.tax ?? BEFORE;

/** What the lines of one treatment come to; minor units. `tax` is 0 where none is shown. */
export interface TaxTotal extends LineTax {
  readonly base: number;
  readonly tax: number;
}

/** Totals by treatment, in the order of the lines: VAT is reckoned once on the sum, as EN 16931 (BR-CO-17) wants it. */
export function taxTotalsOf(lines: readonly InvoiceLine[]): TaxTotal[] {
  const groups = new Map<string, { tax: LineTax; amounts: number[] }>();
  for (const line of lines) {
    const tax = taxOfLine(line);
    const key = `${tax.scheme}/${tax.rateBp ?? ''}`;
    const group = groups.get(key) ?? { tax, amounts: [] };
    group.amounts.push(line.amountMinor);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ tax, amounts }) => {
    const base = sum(amounts);
    return { ...tax, base, tax: applyBasisPoints(base, tax.rateBp ?? 0) };
  });
}

/** Amounts of an invoice's lines and the VAT that stands on top of them; minor units. */
export function totalsOf(lines: readonly InvoiceLine[]): { net: number; tax: number; total: number } {
  const totals = taxTotalsOf(lines);
  const net = sum(totals.map((each) => each.base));
  const tax = sum(totals.map((each) => each.tax));
  return { net, tax, total: net + tax };
}
