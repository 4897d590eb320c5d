import type { TenantSql } from '../../kernel/database/sql.ts';
import { newId } from '../../kernel/ids.ts';
import type { InvoiceRow } from '../repository.ts';
import { taxOfLine, taxTotalsOf } from '../tax-totals.ts';
import { hashOf, lacksRecipientId, madridTime, typeOf } from './record.ts';
import { findRecord, insertRecord, lockIssuer } from './repository.ts';

/** What was just posted changed of a trip's margin for the tax office, in an issuer's book; null where no rate is known. */
export type MarginTaxOf = (
  bookingId: string,
  agencyId: string | null,
) => Promise<{ base: number; exempt: number; vat: number; rateBp: number } | null>;

/**
 * Writes the VeriFactu records of invoices just issued, where their issuer chose it, in the issuing transaction and once each; the sale or its
 * correction must have been posted. Records of one issuer are one chain, in the order they are made. Give the invoices from the top of the
 * chain down: the issuers' rows are locked in that order. PostgreSQL refuses the transaction when one is forgotten.
 */
export async function recordVerifactu(
  sql: TenantSql,
  invoices: readonly InvoiceRow[],
  marginTaxOf: MarginTaxOf,
  now: Date,
): Promise<void> {
  for (const invoice of invoices) await recordOne(sql, invoice, marginTaxOf, now);
}

async function recordOne(sql: TenantSql, invoice: InvoiceRow, marginTaxOf: MarginTaxOf, now: Date): Promise<void> {
  const issuer = await lockIssuer(sql, invoice.issuer.agencyId);
  if (!issuer || (await findRecord(sql, invoice.id))) return;
  const type = typeOf(invoice);
  const record = {
    id: newId(),
    nif: issuer.nif,
    sequence: issuer.sequence + 1,
    invoice_id: invoice.id,
    number: invoice.full_number,
    issued_on: invoice.issued_at.toISOString().slice(0, 10),
    type,
    ...(await amountsOf(invoice, marginTaxOf)),
    total_minor: invoice.total_minor,
    generated_at: madridTime(now),
    // One the tax agency refuses is never there to be looked up: its invoice does not say VERI*FACTU.
    remits: issuer.remits && !lacksRecipientId(type, invoice.customer),
    previous_hash: issuer.last_hash,
  };
  await insertRecord(sql, { ...record, hash: hashOf(record) });
}

/** In the margin scheme: what the invoice's posting changed of the trip's margin. Otherwise what stands on the invoice. */
async function amountsOf(invoice: InvoiceRow, marginTaxOf: MarginTaxOf) {
  const isMargin = invoice.lines.some((line) => taxOfLine(line).scheme === 'margin');
  if (!isMargin) {
    const totals = taxTotalsOf(invoice.lines);
    const sumOf = (key: 'base' | 'tax') => totals.reduce((sum, each) => sum + each[key], 0);
    return { base_minor: sumOf('base'), exempt_minor: 0, tax_minor: sumOf('tax'), rate_bp: totals[0]?.rateBp ?? 0 };
  }
  const booking = invoice.booking_id;
  const tax = booking === null ? null : await marginTaxOf(booking, invoice.issuer.agencyId);
  if (!tax) return { base_minor: 0, exempt_minor: 0, tax_minor: 0, rate_bp: 0 };
  return { base_minor: tax.base, exempt_minor: tax.exempt, tax_minor: tax.vat, rate_bp: tax.rateBp };
}
