import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { RESELLER_BOOK, buildPosting, credit, debit } from './posting.ts';
import type { Posting } from './posting.ts';

export interface PlatformFees {
  /** Fees of sales, less what went back with refunds. */
  readonly fees: number;
  /** What the platform already had with card payments. */
  readonly taken: number;
}

/** Fees of a tenant's sales from the first posting to an instant (minor units), as they stand on `platform_payable`. */
export async function readPlatformFees(sql: TenantSql, currency: string, before: Date): Promise<PlatformFees> {
  const row = await sql.one<PlatformFees>(
    q('ledger_transactions as t')
      .join('ledger_entries as e', 'e.transaction_id', 't.id')
      .join('ledger_accounts as a', 'a.id', 'e.account_id')
      .where({ 'a.code': 'platform_payable', 'a.currency': currency })
      .where('t.occurred_at', '<', before)
      .select(
        q.raw(
          `coalesce(-sum(e.amount_minor) filter (where t.source not in ('settlement', 'platform')), 0)::bigint as fees`,
        ),
        q.raw(`coalesce(sum(e.amount_minor) filter (where t.source = 'settlement'), 0)::bigint as taken`),
      ),
  );
  return row ?? { fees: 0, taken: 0 };
}

/** An invoice of the platform in the reseller's book: what sales owed it becomes one sum that is due, with the plan's fee. One posting each. */
export function buildPlatformInvoice(invoice: {
  invoiceId: string;
  currency: string;
  monthly: number;
  fees: number;
  taken: number;
}): Posting {
  const owed = invoice.fees - invoice.taken;
  return buildPosting({
    source: 'platform',
    key: `${invoice.invoiceId}/invoice`,
    kind: 'platform_invoice',
    currency: invoice.currency,
    entries: [
      debit(RESELLER_BOOK, 'platform_payable', owed),
      debit(RESELLER_BOOK, 'platform_subscription', invoice.monthly),
      credit(RESELLER_BOOK, 'platform_invoice_payable', owed + invoice.monthly),
    ],
  });
}

/** It was paid from the reseller's bank; a negative one came in. One posting each. */
export const buildPlatformPayment = (invoice: { invoiceId: string; currency: string; total: number }): Posting =>
  buildPosting({
    source: 'platform',
    key: `${invoice.invoiceId}/paid`,
    kind: 'platform_payment',
    currency: invoice.currency,
    entries: [
      debit(RESELLER_BOOK, 'platform_invoice_payable', invoice.total),
      credit(RESELLER_BOOK, 'bank_clearing', invoice.total),
    ],
  });
