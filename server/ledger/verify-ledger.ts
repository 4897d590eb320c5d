import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { GENESIS_HASH, chainHash } from './hash-chain.ts';
import { bookOf } from './posting.ts';

const BATCH = 500;

export interface LedgerImbalance {
  /** `reseller` or `agency:<id>`. */
  book: string;
  currency: string;
  /** The account whose running balance differs from its entries; absent when the whole book does not sum to zero. */
  account?: string;
  /** Minor units by which it is off. */
  difference: number;
}

export interface LedgerVerification {
  transactions: number;
  /** First sequence number whose content, order or hash is not what was posted. */
  brokenAt?: number;
  imbalances: LedgerImbalance[];
}

interface TransactionRow {
  id: string;
  sequence: number;
  source: string;
  key: string;
  description: string;
  booking_id: string | null;
  occurred_at: Date;
  previous_hash: string;
  hash: string;
  entries: { agency_id: string | null; account: string; amount: number; currency: string }[] | null;
}

/**
 * Proves the ledger: recomputes every link of the hash chain, sums every book and compares running balances with their entries.
 * Only what was committed when it starts is walked, so that sales may go on meanwhile.
 */
export async function verifyLedger(sql: TenantSql): Promise<LedgerVerification> {
  const chain = await sql.one<{ sequence: number; hash: string }>(q('ledger_chain').select('sequence', 'hash'));
  const end = chain ?? { sequence: 0, hash: GENESIS_HASH };
  const brokenAt = await findBrokenLink(sql, end);
  const imbalances = await findImbalances(sql);
  return { transactions: end.sequence, ...(brokenAt === undefined ? {} : { brokenAt }), imbalances };
}

async function findBrokenLink(sql: TenantSql, end: { sequence: number; hash: string }): Promise<number | undefined> {
  let previous = { sequence: 0, hash: GENESIS_HASH };
  while (previous.sequence < end.sequence) {
    const rows = await readBatch(sql, previous.sequence, end.sequence);
    for (const row of rows) {
      if (!follows(previous, row)) return Math.min(row.sequence, previous.sequence + 1);
      previous = row;
    }
    // Rows at the end are missing.
    if (rows.length < BATCH && previous.sequence < end.sequence) return previous.sequence + 1;
  }
  return previous.hash === end.hash ? undefined : end.sequence;
}

function follows(previous: { sequence: number; hash: string }, row: TransactionRow): boolean {
  if (row.sequence !== previous.sequence + 1 || row.previous_hash !== previous.hash) return false;
  const entries = (row.entries ?? []).map((entry) => ({
    book: bookOf(entry.agency_id),
    account: entry.account,
    amount: entry.amount,
    currency: entry.currency,
  }));
  return (
    chainHash(previous.hash, { ...row, bookingId: row.booking_id, occurredAt: row.occurred_at, entries }) === row.hash
  );
}

function readBatch(sql: TenantSql, after: number, upTo: number): Promise<TransactionRow[]> {
  return sql.all<TransactionRow>(
    q.raw(
      `select t.*, e.entries
       from (select * from ledger_transactions where sequence > ? and sequence <= ? order by sequence limit ?) t
       left join lateral (
         select jsonb_agg(jsonb_build_object('agency_id', b.agency_id, 'account', a.code, 'amount', e.amount_minor, 'currency', e.currency)) as entries
         from ledger_entries e join ledger_accounts a on a.id = e.account_id join ledger_books b on b.id = e.book_id
         where e.transaction_id = t.id
       ) e on true
       order by t.sequence`,
      [after, upTo, BATCH],
    ),
  );
}

async function findImbalances(sql: TenantSql): Promise<LedgerImbalance[]> {
  const rows = await sql.all<{
    agency_id: string | null;
    currency: string;
    account: string | null;
    difference: number;
  }>(
    q.raw(
      `with sums as (
         select a.id, a.book_id, a.code, a.currency, coalesce(sum(e.amount_minor), 0)::bigint as total
         from ledger_accounts a left join ledger_entries e on e.account_id = a.id group by a.id
       )
       select b.agency_id, s.currency, s.code as account, (coalesce(l.balance_minor, 0) - s.total)::bigint as difference
       from sums s join ledger_books b on b.id = s.book_id left join ledger_balances l on l.account_id = s.id
       where coalesce(l.balance_minor, 0) <> s.total
       union all
       select b.agency_id, e.currency, null, sum(e.amount_minor)::bigint
       from ledger_entries e join ledger_books b on b.id = e.book_id
       group by b.agency_id, e.currency having sum(e.amount_minor) <> 0`,
    ),
  );
  return rows.map(({ agency_id, currency, account, difference }) => ({
    book: bookOf(agency_id),
    currency,
    ...(account === null ? {} : { account }),
    difference,
  }));
}
