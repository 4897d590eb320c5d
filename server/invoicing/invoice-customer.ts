import { bound, type SealedTable } from '../kernel/crypto/sealed-table.ts';
import type { TenantVault } from '../kernel/crypto/vault.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { InvoiceParty } from './invoice.ts';

const PARTY = 'invoice_customers.party';

/** What an invoice says of a customer whose data were erased. */
const ERASED: InvoiceParty = { name: '–', taxId: null, address: null, email: null, agencyId: null };

/**
 * The person an invoice is addressed to stands beside the invoice, sealed: the invoice itself never changes. An agency of the network is no
 * person; it stays in the invoice.
 */
export async function insertCustomer(sql: TenantSql, invoiceId: string, party: InvoiceParty): Promise<void> {
  const sealed = sql.vault.seal(PARTY, JSON.stringify(party), invoiceId);
  await sql.run(q('invoice_customers').insert({ invoice_id: invoiceId, party: JSON.stringify(sealed) }));
}

/** @param stored of the row beside the invoice; null when it is an agency's, or erased */
export function openCustomer(
  vault: TenantVault,
  invoiceId: string,
  customer: Partial<InvoiceParty>,
  stored: InvoiceParty | string | null,
): InvoiceParty {
  if (typeof stored === 'string') return JSON.parse(vault.open(PARTY, stored, invoiceId)) as InvoiceParty;
  if (stored) return stored;
  return customer.agencyId ? (customer as InvoiceParty) : ERASED;
}

/**
 * Erases a customer from invoices that the law lets stand without a name: simplified ones, and their credit notes (RD 1619/2012 art. 7).
 * Full invoices keep it for as long as they must be kept.
 */
export const eraseFromSimplified = (sql: TenantSql, bookingIds: readonly string[]): Promise<number> =>
  sql.run(
    q('invoice_customers')
      .whereIn(
        'invoice_id',
        q('invoices as i')
          .leftJoin('invoices as c', 'c.id', 'i.corrects_id')
          .whereIn('i.booking_id', [...bookingIds])
          .whereRaw(`coalesce(c.kind, i.kind) = 'simplified_invoice'`)
          .select('i.id'),
      )
      .delete(),
  );

/** What of invoices is sealed. */
export const sealedTables: readonly SealedTable[] = [
  { table: 'invoice_customers', key: 'invoice_id', columns: [{ ...bound('party', PARTY), json: true }] },
];
