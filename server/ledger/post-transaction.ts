import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { MonthClosed } from './errors.ts';
import { chainHash } from './hash-chain.ts';
import { ensureAccounts, findPosted, insertTransaction, lockChain } from './repository.ts';
import { assertBalanced } from './posting.ts';
import type { Posting } from './posting.ts';

export interface PostDetails {
  bookingId?: string | null;
  /** When it happened (UTC); to the millisecond. */
  occurredAt: Date;
  /**
   * What becomes of it when its month is closed: refused (default), or, for what has happened whatever the books say, dated on the first
   * instant of the open month.
   */
  whenClosed?: 'refuse' | 'move';
  /** Read by every level that has an entry in the posting: name things, never a figure. */
  description: string;
}

export interface PostedTransaction {
  id: string;
  sequence: number;
  /** True when the same (source, key) had been posted before; nothing was written then. */
  repeated: boolean;
}

/**
 * Posts into the ledger inside the caller's transaction (a handle from `withTenant`), once per (source, key): a repeat answers the first.
 * Takes the tenant's chain lock, which is held until that transaction ends: post after wallets are locked, and never wait for the outside.
 * @throws LedgerError when a book of the posting does not sum to zero; MonthClosed. PostgreSQL checks both again.
 */
export async function postTransaction(
  sql: TenantSql,
  posting: Posting,
  details: PostDetails,
): Promise<PostedTransaction> {
  assertBalanced(posting);
  const chain = await lockChain(sql);
  const before = await findPosted(sql, posting.source, posting.key);
  if (before) return { ...before, repeated: true };
  const isClosed = chain.open_from !== null && details.occurredAt < chain.open_from;
  if (isClosed && details.whenClosed !== 'move')
    throw MonthClosed({ openFrom: chain.open_from?.toISOString().slice(0, 10) ?? '' });

  const accounts = await ensureAccounts(sql, posting.entries, posting.currency);
  const transaction = {
    id: newId(),
    sequence: chain.sequence + 1,
    source: posting.source,
    key: posting.key,
    description: details.description,
    bookingId: details.bookingId ?? null,
    occurredAt: isClosed && chain.open_from ? chain.open_from : details.occurredAt,
    entries: posting.entries.map((entry) => ({ ...entry, currency: posting.currency })),
  };
  const hash = chainHash(chain.hash, transaction);
  await insertTransaction(sql, { ...transaction, previousHash: chain.hash, hash }, accounts);
  return { id: transaction.id, sequence: transaction.sequence, repeated: false };
}

/**
 * Takes the tenant's chain lock now, which a posting takes later anyway. For work that locks rows a refund locks after it posted: all take
 * the chain first, so that none waits for the other in a circle.
 */
export const lockLedger = async (sql: TenantSql): Promise<void> => void (await lockChain(sql));

/** Makes the reseller's own book, so that a new tenant's trial balance shows it. Repeatable. */
export async function ensureResellerBook(sql: TenantSql): Promise<void> {
  await sql.run(q('ledger_books').insert({ id: newId(), agency_id: null }).onConflict('agency_id').ignore());
}
