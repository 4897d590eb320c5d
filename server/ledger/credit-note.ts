import { agencyBook, bookOf, buildPosting, credit, debit, partyOf } from './posting.ts';
import type { Entry, Posting } from './posting.ts';

/** A credit note by hand, beside any refund. Minor units, positive. */
export interface CreditNoteFigures {
  /** Of the credit note: the same is posted once. */
  readonly key: string;
  readonly currency: string;
  /** Whose book bears it; null is the reseller. */
  readonly issuerAgencyId: string | null;
  /** The agency that was billed; null: a customer. */
  readonly billedAgencyId: string | null;
  readonly net: number;
  /** VAT that stood on top of it. */
  readonly tax: number;
}

/** What a promise moves in the books of both sides; negative figures take it back. */
export function creditNoteEntries({
  issuerAgencyId,
  billedAgencyId,
  net,
  tax,
}: Omit<CreditNoteFigures, 'key' | 'currency'>): Entry[] {
  const book = bookOf(issuerAgencyId);
  const claim = billedAgencyId === null ? 'customer_credit' : `customer_credit:${billedAgencyId}`;
  const entries = [
    debit(book, 'margin', net),
    debit(book, 'ordinary_vat_payable', tax),
    credit(book, claim, net + tax),
  ];
  if (billedAgencyId !== null)
    entries.push(
      debit(agencyBook(billedAgencyId), `supplier_credit:${partyOf(issuerAgencyId)}`, net + tax),
      credit(agencyBook(billedAgencyId), 'margin', net + tax),
    );
  return entries;
}

/** The issuer's margin bears what it promised its buyer; an agency that was billed books its claim. One posting per credit note. */
export const buildCreditNote = ({ key, currency, ...figures }: CreditNoteFigures): Posting =>
  buildPosting({
    source: 'credit_note',
    key,
    kind: 'credit_note',
    currency,
    entries: creditNoteEntries(figures),
  });
