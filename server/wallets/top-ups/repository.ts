import { bound, type SealedTable } from '../../kernel/crypto/sealed-table.ts';
import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { TakenDocument } from '../../kernel/uploads/take-document.ts';
import type { TopUpMethod, TopUpState } from './top-up.ts';

const CONTENT = 'wallet_top_up_proofs.content';

/** What of top-ups is sealed: a bank's paper names people and accounts. */
export const sealedTables: readonly SealedTable[] = [
  { table: 'wallet_top_up_proofs', key: 'top_up_id', columns: [bound('content_encrypted', CONTENT)] },
];

/** A top-up with the wallet's agency and that agency's parent. */
export interface TopUpRow {
  id: string;
  number: number;
  wallet_id: string;
  agency_id: string;
  agency_name: string;
  agency_path: string;
  parent_id: string | null;
  parent_name: string | null;
  method: TopUpMethod;
  state: TopUpState;
  amount_minor: number;
  currency: string;
  /** What the wallet itself is kept in; another one is credited to the balance beside it. */
  wallet_currency: string;
  paid_on: string | null;
  asked_by: string | null;
  refusal: string | null;
  checkout_session_id: string | null;
  intent_id: string | null;
  action_url: string | null;
  failure_code: string | null;
  has_proof: boolean;
  created_at: Date;
  decided_at: Date | null;
}

/** Fields the access rules of a Wallet read, as columns of `selectTopUps`. */
export const TOP_UP_COLUMNS = { agencyId: 'w.agency_id', agencyPath: 'a.path', parentAgencyId: 'a.parent_id' };

export const selectTopUps = () =>
  q('wallet_top_ups as t')
    .join('wallets as w', 'w.id', 't.wallet_id')
    .join('agencies as a', 'a.id', 'w.agency_id')
    .leftJoin('agencies as p', 'p.id', 'a.parent_id')
    .select('t.id', 't.number', 't.wallet_id', 't.method', 't.state', 't.amount_minor', 't.currency', 't.asked_by')
    .select('t.refusal', 't.checkout_session_id', 't.intent_id', 't.action_url', 't.failure_code', 't.created_at')
    .select('t.decided_at', 'w.agency_id', 'a.name as agency_name', 'a.path as agency_path', 'a.parent_id')
    .select(
      'w.currency as wallet_currency',
      'p.name as parent_name',
      q.raw('t.paid_on::text as paid_on'),
      q.raw('exists (select 1 from wallet_top_up_proofs d where d.top_up_id = t.id) as has_proof'),
    );

/** One top-up, locked until the transaction ends if it is to be changed. */
export function findTopUp(sql: TenantSql, id: string, { lock = false } = {}): Promise<TopUpRow | undefined> {
  const query = selectTopUps().where('t.id', id);
  return sql.one<TopUpRow>(lock ? query.forUpdate('t') : query);
}

export interface NewTopUp {
  id: string;
  walletId: string;
  method: TopUpMethod;
  amountMinor: number;
  currency: string;
  paidOn: string | null;
  askedBy: string | null;
}

/** Writes a top-up; one of the same id stays as it is. True when it is new. */
export async function insertTopUp(sql: TenantSql, given: NewTopUp): Promise<boolean> {
  const inserted = await sql.run(
    q('wallet_top_ups')
      .insert({
        id: given.id,
        wallet_id: given.walletId,
        method: given.method,
        state: 'pending',
        amount_minor: given.amountMinor,
        currency: given.currency,
        paid_on: given.paidOn,
        asked_by: given.askedBy,
      })
      .onConflict('id')
      .ignore(),
  );
  return inserted === 1;
}

export async function countPending(sql: TenantSql, walletId: string): Promise<number> {
  const row = await sql.one<{ count: number }>(
    q('wallet_top_ups').where({ wallet_id: walletId, state: 'pending' }).select(q.raw('count(*)::int as count')),
  );
  return row?.count ?? 0;
}

/** Changes a top-up that the caller holds locked. */
export async function updateTopUp(sql: TenantSql, id: string, change: Record<string, unknown>): Promise<void> {
  await sql.run(
    q('wallet_top_ups')
      .where({ id })
      .update({ ...change, updated_at: q.fn.now() }),
  );
}

/** Keeps the paper that proves a transfer; a later one takes its place. */
export async function keepProof(sql: TenantSql, topUpId: string, document: TakenDocument): Promise<void> {
  await sql.run(
    q('wallet_top_up_proofs')
      .insert({
        top_up_id: topUpId,
        content_type: document.contentType,
        content_encrypted: sql.vault.seal(CONTENT, document.data.toString('base64'), topUpId),
        bytes: document.data.length,
        digest: document.digest,
      })
      .onConflict('top_up_id')
      .merge(['content_type', 'content_encrypted', 'bytes', 'digest']),
  );
}

export async function findProof(
  sql: TenantSql,
  topUpId: string,
): Promise<{ contentType: 'application/pdf' | 'image/png'; data: Buffer } | undefined> {
  const row = await sql.one<{ content_type: 'application/pdf' | 'image/png'; content_encrypted: string }>(
    q('wallet_top_up_proofs').where({ top_up_id: topUpId }).select('content_type', 'content_encrypted'),
  );
  return (
    row && {
      contentType: row.content_type,
      data: Buffer.from(sql.vault.open(CONTENT, row.content_encrypted, topUpId), 'base64'),
    }
  );
}
