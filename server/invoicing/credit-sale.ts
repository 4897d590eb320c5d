import type { TenantSql } from '../kernel/database/sql.ts';
import { issueInvoice } from './issue-invoice.ts';
import { leftToCredit } from './credit-invoice.ts';
import { findCorrections, findOfBooking } from './repository.ts';
import type { InvoiceRow } from './repository.ts';
import { taxOfLine } from './tax-totals.ts';
import { notesOf, textsFor } from './texts.ts';

export interface RefundToCredit {
  bookingId: string;
  /** Names the refund: the same key credits once. */
  key: string;
  /** What the customer gets back (minor units). */
  customerMinor: number;
  /** What each agency of a wallet sale gets back from its parent; left out for a card sale. */
  edges?: readonly { agencyId: string; amountMinor: number }[];
  /** What of it pays credit notes by hand: those corrected the invoice already. */
  credited?: readonly { issuerAgencyId: string | null; billedAgencyId: string | null; amount: number }[];
  now: Date;
}

/**
 * Corrects the invoices of a refunded booking by differences: one credit note for each invoice something was given back on that no credit
 * note by hand corrected before, in the caller's transaction, once. Issued invoices themselves never change.
 */
export async function issueCreditNotes(sql: TenantSql, refund: RefundToCredit): Promise<InvoiceRow[]> {
  const invoices = (await findOfBooking(sql, refund.bookingId)).filter((invoice) => invoice.kind !== 'credit_note');
  const issued: InvoiceRow[] = [];
  for (const invoice of invoices) {
    const amount =
      invoice.billed_agency_id === null
        ? refund.customerMinor
        : (refund.edges?.find((edge) => edge.agencyId === invoice.billed_agency_id)?.amountMinor ?? 0);
    const credited = refund.credited?.find(
      (one) => one.issuerAgencyId === invoice.issuer.agencyId && one.billedAgencyId === invoice.billed_agency_id,
    );
    const others = (await findCorrections(sql, invoice.id)).filter(({ key }) => key !== keyOf(refund, invoice));
    const due = Math.min(amount - (credited?.amount ?? 0), leftToCredit(invoice, others));
    if (due > 0) issued.push(await creditOne(sql, invoice, due, refund));
  }
  return issued;
}

const keyOf = (refund: RefundToCredit, invoice: InvoiceRow): string => `${refund.key}/credit/${invoice.id}`;

function creditOne(sql: TenantSql, invoice: InvoiceRow, amount: number, refund: RefundToCredit): Promise<InvoiceRow> {
  const texts = textsFor(invoice.locale);
  // A sale has one line; what is given back is taxed as it was.
  const tax = taxOfLine(invoice.lines[0] ?? {});
  const draft = {
    key: keyOf(refund, invoice),
    kind: 'credit_note' as const,
    bookingId: invoice.booking_id,
    brandId: invoice.brand_id,
    sellerAgencyId: invoice.seller_agency_id,
    issuerAgencyId: invoice.issuer.agencyId,
    correctsId: invoice.id,
    issuer: invoice.issuer,
    customer: invoice.customer,
    lines: [
      {
        description: `${texts.refundOf} ${invoice.booking_reference ?? ''}`.trim(),
        quantity: 1,
        amountMinor: -amount,
        tax,
      },
    ],
    notes: notesOf([tax], invoice.locale),
    currency: invoice.currency,
    locale: invoice.locale,
  };
  return issueInvoice(sql, draft, refund.now);
}
