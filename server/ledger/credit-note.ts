import { agencyBook, bookOf, buildPosting, credit, debit, partyOf } from './posting.ts';
import type { Posting } from './posting.ts';

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

/** The issuer's margin bears what it promised its buyer; an agency that was billed books its claim. One posting per credit note. */
export function buildCreditNote({ issuerAgencyId, billedAgencyId, net, tax, ...note }: CreditNoteFigures): Posting {
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
  return buildPosting({
    source: 'credit_note',
    key: note.key,
    kind: 'credit_note',
    currency: note.currency,
    entries,
  });
}
