import { abilityFor, as } from '../access/index.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { accessOf, stateOf } from './wallet-row.ts';
import type { EntryRow, WalletRow } from './wallet-row.ts';
import type { WalletEntryView, WalletView } from './schema.ts';
import { takesCards, topUpRange } from './top-ups/top-up.ts';
import { availableOf } from './wallet.ts';

/** A wallet as its owner, or somebody above it, sees it: figures of this one edge only. */
export function presentWallet(row: WalletRow, reader: { actor: Actor; resellerName: string }): WalletView {
  const money = (amount: number) => ({ amount, currency: row.currency });
  const ability = abilityFor(reader.actor);
  return {
    agency: { id: row.agency_id, name: row.agency_name },
    parent: { id: row.parent_id, name: row.parent_name ?? reader.resellerName },
    currency: row.currency,
    balance: money(row.balance_minor),
    creditLimit: money(row.credit_limit_minor),
    held: money(row.held_minor),
    available: money(availableOf(stateOf(row))),
    canAdjust: ability.can('adjust', as('Wallet', accessOf(row))),
    topUp: ability.can('update', as('Wallet', accessOf(row))) ? topUpOf(row) : null,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** How a wallet is paid into. */
function topUpOf(row: WalletRow) {
  const range = (method: 'transfer' | 'card') => {
    const { minimum, maximum } = topUpRange(method, row.currency);
    return {
      minimum: { amount: minimum, currency: row.currency },
      maximum: { amount: maximum, currency: row.currency },
    };
  };
  return { transfer: range('transfer'), card: takesCards(row) ? range('card') : null };
}

export function presentEntry(row: EntryRow, currency: string): WalletEntryView {
  const money = (amount: number) => ({ amount, currency });
  return {
    id: row.id,
    kind: row.kind,
    amount: money(row.amount_minor),
    balanceAfter: money(row.balance_after_minor),
    heldAfter: money(row.held_after_minor),
    booking: row.booking_id && row.booking_reference ? { id: row.booking_id, reference: row.booking_reference } : null,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
  };
}
