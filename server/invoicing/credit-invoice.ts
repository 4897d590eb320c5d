import { authorize } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { allocate, sum } from '../kernel/money.ts';
import { CreditExceedsInvoice, NotCreditable } from './errors.ts';
import type { InvoiceLine } from './invoice.ts';
import { issueInvoice } from './issue-invoice.ts';
import { openInvoice } from './read-invoices.ts';
import { findCorrections } from './repository.ts';
import type { InvoiceRow } from './repository.ts';
import { taxTotalsOf } from './tax-totals.ts';
import { notesOf, textsFor } from './texts.ts';

export interface CreditByHand {
  invoiceId: string;
  /** Names the request: the same key credits once. */
  key: string;
  /** Of the lines as they stand, VAT on top not counted; left out: all that is left. Minor units. */
  amountMinor?: number;
  reason: string;
  now: Date;
}

export interface CreditNoteBooks {
  /** Takes the ledger's lock, which comes before that of the series. */
  lock(sql: TenantSql): Promise<void>;
  /** Posts what a credit note takes from its issuer, once by its key, before it is issued. */
  post(
    sql: TenantSql,
    given: { key: string; lines: readonly InvoiceLine[]; corrected: InvoiceRow; now: Date },
  ): Promise<void>;
  /** What follows from an issued one in the same transaction. */
  issued(sql: TenantSql, note: InvoiceRow, now: Date): Promise<void>;
}

/** What of an invoice's lines was not taken back yet (minor units, VAT on top not counted). */
export function leftToCredit(
  invoice: Pick<InvoiceRow, 'lines'>,
  corrections: readonly Pick<InvoiceRow, 'lines'>[],
): number {
  return sum([invoice, ...corrections].flatMap(({ lines }) => lines.map((line) => line.amountMinor)));
}

/**
 * Corrects an invoice by hand, by differences: whole, or by an amount up to what is left of it. Only whoever issued it may. The credit note is
 * posted in the same transaction. @throws 404, NotCreditable, CreditExceedsInvoice
 */
export async function creditInvoice(
  sql: TenantSql,
  actor: Actor,
  credit: CreditByHand,
  books: CreditNoteBooks,
  audit: AuditPen = noAudit,
): Promise<InvoiceRow> {
  const invoice = await openInvoice(sql, actor, credit.invoiceId);
  if (invoice.issuer.agencyId !== actor.agencyId) throw NotFound({ what: 'This invoice' });
  authorize(actor, 'adjust', 'Invoice', { agencyId: invoice.issuer.agencyId });
  if (invoice.kind === 'credit_note') throw NotCreditable({ number: invoice.full_number });
  await books.lock(sql);
  const corrections = await findCorrections(sql, invoice.id);
  const key = `${invoice.id}/credit/${credit.key}`;
  const before = corrections.find((note) => note.key === key);
  if (before) return before;

  const left = leftToCredit(invoice, corrections);
  const amount = credit.amountMinor ?? left;
  if (amount <= 0 || amount > left)
    throw CreditExceedsInvoice({ number: invoice.full_number, left, currency: invoice.currency });
  const draft = draftOf(invoice, amount, key, credit.reason);
  await books.post(sql, { key, lines: draft.lines, corrected: invoice, now: credit.now });
  const note = await issueInvoice(sql, draft, credit.now);
  await books.issued(sql, note, credit.now);
  audit.note({
    details: {
      creditNote: note.full_number,
      corrects: invoice.full_number,
      amountMinor: amount,
      reason: credit.reason,
    },
  });
  return note;
}

function draftOf(invoice: InvoiceRow, amount: number, key: string, reason: string) {
  const texts = textsFor(invoice.locale);
  const totals = taxTotalsOf(invoice.lines);
  // Of several treatments each bears its share.
  const shares = allocate(
    amount,
    totals.map(({ base }) => base),
  );
  const lines = totals.flatMap(({ scheme, rateBp }, index): InvoiceLine[] => {
    const share = shares[index] ?? 0;
    const description = `${texts.creditOf} ${invoice.full_number}`;
    return share === 0 ? [] : [{ description, quantity: 1, amountMinor: -share, tax: { scheme, rateBp } }];
  });
  return {
    key,
    kind: 'credit_note' as const,
    bookingId: invoice.booking_id,
    brandId: invoice.brand_id,
    sellerAgencyId: invoice.seller_agency_id,
    issuerAgencyId: invoice.issuer.agencyId,
    correctsId: invoice.id,
    issuer: invoice.issuer,
    customer: invoice.customer,
    lines,
    notes: [...notesOf(totals, invoice.locale), `${texts.reason}: ${reason}`],
    currency: invoice.currency,
    locale: invoice.locale,
  };
}
