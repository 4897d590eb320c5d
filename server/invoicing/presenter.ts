import { API_BASE } from '../kernel/http/api.ts';
import { leftToCredit } from './credit-invoice.ts';
import { rectificationOf } from './invoice.ts';
import type { InvoiceRow } from './repository.ts';
import { taxOfLine, taxTotalsOf } from './tax-totals.ts';
import type { InvoiceSummaryView, InvoiceView } from './schema.ts';
import { isElectronic } from './ubl.ts';

export function presentSummary(row: InvoiceRow): InvoiceSummaryView {
  return {
    id: row.id,
    number: row.full_number,
    kind: row.kind,
    issuerName: row.issuer.name,
    customerName: row.customer.name,
    booking: row.booking_id && row.booking_reference ? { id: row.booking_id, reference: row.booking_reference } : null,
    total: { amount: row.total_minor, currency: row.currency },
    issuedAt: row.issued_at.toISOString(),
    pdfUrl: `${API_BASE}/invoices/${row.id}/pdf`,
    xmlUrl: isElectronic(row) ? `${API_BASE}/invoices/${row.id}/xml` : null,
  };
}

/** @param corrections its credit notes, for whoever may issue another; null for everybody else */
export function presentInvoice(row: InvoiceRow, corrections: readonly InvoiceRow[] | null = null): InvoiceView {
  const { corrects_id: id, corrects_number: number, corrects_issued_at: issuedAt, corrects_kind: kind } = row;
  return {
    ...presentSummary(row),
    issuer: row.issuer,
    customer: row.customer,
    lines: row.lines.map((line) => ({
      description: line.description,
      quantity: line.quantity,
      amount: { amount: line.amountMinor, currency: row.currency },
      tax: { scheme: taxOfLine(line).scheme, rateBasisPoints: taxOfLine(line).rateBp },
    })),
    taxes: taxTotalsOf(row.lines).flatMap(({ rateBp, base, tax }) =>
      rateBp === null
        ? []
        : [
            {
              rateBasisPoints: rateBp,
              base: { amount: base, currency: row.currency },
              tax: { amount: tax, currency: row.currency },
            },
          ],
    ),
    notes: row.notes,
    corrects:
      id && number && issuedAt && kind
        ? { id, number, issuedAt: issuedAt.toISOString(), rectification: rectificationOf(kind) }
        : null,
    credit: corrections && {
      left: { amount: leftToCredit(row, corrections), currency: row.currency },
      notes: corrections.map((note) => ({
        id: note.id,
        number: note.full_number,
        total: { amount: note.total_minor, currency: note.currency },
        issuedAt: note.issued_at.toISOString(),
      })),
    },
    locale: row.locale,
  };
}
