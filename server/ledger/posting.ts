import { assertMinor } from '../kernel/money.ts';

/** Debits are positive, credits negative, in minor units of the posting's currency. */
export interface Entry {
  /** `reseller` or `agency:<id>`. */
  readonly book: string;
  /** Account code inside the book, for example `psp_clearing` or `wallet:<agency id>`. */
  readonly account: string;
  readonly amount: number;
}

/** One atomic transaction over one or more books; every book balances by itself. */
export interface Posting {
  /** With `key` it is unique in the ledger: posting the same event twice is refused by the database. */
  readonly source: PostingSource;
  readonly key: string;
  readonly kind: string;
  readonly currency: string;
  readonly entries: readonly Entry[];
}

export type PostingSource =
  | 'booking'
  | 'refund'
  | 'credit_note'
  | 'top_up'
  | 'adjustment'
  | 'exchange'
  | 'settlement'
  | 'dispute'
  | 'platform'
  | 'reconciliation'
  | 'reversal';

export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

export const RESELLER_BOOK = 'reseller';

export function agencyBook(agencyId: string): string {
  return `agency:${agencyId}`;
}

export function bookOf(agencyId: string | null): string {
  return agencyId === null ? RESELLER_BOOK : agencyBook(agencyId);
}

/** How a book names another party in its account codes: the reseller, or an agency by id. */
export function partyOf(agencyId: string | null): string {
  return agencyId ?? 'reseller';
}

export function debit(book: string, account: string, amount: number): Entry {
  return { book, account, amount: assertMinor(amount, 'debit') };
}

export function credit(book: string, account: string, amount: number): Entry {
  return { book, account, amount: assertMinor(-amount, 'credit') };
}

/** Throws LedgerError when a book of the posting does not sum to zero, or when it posts nothing. */
export function assertBalanced(posting: Posting): void {
  const sums = new Map<string, number>();
  for (const { book, amount } of posting.entries) {
    sums.set(book, assertMinor((sums.get(book) ?? 0) + assertMinor(amount, 'entry'), 'sum of a book'));
  }
  for (const [book, total] of sums) {
    if (total !== 0) {
      throw new LedgerError(
        `Posting ${posting.source}/${posting.key} leaves book "${book}" off by ${total} ${posting.currency}; nothing was posted.`,
      );
    }
  }
  if (posting.entries.length === 0) throw new LedgerError(`Posting ${posting.source}/${posting.key} has no entries.`);
}

/** Drops entries of zero, checks the balance and returns the posting. */
export function buildPosting(posting: Posting): Posting {
  const built = { ...posting, entries: posting.entries.filter((entry) => entry.amount !== 0) };
  assertBalanced(built);
  return built;
}

/** The transaction that takes another back; history is never edited. */
export function reversePosting(posting: Posting): Posting {
  return buildPosting({
    ...posting,
    source: 'reversal',
    key: `${posting.source}/${posting.key}`,
    kind: `${posting.kind}_reversal`,
    entries: posting.entries.map((entry) => ({ ...entry, amount: -entry.amount })),
  });
}
