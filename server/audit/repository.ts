import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';

/** An entry as the chain covers it: `at` is the text that was hashed, UTC to the microsecond. */
export interface ChainedRow {
  sequence: number;
  at: string;
  body: string;
  previous_hash: string;
  hash: string;
}

export interface ChainHead {
  sequence: number;
  hash: string;
}

/** Appends an entry to the chain; in a transaction the chain stays locked until it ends, so it is called last there. */
export const appendEntry = (sql: TenantSql, body: string): Promise<number> =>
  sql.run(q.raw('select append_audit(?)', [body]));

export const beginIntent = (sql: TenantSql, id: string, body: string): Promise<number> =>
  sql.run(q.raw('select begin_audit(?, ?)', [id, body]));

export const completeIntent = (sql: TenantSql, id: string, body: string): Promise<number> =>
  sql.run(q.raw('select complete_audit(?, ?)', [id, body]));

/** Makes entries of intents that nobody completed for so long; answers how many. */
export async function sweepIntents(sql: TenantSql, seconds: number): Promise<number> {
  const row = await sql.one<{ swept: number }>(q.raw('select sweep_audit(?::int) as swept', [seconds]));
  return row?.swept ?? 0;
}

/** The end of the chain, and the number of the last entry there is: equal, unless somebody was at them. */
export async function readHead(sql: TenantSql): Promise<ChainHead & { last: number }> {
  const last = q.raw('coalesce((select max(sequence) from audit_entries), 0) as last');
  const head = await sql.one<ChainHead & { last: number }>(q('audit_chain').select('sequence', 'hash', last));
  if (!head) throw new Error("The audit log has no chain row: the tenant's schema is incomplete");
  return head;
}

const HASHED_TIME = `to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Entries after a sequence number, in order, as the chain covers them. */
export const readChain = (sql: TenantSql, after: number, limit: number): Promise<ChainedRow[]> =>
  sql.all(
    q('audit_entries')
      .where('sequence', '>', after)
      .orderBy('sequence')
      .limit(limit)
      // eslint-disable-next-line no-restricted-syntax -- a constant of this file
      .select('sequence', q.raw(`${HASHED_TIME} as at`), 'body', 'previous_hash', 'hash'),
  );
