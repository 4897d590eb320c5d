import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import type { HoldState } from './hold.ts';
import type { WalletEntryKind } from './schema.ts';
import type { EntryRow, WalletRow } from './wallet-row.ts';
import type { WalletState } from './wallet.ts';

/** Fields the access rules of a Wallet read. */
export const WALLET_COLUMNS = { agencyId: 'w.agency_id', agencyPath: 'a.path', parentAgencyId: 'a.parent_id' };

export const selectWallets = () =>
  q('wallets as w')
    .join('agencies as a', 'a.id', 'w.agency_id')
    .leftJoin('agencies as p', 'p.id', 'a.parent_id')
    .select(
      'w.id',
      'w.agency_id',
      'a.name as agency_name',
      'a.path as agency_path',
      'a.parent_id',
      'p.name as parent_name',
    )
    .select('w.currency', 'w.balance_minor', 'w.credit_limit_minor', 'w.held_minor', 'w.updated_at')
    .select('w.payment_days', 'w.grace_days', 'w.low_minor', 'w.auto_exchange_since');

export const findWallet = (sql: TenantSql, agencyId: string): Promise<WalletRow | undefined> =>
  sql.one<WalletRow>(selectWallets().where('w.agency_id', agencyId));

/** Locks wallets root → leaf until the transaction ends. Every chain locks in that order, so none waits for another in a circle. */
export function lockWallets(sql: TenantSql, agencyIds: readonly string[]): Promise<WalletRow[]> {
  return sql.all<WalletRow>(
    selectWallets()
      .whereIn('w.agency_id', [...agencyIds])
      .orderBy('a.depth')
      .orderBy('w.agency_id')
      .forUpdate('w'),
  );
}

/** The same for the wallets a booking has holds on. */
export function lockHeldWallets(sql: TenantSql, bookingId: string): Promise<WalletRow[]> {
  const held = q('wallet_holds').where({ booking_id: bookingId }).select('wallet_id');
  return sql.all<WalletRow>(
    selectWallets().whereIn('w.id', held).orderBy('a.depth').orderBy('w.agency_id').forUpdate('w'),
  );
}

export interface HoldRow {
  wallet_id: string;
  amount_minor: number;
  state: HoldState;
}

export const findHolds = (sql: TenantSql, bookingId: string): Promise<HoldRow[]> =>
  sql.all<HoldRow>(q('wallet_holds').where({ booking_id: bookingId }).select('wallet_id', 'amount_minor', 'state'));

export async function insertHolds(
  sql: TenantSql,
  bookingId: string,
  holds: readonly { walletId: string; amount: number }[],
): Promise<void> {
  await sql.run(
    q('wallet_holds').insert(
      holds.map((hold) => ({ wallet_id: hold.walletId, booking_id: bookingId, amount_minor: hold.amount })),
    ),
  );
}

export async function endHolds(
  sql: TenantSql,
  bookingId: string,
  walletIds: readonly string[],
  state: 'captured' | 'released',
): Promise<void> {
  await sql.run(
    q('wallet_holds')
      .where({ booking_id: bookingId })
      .whereIn('wallet_id', [...walletIds])
      .update({ state }),
  );
}

export interface WalletMove {
  walletId: string;
  /** Unique within the wallet: the same key moves money once. */
  key: string;
  kind: WalletEntryKind;
  amount: number;
  after: WalletState;
  bookingId?: string | null;
  reason?: string | null;
  actorId?: string | null;
}

/**
 * Writes new balances and their entries in one statement. The wallets must be locked by this transaction. A wallet from which so much is
 * taken that less than its agency wants to hear of is left says so once, until there is enough again; money that came in ends being short.
 */
export async function writeMoves(sql: TenantSql, moves: readonly WalletMove[]): Promise<void> {
  const rows = moves.map(({ walletId, key, kind, amount, after, bookingId, reason, actorId }) => ({
    id: newId(),
    wallet_id: walletId,
    key,
    kind,
    amount,
    balance: after.balance,
    held: after.holds,
    booking_id: bookingId ?? null,
    reason: reason ?? null,
    actor_id: actorId ?? null,
  }));
  const low = await sql.all<{ walletId: string; agencyId: string }>(
    q.raw(
      `with m as (
         select * from jsonb_to_recordset(?::jsonb) as m (id uuid, wallet_id uuid, key text, kind text, amount bigint, balance bigint, held bigint,
           booking_id uuid, reason text, actor_id uuid)
       ), written as (
         insert into wallet_entries (id, wallet_id, key, kind, amount_minor, balance_after_minor, held_after_minor, booking_id, reason, actor_id)
         select id, wallet_id, key, kind, amount, balance, held, booking_id, reason, actor_id from m
       ), before as (
         select w.id, w.low_told_at from wallets w join m on m.wallet_id = w.id
       ), moved as (
         update wallets w set balance_minor = m.balance, held_minor = m.held, version = w.version + 1, updated_at = now(),
           low_told_at = case
             when m.balance + w.credit_limit_minor - m.held >= coalesce(w.low_minor, w.credit_limit_minor / 5) then null
             when m.kind = 'hold' or (m.kind = 'adjustment' and m.amount < 0) then coalesce(w.low_told_at, now())
             else w.low_told_at end,
           short_told_at = case when m.kind in ('top_up', 'adjustment', 'refund', 'exchange') and m.amount > 0 then null else w.short_told_at end
         from m where w.id = m.wallet_id returning w.id, w.agency_id, w.low_told_at
       )
       select moved.id as "walletId", moved.agency_id as "agencyId" from moved join before on before.id = moved.id
       where before.low_told_at is null and moved.low_told_at is not null`,
      [JSON.stringify(rows)],
    ),
  );
  for (const payload of low) await emitEvent(sql, { kind: 'wallet.low@1', payload: { ...payload } });
}

export const selectEntries = () =>
  q('wallet_entries as e')
    .leftJoin('bookings as b', 'b.id', 'e.booking_id')
    .select(
      'e.id',
      'e.kind',
      'e.amount_minor',
      'e.balance_after_minor',
      'e.held_after_minor',
      'e.booking_id',
      'b.reference as booking_reference',
      'e.reason',
      'e.created_at',
    );

export const findEntry = (sql: TenantSql, walletId: string, key: string): Promise<EntryRow | undefined> =>
  sql.one<EntryRow>(selectEntries().where({ 'e.wallet_id': walletId, 'e.key': key }));
