import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { splitCode } from './account.ts';
import { bookOf, buildPosting, credit, debit } from './posting.ts';
import type { Entry, Posting } from './posting.ts';
import { agencyOfBook } from './repository.ts';

/** What a book holds of a trip: what it took for it, what it paid for it, the VAT reckoned so far. Minor units. */
export interface TripFigures {
  readonly total: number;
  readonly cost: number;
  readonly vat: number;
}

const NONE: TripFigures = { total: 0, cost: 0, vat: 0 };
/** Where a sale and its refunds stand by whoever sells in its own name; an agency that only earns a share has neither. */
const TAKEN = new Set(['psp_clearing', 'wallet', 'customer_receivable', 'customer_credit']);
/** What the market moved comes off what a supplier's refund is worth and on here: together they are what was paid at the booked rate. */
const PAID = new Set(['supplier_payable', 'payable', 'supplier_credit', 'fx_gain_loss']);
/** What postings of a trip come from. */
const SOURCES = ['booking', 'refund', 'credit_note'] as const;

function add(figures: TripFigures, account: string, amount: number): TripFigures {
  const { group } = splitCode(account);
  if (TAKEN.has(group)) return { ...figures, total: figures.total + amount };
  if (PAID.has(group)) return { ...figures, cost: figures.cost - amount };
  return group === 'vat_payable' ? { ...figures, vat: figures.vat - amount } : figures;
}

/**
 * The VAT that is inside the margin of a trip (the travel agents' scheme), in every book that sold it in its own name: from `margin_vat` to
 * `vat_payable`, the difference between what the trip owes after a posting and what was reckoned before. A posting beside that one, so that
 * a sale stays what its build-up says. Undefined when nothing changes. Pure.
 * @param before figures by book, before the posting; none for the sale itself
 * @param vatOf VAT of a book (by agency, null for the reseller) for the whole trip; null where none is reckoned
 */
export function buildMarginVat(
  posting: Posting,
  before: ReadonlyMap<string, TripFigures>,
  vatOf: (agencyId: string | null, trip: { total: number; cost: number }) => number | null,
): Posting | undefined {
  const after = new Map(before);
  for (const { book, account, amount } of posting.entries)
    after.set(book, add(after.get(book) ?? NONE, account, amount));
  const taxes: Entry[] = [];
  for (const [book, { total, cost, vat }] of after) {
    if (total === 0 && cost === 0 && vat === 0) continue;
    const owed = vatOf(agencyOfBook(book), { total, cost });
    if (owed !== null && owed !== vat)
      taxes.push(debit(book, 'margin_vat', owed - vat), credit(book, 'vat_payable', owed - vat));
  }
  if (taxes.length === 0) return undefined;
  return buildPosting({ ...posting, key: `${posting.key}/margin-vat`, kind: 'margin_vat', entries: taxes });
}

/** What a book held of a trip before a posting, from what it holds after it. Pure. */
export const figuresBefore = (after: TripFigures, posting: Posting, book: string): TripFigures =>
  posting.entries
    .filter((entry) => entry.book === book)
    .reduce((figures, { account, amount }) => add(figures, account, -amount), after);

/** What every book holds of a booking's trip, from what was posted. */
export async function readTripFigures(sql: TenantSql, bookingId: string): Promise<Map<string, TripFigures>> {
  const rows = await sql.all<{ agency_id: string | null; code: string; amount: number }>(
    q('ledger_transactions as t')
      .join('ledger_entries as e', 'e.transaction_id', 't.id')
      .join('ledger_accounts as a', 'a.id', 'e.account_id')
      .join('ledger_books as b', 'b.id', 'e.book_id')
      .where('t.booking_id', bookingId)
      .whereIn('t.source', [...SOURCES])
      .groupBy('b.agency_id', 'a.code')
      .select('b.agency_id', 'a.code', q.raw('sum(e.amount_minor)::bigint as amount')),
  );
  const figures = new Map<string, TripFigures>();
  for (const { agency_id, code, amount } of rows)
    figures.set(bookOf(agency_id), add(figures.get(bookOf(agency_id)) ?? NONE, code, amount));
  return figures;
}
