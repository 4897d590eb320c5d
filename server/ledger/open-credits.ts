import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { splitCode } from './account.ts';
import { creditNoteEntries } from './credit-note.ts';
import { buildPosting } from './posting.ts';
import type { Posting } from './posting.ts';
import type { RefundPlan } from './refund.ts';

/** What somebody promised its buyer by credit notes by hand and no refund has paid yet. Minor units. */
export interface OpenCredit {
  /** Who promised; null is the reseller. */
  readonly issuerAgencyId: string | null;
  /** To whom; null: the customer. */
  readonly billedAgencyId: string | null;
  readonly amount: number;
}

/** What a refund gives back on each edge that was invoiced. */
function edgesOf({ agencies, customer }: RefundPlan, paidBy: 'card' | 'wallet'): OpenCredit[] {
  if (paidBy === 'card') return [{ issuerAgencyId: null, billedAgencyId: null, amount: customer }];
  const edges = agencies.map(({ agencyId, fromParent }, i) => ({
    issuerAgencyId: agencies[i - 1]?.agencyId ?? null,
    billedAgencyId: agencyId,
    amount: fromParent,
  }));
  return [...edges, { issuerAgencyId: agencies.at(-1)?.agencyId ?? null, billedAgencyId: null, amount: customer }];
}

/**
 * What of the open credits a refund pays: on each edge as much as it gives back there. What was promised by hand counts towards a refund, so
 * that nobody gets back more than it paid. Pure.
 */
export function creditsPaidBy(plan: RefundPlan, paidBy: 'card' | 'wallet', open: readonly OpenCredit[]): OpenCredit[] {
  return edgesOf(plan, paidBy).flatMap((edge) => {
    const promised = open.find(
      (one) => one.issuerAgencyId === edge.issuerAgencyId && one.billedAgencyId === edge.billedAgencyId,
    );
    const amount = Math.min(promised?.amount ?? 0, edge.amount);
    return amount > 0 ? [{ ...edge, amount }] : [];
  });
}

/** The refund's posting with the promises it pays taken off: margins that bore them get them back, since the refund takes its own part. */
export const clearCredits = (refund: Posting, paid: readonly OpenCredit[]): Posting =>
  buildPosting({
    ...refund,
    entries: [
      ...refund.entries,
      ...paid.flatMap(({ amount, ...edge }) => creditNoteEntries({ ...edge, net: 0 - amount, tax: 0 })),
    ],
  });

/** What is open of a booking, a refund's own posting not counted. Call it under the chain's lock. */
export async function readOpenCredits(sql: TenantSql, bookingId: string, refundId: string): Promise<OpenCredit[]> {
  const rows = await sql.all<{ agency_id: string | null; code: string; amount: number }>(
    q('ledger_transactions as t')
      .join('ledger_entries as e', 'e.transaction_id', 't.id')
      .join('ledger_accounts as a', 'a.id', 'e.account_id')
      .join('ledger_books as b', 'b.id', 'e.book_id')
      .where('t.booking_id', bookingId)
      .whereIn('t.source', ['credit_note', 'refund'])
      .whereNot('t.key', refundId)
      .where('a.code', 'like', 'customer_credit%')
      .groupBy('b.agency_id', 'a.code')
      .select('b.agency_id', 'a.code', q.raw('-sum(e.amount_minor)::bigint as amount')),
  );
  return rows.map(({ agency_id, code, amount }) => ({
    issuerAgencyId: agency_id,
    billedAgencyId: splitCode(code).party,
    amount,
  }));
}
