import { createHash } from 'node:crypto';

/** Hash before the first transaction. */
export const GENESIS_HASH = '0'.repeat(64);

/** What a link of the journal's chain covers: everything that was posted, by names and not by row ids. */
export interface ChainedTransaction {
  readonly id: string;
  readonly sequence: number;
  readonly source: string;
  readonly key: string;
  readonly description: string;
  readonly bookingId: string | null;
  readonly occurredAt: Date;
  readonly entries: readonly {
    readonly book: string;
    readonly account: string;
    readonly amount: number;
    readonly currency: string;
  }[];
}

/** SHA-256 (hex) over the previous hash and the canonical JSON of the transaction. The order of the entries does not matter. */
export function chainHash(previousHash: string, transaction: ChainedTransaction): string {
  const { id, sequence, source, key, description, bookingId, occurredAt, entries } = transaction;
  const lines = entries
    .map(({ book, account, amount, currency }) => JSON.stringify([book, account, currency, amount]))
    .sort();
  const canonical = JSON.stringify([
    id,
    sequence,
    source,
    key,
    description,
    bookingId,
    occurredAt.toISOString(),
    lines,
  ]);
  return createHash('sha256').update(`${previousHash}\n${canonical}`).digest('hex');
}
