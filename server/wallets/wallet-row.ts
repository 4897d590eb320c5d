import type { WalletEdge } from './plan-holds.ts';
import type { WalletEntryKind } from './schema.ts';
import type { WalletState } from './wallet.ts';

/** A wallet as it is stored, with the agency that keeps it and that agency's parent. */
export interface WalletRow {
  id: string;
  agency_id: string;
  agency_name: string;
  agency_path: string;
  parent_id: string | null;
  parent_name: string | null;
  currency: string;
  balance_minor: number;
  credit_limit_minor: number;
  held_minor: number;
  /** Days until a debit is due; null: it never is. */
  payment_days: number | null;
  /** Days after which what is overdue blocks; null: it never does. */
  grace_days: number | null;
  /** The agency is told when less is left; null: a fifth of the limit. */
  low_minor: number | null;
  /** What a booking lacks is exchanged from other currencies by itself since then; null: it is not. */
  auto_exchange_since: Date | null;
  updated_at: Date;
}

export interface EntryRow {
  id: string;
  kind: WalletEntryKind;
  amount_minor: number;
  balance_after_minor: number;
  held_after_minor: number;
  booking_id: string | null;
  booking_reference: string | null;
  reason: string | null;
  created_at: Date;
}

/** Fields the access rules of a Wallet read. */
export const accessOf = (row: Pick<WalletRow, 'agency_id' | 'agency_path' | 'parent_id'>) => ({
  agencyId: row.agency_id,
  agencyPath: row.agency_path,
  parentAgencyId: row.parent_id,
});
export const stateOf = (row: WalletRow): WalletState => ({
  balance: row.balance_minor,
  creditLimit: row.credit_limit_minor,
  holds: row.held_minor,
});
export const edgeOf = (row: WalletRow): WalletEdge => ({
  walletId: row.id,
  parentId: row.parent_id,
  childId: row.agency_id,
  currency: row.currency,
  wallet: stateOf(row),
});
