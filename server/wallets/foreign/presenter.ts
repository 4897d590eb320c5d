import { abilityFor, as } from '../../access/index.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { foreignTopUpRange } from '../top-ups/top-up.ts';
import { accessOf, type WalletRow } from '../wallet-row.ts';
import { exchange } from './exchange.ts';
import type { ExchangeRow } from './exchange-repository.ts';
import type { WalletRates } from './read-rate.ts';
import type { BalanceRow, ForeignEntryRow } from './repository.ts';
import type { ExchangeView, ForeignBalanceView, ForeignBalancesView, ForeignEntryView } from './schema.ts';

/** A wallet's balances in other currencies: those there are, and those its parent accepts. */
export function presentBalances(
  wallet: WalletRow,
  { balances, rates, actor }: { balances: readonly BalanceRow[]; rates: WalletRates; actor: Actor },
): ForeignBalancesView {
  const mayPayIn = abilityFor(actor).can('update', as('Wallet', accessOf(wallet)));
  const currencies = new Set([
    ...rates.accepted.filter((one) => one.is_open).map((one) => one.currency),
    ...balances.map((one) => one.currency),
  ]);
  const present = (currency: string): ForeignBalanceView => {
    const balance = balances.find((one) => one.currency === currency)?.balance_minor ?? 0;
    const accepted = rates.accepted.find((one) => one.currency === currency);
    const found = rates.of(currency);
    const rate = found?.ok ? found.rate : null;
    return {
      balance: { amount: balance, currency },
      topUp: mayPayIn && accepted?.is_open ? foreignTopUpRange(currency) : null,
      spreadBp: accepted?.spread_bp ?? 0,
      rate: rate && { mid: rate.mid, source: rate.source, at: rate.at },
      worth: rate && { amount: exchange(balance, rate).got, currency: wallet.currency },
    };
  };
  return {
    currency: wallet.currency,
    canExchange: mayPayIn,
    autoExchange: wallet.auto_exchange_since !== null,
    data: [...currencies].sort().map(present),
  };
}

export function presentForeignEntry(row: ForeignEntryRow, currency: string): ForeignEntryView {
  return {
    id: row.id,
    kind: row.kind,
    amount: { amount: row.amount_minor, currency },
    balanceAfter: { amount: row.balance_after_minor, currency },
    booking: row.booking_id && row.booking_reference ? { id: row.booking_id, reference: row.booking_reference } : null,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
  };
}

/** An exchange as its agency, or somebody above it, sees it. */
export function presentExchange(
  row: ExchangeRow,
  { resellerName, now }: { resellerName: string; now: Date },
): ExchangeView {
  return {
    id: row.id,
    agency: { id: row.agency_id, name: row.agency_name },
    parent: { id: row.parent_id, name: row.parent_name ?? resellerName },
    state: row.done_at ? 'done' : row.expires_at.getTime() <= now.getTime() ? 'expired' : 'quoted',
    given: { amount: row.given_minor, currency: row.given_currency },
    got: { amount: row.got_minor, currency: row.got_currency },
    mid: row.mid,
    spreadBp: row.spread_bp,
    source: row.source,
    rateAt: row.quoted_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    booking: row.booking_id && row.booking_reference ? { id: row.booking_id, reference: row.booking_reference } : null,
    createdAt: row.created_at.toISOString(),
    doneAt: row.done_at?.toISOString() ?? null,
  };
}
