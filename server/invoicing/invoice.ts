import type { LineTax } from '../tax/index.ts';
import type { InvoiceKind } from './schema.ts';

export interface InvoiceParty {
  name: string;
  taxId: string | null;
  address: string | null;
  email: string | null;
  /** Set when the party is an agency of the network; an agency reads what it is billed. */
  agencyId: string | null;
}

export interface InvoiceLine {
  description: string;
  quantity: number;
  /** Of the whole line: everything included in the margin scheme, before VAT otherwise. Minor units; negative on a credit note. */
  amountMinor: number;
  /** How it is taxed; invoices of before have none and stand in the margin scheme. */
  tax?: LineTax;
}

/** What the invoice says; number and date are given when it is issued. */
export interface InvoiceDraft {
  /** Unique: a repeat answers the first invoice. */
  key: string;
  kind: InvoiceKind;
  bookingId: string | null;
  /** The brand whose dress the PDF wears. */
  brandId: string;
  /** The agency that sold, beside the one billed a reader of it; null is the reseller. */
  sellerAgencyId: string | null;
  /** The agency that issues under its own name and in its own series; null is the reseller. */
  issuerAgencyId: string | null;
  correctsId?: string | null;
  issuer: InvoiceParty;
  customer: InvoiceParty;
  lines: readonly InvoiceLine[];
  notes: readonly string[];
  currency: string;
  locale: string;
}

const LETTER: Readonly<Record<InvoiceKind, string>> = { invoice: 'F', simplified_invoice: 'S', credit_note: 'R' };

/** Series of an issuer and a kind: `F`, `S`, `R` for the reseller, with the end of the agency's id for an agency. */
export function seriesOf(kind: InvoiceKind, issuerAgencyId: string | null): string {
  return issuerAgencyId === null ? LETTER[kind] : `${LETTER[kind]}-${issuerAgencyId.slice(-8).toUpperCase()}`;
}

export const fullNumber = (series: string, year: number, number: number): string =>
  `${series}-${year}-${String(number).padStart(6, '0')}`;

/** Kind of a correction (RD 1619/2012 art. 15, in the tax agency's letters): R5 of a simplified invoice, R1 of any other. */
export const rectificationOf = (corrected: InvoiceKind): 'R1' | 'R5' =>
  corrected === 'simplified_invoice' ? 'R5' : 'R1';

/** Up to 400 EUR the recipient need not be identified by tax id (RD 1619/2012 art. 4). */
const SIMPLIFIED_UP_TO = { amount: 40_000, currency: 'EUR' };

/** A sale to somebody without a tax id, within the limit, is a simplified invoice. */
export function kindOfSale(customer: InvoiceParty, total: number, currency: string): InvoiceKind {
  const small = currency === SIMPLIFIED_UP_TO.currency && total <= SIMPLIFIED_UP_TO.amount;
  return customer.taxId === null && small ? 'simplified_invoice' : 'invoice';
}
