import { postTransaction, buildWalletMovement } from '../ledger/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { LimitAboveNetwork, LimitAboveParent, WalletMissing } from './errors.ts';
import { findEntry, lockWallets, writeMoves } from './repository.ts';
import { stateOf } from './wallet-row.ts';
import type { EntryRow } from './wallet-row.ts';
import { WalletError, adjustBalance, setCreditLimit } from './wallet.ts';

/** Opens the wallet an agency keeps with its parent; one it has stays as it is. */
export async function ensureWallet(sql: TenantSql, agencyId: string, currency: string): Promise<void> {
  await sql.run(q('wallets').insert({ id: newId(), agency_id: agencyId, currency }).onConflict('agency_id').ignore());
}

export interface WalletAdjustment {
  agencyId: string;
  /** Minor units of the wallet's currency; positive raises what the agency may spend. */
  amountMinor: number;
  kind: 'top_up' | 'adjustment';
  reason: string;
  /** Unique within the wallet: a repeat answers the first entry. */
  key: string;
  actorId: string | null;
  occurredAt: Date;
  /** Where the parent's money came in; its bank account if left out. */
  through?: 'bank_clearing' | 'psp_clearing';
  /** The top-up that this credits: its agency is told. */
  topUpId?: string;
}

/**
 * Puts money into a wallet or takes it out, with its ledger posting in both books and an event, in the caller's transaction.
 * @throws `wallet.missing`; WalletError for a top-up that is not more than zero
 */
export async function adjust(sql: TenantSql, change: WalletAdjustment, audit: AuditPen = noAudit): Promise<EntryRow> {
  const { agencyId, amountMinor, kind, reason, key, actorId, occurredAt } = change;
  if (kind === 'top_up' && amountMinor <= 0)
    throw new WalletError('amount_not_positive', 'A top-up must be more than zero.');
  const [wallet] = await lockWallets(sql, [agencyId]);
  if (!wallet) throw WalletMissing();
  const before = await findEntry(sql, wallet.id, key);
  if (before) return before;

  await writeMoves(sql, [
    {
      walletId: wallet.id,
      key,
      kind,
      amount: amountMinor,
      after: adjustBalance(stateOf(wallet), amountMinor),
      reason,
      actorId,
    },
  ]);
  const posting = buildWalletMovement({
    movementId: `${wallet.id}/${key}`,
    kind,
    parentId: wallet.parent_id,
    childId: agencyId,
    amount: amountMinor,
    currency: wallet.currency,
    ...(change.through ? { through: change.through } : {}),
  });
  audit.note({
    subject: { label: wallet.agency_name },
    before: { balanceMinor: wallet.balance_minor },
    after: { balanceMinor: wallet.balance_minor + amountMinor },
    details: { kind, reason, currency: wallet.currency },
  });
  const description =
    kind === 'top_up' ? `Wallet top-up of ${wallet.agency_name}` : `Wallet adjustment of ${wallet.agency_name}`;
  await postTransaction(sql, posting, { occurredAt, description });
  await emitEvent(sql, {
    kind: kind === 'top_up' ? 'wallet.topped_up@1' : 'wallet.adjusted@1',
    payload: { agencyId, walletId: wallet.id, key, ...(change.topUpId ? { topUpId: change.topUpId } : {}) },
  });
  const entry = await findEntry(sql, wallet.id, key);
  if (!entry) throw new Error(`Wallet entry ${key} was not written`);
  return entry;
}

/**
 * Sets how far a wallet may go below zero. Lowering is allowed at any time: it blocks new bookings and leaves old ones.
 * @throws `wallet.limit_above_network` when it is above `capMinor`, `wallet.limit_above_parent` when the parent agency's own limit is lower;
 * `wallet.missing`
 */
export async function changeCreditLimit(
  sql: TenantSql,
  change: {
    agencyId: string;
    limitMinor: number;
    /** The most that whoever sets it may give, minor units; null or left out: no such limit. */
    capMinor?: number | null;
    actorId: string | null;
  },
  audit: AuditPen = noAudit,
): Promise<void> {
  const { agencyId, limitMinor, capMinor = null, actorId } = change;
  const agency = await sql.one<{ parent_id: string | null }>(q('agencies').where({ id: agencyId }).select('parent_id'));
  const locked = await lockWallets(sql, [agencyId, ...(agency?.parent_id ? [agency.parent_id] : [])]);
  const wallet = locked.find((row) => row.agency_id === agencyId);
  if (!wallet) throw WalletMissing();
  // One that was given above it may be lowered, step by step.
  if (capMinor !== null && limitMinor > Math.max(capMinor, wallet.credit_limit_minor))
    throw LimitAboveNetwork({ cap: { amount: capMinor, currency: wallet.currency } });
  const parent = locked.find((row) => row.agency_id === wallet.parent_id);
  const parentLimit = wallet.parent_id === null ? null : (parent?.credit_limit_minor ?? 0);
  if (parentLimit !== null && limitMinor > parentLimit) throw LimitAboveParent();
  const { creditLimit } = setCreditLimit(stateOf(wallet), limitMinor, parentLimit);
  audit.note({
    subject: { label: wallet.agency_name },
    before: { creditLimitMinor: wallet.credit_limit_minor },
    after: { creditLimitMinor: creditLimit },
    details: { currency: wallet.currency },
  });
  await sql.run(
    q('wallets')
      .where({ id: wallet.id })
      .update({ credit_limit_minor: creditLimit, version: q.raw('version + 1'), updated_at: q.fn.now() }),
  );
  await emitEvent(sql, {
    kind: 'wallet.credit_limit_changed@1',
    payload: { agencyId, walletId: wallet.id, fromMinor: wallet.credit_limit_minor, toMinor: creditLimit, actorId },
  });
}
