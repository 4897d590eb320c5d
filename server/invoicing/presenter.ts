import { API_BASE } from '../kernel/http/api.ts';
import type { InvoiceRow } from './repository.ts';
import type { InvoiceSummaryView, InvoiceView } from './schema.ts';

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
  };
}

export function presentInvoice(row: InvoiceRow): InvoiceView {
  const { corrects_id: id, corrects_number: number, corrects_issued_at: issuedAt } = row;
  return {
    ...presentSummary(row),
    issuer: row.issuer,
    customer: row.customer,
    lines: row.lines.map(({ description, quantity, amountMinor }) => ({
      description,
      quantity,
      amount: { amount: amountMinor, currency: row.currency },
    })),
    notes: row.notes,
    corrects: id && number && issuedAt ? { id, number, issuedAt: issuedAt.toISOString() } : null,
    locale: row.locale,
  };
}
