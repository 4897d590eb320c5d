import type { AccountEntryRow } from './account-statement.ts';
import type { ClosedMonth } from './close-month.ts';
import { sum } from '../kernel/money.ts';
import { splitCode } from './account.ts';
import type { AccountRow, EntryRow, TransactionRow } from './read-ledger.ts';
import type { AccountEntryView, AccountView, BookView, TransactionView, TrialBalanceView } from './schema.ts';

interface Named {
  agency_id: string | null;
  book_name: string | null;
  code: string;
  party_name: string | null;
}

function bookOf(row: Named, resellerName: string): BookView {
  return { agencyId: row.agency_id, name: row.book_name ?? resellerName };
}

function accountName(row: Named, resellerName: string): { code: string; group: string; party: BookView | null } {
  const { group, party } = splitCode(row.code);
  if (party === null) return { code: row.code, group, party };
  return {
    code: row.code,
    group,
    party:
      party === 'reseller'
        ? { agencyId: null, name: resellerName }
        : { agencyId: party, name: row.party_name ?? party },
  };
}

export function presentAccount(row: AccountRow, resellerName: string): AccountView {
  return {
    id: row.id,
    book: bookOf(row, resellerName),
    ...accountName(row, resellerName),
    kind: row.kind,
    balance: { amount: row.balance_minor, currency: row.currency },
  };
}

/** `withChain`: the reseller sees place and hash; from a hash an agency could try out the figures of other books. */
export function presentTransaction(
  row: TransactionRow,
  entries: readonly EntryRow[],
  options: { resellerName: string; withChain: boolean },
): TransactionView {
  return {
    id: row.id,
    source: row.source,
    key: row.key,
    description: row.description,
    bookingId: row.booking_id,
    bookingReference: row.booking_reference,
    occurredAt: row.occurred_at.toISOString(),
    ...(options.withChain ? { sequence: row.sequence, hash: row.hash } : {}),
    entries: entries
      .filter((entry) => entry.transaction_id === row.id)
      .map((entry) => ({
        book: bookOf(entry, options.resellerName),
        ...accountName(entry, options.resellerName),
        amount: { amount: entry.amount_minor, currency: entry.currency },
      })),
  };
}

/** Balances in two columns for each book and currency. */
export function presentTrialBalance(rows: readonly AccountRow[], resellerName: string, at: Date): TrialBalanceView {
  const groups = new Map<string, AccountRow[]>();
  for (const row of rows) {
    const name = `${row.agency_id ?? ''}/${row.currency}`;
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return { at: at.toISOString(), books: [...groups.values()].map((group) => presentBook(group, resellerName)) };
}

function presentBook(rows: readonly AccountRow[], resellerName: string): TrialBalanceView['books'][number] {
  const [first] = rows as [AccountRow, ...AccountRow[]];
  const { currency } = first;
  const money = (amount: number) => ({ amount, currency });
  const debit = sum(rows.map((row) => Math.max(row.balance_minor, 0)));
  const credit = sum(rows.map((row) => Math.max(-row.balance_minor, 0)));
  return {
    book: bookOf(first, resellerName),
    currency,
    rows: rows.map((row) => ({
      accountId: row.id,
      ...accountName(row, resellerName),
      kind: row.kind,
      debit: money(Math.max(row.balance_minor, 0)),
      credit: money(Math.max(-row.balance_minor, 0)),
    })),
    debit: money(debit),
    credit: money(credit),
    difference: money(debit - credit),
  };
}

export const presentAccountEntry = (row: AccountEntryRow, currency: string): AccountEntryView => ({
  id: row.id,
  transactionId: row.transaction_id,
  source: row.source,
  description: row.description,
  booking:
    row.booking_id !== null && row.booking_reference !== null
      ? { id: row.booking_id, reference: row.booking_reference }
      : null,
  occurredAt: row.occurred_at.toISOString(),
  amount: { amount: row.amount_minor, currency },
  balance: { amount: row.balance_minor, currency },
});

/** `withChain`: the end of the journal at closing is the reseller's to see. */
export function presentMonths(rows: readonly ClosedMonth[], withChain: boolean) {
  const last = rows[0]?.month;
  const [year = 0, month = 0] = last?.split('-').map(Number) ?? [];
  return {
    openFrom: last === undefined ? null : new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 10),
    data: rows.map((row) => ({
      month: row.month,
      closedAt: row.closed_at.toISOString(),
      ...(withChain ? { sequence: row.sequence, hash: row.hash } : {}),
    })),
  };
}
