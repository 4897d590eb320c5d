import { abilityFor, authorize, narrow } from '../access/index.ts';
import { readPublishedPng } from '../files/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { NotAnEInvoice } from './errors.ts';
import { renderInvoicePdf } from './render-invoice-pdf.ts';
import { READER_COLUMNS, findBrand, findCorrections, findInvoice, openRow, selectInvoices } from './repository.ts';
import type { InvoiceRow, StoredInvoice } from './repository.ts';
import type { InvoiceListQuery } from './schema.ts';
import { qrBlocks } from './verifactu/qr-block.ts';
import { isElectronic, renderUbl } from './ubl.ts';

/** Invoices the actor may see, newest first. */
export async function listInvoices(
  sql: TenantSql,
  actor: Actor,
  query: InvoiceListQuery,
): Promise<{ rows: readonly InvoiceRow[]; next: string | null }> {
  const before = decodeCursor(query.cursor, UUID_CURSOR);
  const ability = abilityFor(actor);
  const invoices = selectInvoices()
    .orderBy('i.id', 'desc')
    .limit(query.limit + 1);
  void invoices.where((readable) => {
    for (const columns of READER_COLUMNS)
      void readable.orWhere((side) => void narrow(side, ability, 'read', 'Invoice', columns));
  });
  if (before) void invoices.where('i.id', '<', before);
  if (query.bookingId) void invoices.where('i.booking_id', query.bookingId);
  if (query.kind) void invoices.where('i.kind', query.kind);
  const rows = (await sql.all<StoredInvoice>(invoices)).map((row) => openRow(sql, row));
  return toPage(rows, query.limit, (row) => row.id);
}

/** One invoice. @throws 404 when there is none, or the actor is on neither side of it */
export async function openInvoice(sql: TenantSql, actor: Actor, id: string): Promise<InvoiceRow> {
  const invoice = await findInvoice(sql, id);
  if (!invoice) throw NotFound({ what: 'This invoice' });
  const isBilled = actor.agencyId !== null && invoice.billed_agency_id === actor.agencyId;
  authorize(actor, 'read', 'Invoice', {
    agencyId: isBilled ? invoice.billed_agency_id : invoice.seller_agency_id,
    customerId: invoice.reader_customer_id,
  });
  return invoice;
}

/** The PDF of an invoice that the caller has already found to be the reader's. */
export async function invoicePdf(sql: TenantSql, invoice: InvoiceRow): Promise<{ fileName: string; data: Buffer }> {
  const brand = await findBrand(sql, invoice.brand_id);
  if (!brand) throw new Error(`Brand ${invoice.brand_id} of an invoice is gone`);
  const after = await qrBlocks(sql, invoice.id, invoice.locale);
  const logo = await readPublishedPng(sql, brand.settings.logoUrl);
  return { fileName: `${invoice.full_number}.pdf`, data: await renderInvoicePdf(invoice, brand, { logo, after }) };
}

/** An invoice that the caller has already found to be the reader's, as UBL. @throws NotAnEInvoice */
export function invoiceXml(invoice: InvoiceRow): { fileName: string; data: Buffer } {
  if (!isElectronic(invoice)) throw NotAnEInvoice({ number: invoice.full_number });
  return { fileName: `${invoice.full_number}.xml`, data: Buffer.from(renderUbl(invoice)) };
}

/** The credit notes of an invoice, for whoever issued it and may issue another; null for everybody else, and of a credit note. */
export async function correctionsFor(sql: TenantSql, actor: Actor, invoice: InvoiceRow): Promise<InvoiceRow[] | null> {
  const mayCredit =
    invoice.kind !== 'credit_note' &&
    invoice.issuer.agencyId === actor.agencyId &&
    abilityFor(actor).can('adjust', 'Invoice');
  return mayCredit ? findCorrections(sql, invoice.id) : null;
}
