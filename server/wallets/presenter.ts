import { abilityFor, as } from '../access/index.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { accessOf, stateOf } from './wallet-row.ts';
import type { EntryRow, WalletRow } from './wallet-row.ts';
import { overdueOf, type AgeBucket } from './ageing.ts';
import type { AgedTotal, AgedWallet } from './read-ageing.ts';
import type { AgeingView, WalletEntryView, WalletView } from './schema.ts';
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
    terms: { paymentDays: row.payment_days, graceDays: row.grace_days },
    lowBalance: money(lowMinorOf(row)),
    canSetNotice: ability.can('update', as('Wallet', accessOf(row))),
    topUp: ability.can('update', as('Wallet', accessOf(row))) ? topUpOf(row) : null,
    updatedAt: row.updated_at.toISOString(),
  };
}

/** Below what is left the agency is told. */
export const lowMinorOf = (row: WalletRow): number => row.low_minor ?? Math.floor(row.credit_limit_minor / 5);

/** What a wallet owes, by age. */
export function presentAgeing({ wallet, ageing, overdue, blocked }: AgedWallet, resellerName: string): AgeingView {
  const money = (amount: number) => ({ amount, currency: wallet.currency });
  return {
    agency: { id: wallet.agency_id, name: wallet.agency_name },
    parent: { id: wallet.parent_id, name: wallet.parent_name ?? resellerName },
    currency: wallet.currency,
    terms: { paymentDays: wallet.payment_days, graceDays: wallet.grace_days },
    owed: money(Math.max(0, -wallet.balance_minor)),
    overdue: money(overdue),
    buckets: presentBuckets(ageing.buckets, wallet.currency),
    oldestDueOn: ageing.oldestDueOn,
    daysOverdue: ageing.daysOverdue,
    blocked,
  };
}

function presentBuckets(buckets: Readonly<Record<AgeBucket, number>>, currency: string): AgeingView['buckets'] {
  const money = (bucket: AgeBucket) => ({ amount: buckets[bucket], currency });
  return {
    notDue: money('notDue'),
    upTo30: money('upTo30'),
    upTo60: money('upTo60'),
    upTo90: money('upTo90'),
    over90: money('over90'),
  };
}

/** The sums of several wallets, one for each currency. */
export const presentTotals = (totals: readonly AgedTotal[]) =>
  totals.map(({ currency, owed, buckets }) => ({
    currency,
    owed: { amount: owed, currency },
    overdue: { amount: overdueOf({ buckets }), currency },
    buckets: presentBuckets(buckets, currency),
  }));

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
