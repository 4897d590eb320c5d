import type { Knex } from 'knex';
import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { InvoiceDraft, InvoiceLine, InvoiceParty } from './invoice.ts';
import { insertCustomer, openCustomer } from './invoice-customer.ts';
import type { InvoiceKind } from './schema.ts';

export interface InvoiceRow {
  id: string;
  full_number: string;
  kind: InvoiceKind;
  key: string;
  booking_id: string | null;
  booking_reference: string | null;
  brand_id: string;
  seller_agency_id: string | null;
  billed_agency_id: string | null;
  /** The booking's customer, when the invoice is addressed to a customer. */
  reader_customer_id: string | null;
  corrects_id: string | null;
  corrects_number: string | null;
  corrects_issued_at: Date | null;
  corrects_kind: InvoiceKind | null;
  issuer: InvoiceParty;
  customer: InvoiceParty;
  lines: InvoiceLine[];
  notes: string[];
  total_minor: number;
  currency: string;
  locale: string;
  issued_at: Date;
}

/** Invoices with what the access rules read; each row goes through `openRow`. A customer reads what is addressed to customers, never what bills an agency. */
export function selectInvoices(): Knex.QueryBuilder {
  const readable = q('invoices as i')
    .leftJoin('bookings as b', 'b.id', 'i.booking_id')
    .leftJoin('invoices as c', 'c.id', 'i.corrects_id')
    .leftJoin('invoice_customers as p', 'p.invoice_id', 'i.id')
    .select(
      'i.*',
      'p.party',
      'b.reference as booking_reference',
      'c.full_number as corrects_number',
      'c.issued_at as corrects_issued_at',
      'c.kind as corrects_kind',
    )
    .select(q.raw("(i.customer ->> 'agencyId')::uuid as billed_agency_id"))
    .select(q.raw("case when i.customer ->> 'agencyId' is null then b.customer_id end as reader_customer_id"));
  return q(readable.as('i')).select('i.*');
}

/** Both sides of an invoice read it: the agency that sold, and the one that was billed. */
export const READER_COLUMNS = [
  { agencyId: 'i.seller_agency_id', customerId: 'i.reader_customer_id' },
  { agencyId: 'i.billed_agency_id', customerId: 'i.reader_customer_id' },
] as const;

/** A row of `selectInvoices`, as stored. */
export type StoredInvoice = InvoiceRow & { party: InvoiceParty | string | null };

export function openRow(sql: TenantSql, { party, ...row }: StoredInvoice): InvoiceRow {
  return { ...row, customer: openCustomer(sql.vault, row.id, row.customer, party) };
}

async function findOne(sql: TenantSql, where: Record<string, string>): Promise<InvoiceRow | undefined> {
  const row = await sql.one<StoredInvoice>(selectInvoices().where(where));
  return row && openRow(sql, row);
}
export const findByKey = (sql: TenantSql, key: string) => findOne(sql, { 'i.key': key });
export const findInvoice = (sql: TenantSql, id: string) => findOne(sql, { 'i.id': id });

/** Invoices of a booking, oldest first. */
export const findOfBooking = async (sql: TenantSql, bookingId: string): Promise<InvoiceRow[]> =>
  (await sql.all<StoredInvoice>(selectInvoices().where('i.booking_id', bookingId).orderBy('i.id'))).map((row) =>
    openRow(sql, row),
  );

/** Credit notes that correct an invoice, oldest first. */
export const findCorrections = async (sql: TenantSql, invoiceId: string): Promise<InvoiceRow[]> =>
  (await sql.all<StoredInvoice>(selectInvoices().where('i.corrects_id', invoiceId).orderBy('i.id'))).map((row) =>
    openRow(sql, row),
  );

/** Locks a series of a year until the transaction ends and answers its next number; a new series begins at 1. */
export async function lockSeries(sql: TenantSql, code: string, year: number): Promise<number> {
  const series = await sql.one<{ next_number: number }>(
    q.raw(
      `insert into invoice_series as s (code, year, next_number) values (?, ?, 1)
       on conflict (code, year) do update set next_number = s.next_number returning next_number`,
      [code, year],
    ),
  );
  if (!series) throw new Error(`Series ${code} of ${year} could not be locked`);
  return series.next_number;
}

export async function issuedAtOf(
  sql: TenantSql,
  series: string,
  year: number,
  number: number,
): Promise<Date | undefined> {
  return (await sql.one<{ issued_at: Date }>(q('invoices').where({ series, year, number }).select('issued_at')))
    ?.issued_at;
}

export type NumberedInvoice = InvoiceDraft & {
  id: string;
  series: string;
  year: number;
  number: number;
  fullNumber: string;
  totalMinor: number;
  issuedAt: Date;
};

/** Writes an invoice and counts its number. The series must be locked by this transaction. */
export async function insertNumbered(sql: TenantSql, invoice: NumberedInvoice): Promise<void> {
  const insert = q('invoices').insert({
    id: invoice.id,
    series: invoice.series,
    year: invoice.year,
    number: invoice.number,
    full_number: invoice.fullNumber,
    kind: invoice.kind,
    key: invoice.key,
    booking_id: invoice.bookingId,
    brand_id: invoice.brandId,
    seller_agency_id: invoice.sellerAgencyId,
    corrects_id: invoice.correctsId ?? null,
    issuer: json(invoice.issuer),
    customer: json(invoice.customer.agencyId ? invoice.customer : { agencyId: null }),
    lines: json(invoice.lines),
    notes: json(invoice.notes),
    total_minor: invoice.totalMinor,
    currency: invoice.currency,
    locale: invoice.locale,
    issued_at: invoice.issuedAt,
  });
  await sql.run(
    q('invoice_series')
      .with('issued', insert)
      .where({ code: invoice.series, year: invoice.year })
      .update({ next_number: invoice.number + 1 }),
  );
  if (!invoice.customer.agencyId) await insertCustomer(sql, invoice.id, invoice.customer);
}

export interface BrandRow {
  id: string;
  agency_id: string | null;
  name: string;
  settings: Record<string, string>;
  legal: Record<string, string>;
  default_locale: string;
}

/** Brands of the reseller and of these agencies. */
export const findBrands = (sql: TenantSql, agencyIds: readonly string[]): Promise<BrandRow[]> =>
  sql.all<BrandRow>(
    q('brands')
      .where((any) => void any.whereNull('agency_id').orWhereIn('agency_id', [...agencyIds]))
      .select('id', 'agency_id', 'name', 'settings', 'legal', 'default_locale'),
  );

export const findBrand = (sql: TenantSql, id: string): Promise<BrandRow | undefined> =>
  sql.one<BrandRow>(q('brands').where({ id }).select('id', 'agency_id', 'name', 'settings', 'legal', 'default_locale'));

export interface AgencyRow {
  id: string;
  name: string;
  legal_name: string | null;
  tax_id: string | null;
  email: string | null;
}

export const findAgencies = (sql: TenantSql, ids: readonly string[]): Promise<AgencyRow[]> =>
  sql.all<AgencyRow>(
    q('agencies')
      .whereIn('id', [...ids])
      .select('id', 'name', 'legal_name', 'tax_id', 'email'),
  );
