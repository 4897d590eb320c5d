import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { must } from '../kernel/must.ts';

export interface CancellationQuote {
  id: string;
  bookingId: string;
  state: 'open' | 'confirmed' | 'expired';
  /** The supplier's own quote, where it makes one; a hotel's follows from the offer. */
  supplierQuoteId: string | null;
  /** In the supplier's own currency, which need not be the quote's. */
  supplierRefundMinor: number;
  customerRefundMinor: number;
  currency: string;
  expiresAt: Date;
}

interface Row {
  id: string;
  booking_id: string;
  state: CancellationQuote['state'];
  supplier_quotes: { quoteId: string | null };
  supplier_refund_minor: number;
  customer_refund_minor: number;
  currency: string;
  expires_at: Date;
}

const toQuote = (row: Row): CancellationQuote => ({
  id: row.id,
  bookingId: row.booking_id,
  state: row.state,
  supplierQuoteId: row.supplier_quotes.quoteId,
  supplierRefundMinor: row.supplier_refund_minor,
  customerRefundMinor: row.customer_refund_minor,
  currency: row.currency,
  expiresAt: row.expires_at,
});

export async function insertCancellationQuote(sql: TenantSql, quote: Omit<CancellationQuote, 'state'>): Promise<void> {
  await sql.run(
    q('cancellation_quotes').where({ booking_id: quote.bookingId, state: 'open' }).update({ state: 'expired' }),
  );
  await sql.run(
    q('cancellation_quotes').insert({
      id: quote.id,
      booking_id: quote.bookingId,
      supplier_quotes: json({ quoteId: quote.supplierQuoteId }),
      supplier_refund_minor: quote.supplierRefundMinor,
      customer_refund_minor: quote.customerRefundMinor,
      currency: quote.currency,
      expires_at: quote.expiresAt,
    }),
  );
}

export async function findCancellationQuote(sql: TenantSql, id: string): Promise<CancellationQuote | undefined> {
  const row = await sql.one<Row>(q('cancellation_quotes').where({ id }));
  return row && toQuote(row);
}

/** The quote a cancelling saga carries out: the saga has its id. */
export async function getAcceptedQuote(sql: TenantSql, saga: { id: string }): Promise<CancellationQuote> {
  return must(await findCancellationQuote(sql, saga.id), `the cancellation quote of saga ${saga.id}`);
}

/** Nothing goes back to the customer after all. */
export const withholdRefund = (sql: TenantSql, id: string): Promise<number> =>
  sql.run(q('cancellation_quotes').where({ id }).update({ customer_refund_minor: 0 }));

/** True for the one caller that confirms an open quote. */
export async function takeCancellationQuote(sql: TenantSql, id: string): Promise<boolean> {
  return (await sql.run(q('cancellation_quotes').where({ id, state: 'open' }).update({ state: 'confirmed' }))) === 1;
}
