import type { TenantSql } from '../../kernel/database/sql.ts';
import { newId } from '../../kernel/ids.ts';
import type { Money } from '../../kernel/money.ts';
import { must } from '../../kernel/must.ts';
import { stateOf, type WalletRow } from '../wallet-row.ts';
import { availableOf } from '../wallet.ts';
import { planExchanges } from './exchange.ts';
import { findExchange, insertExchange } from './exchange-repository.ts';
import { readWalletRates } from './read-rate.ts';
import { listBalances } from './repository.ts';
import { runExchange } from './run-exchange.ts';

/** What was exchanged so that a booking could be held. */
export interface AutomaticExchange {
  readonly given: Money;
  readonly got: Money;
}

/**
 * Exchanges what a wallet lacks for a booking, where its agency wants that: the least that covers it, at the rate of now, in the caller's
 * transaction, which holds the wallet locked. Nothing at all where it would not be enough.
 * @returns the wallet as it then is
 */
export async function exchangeForHold(
  sql: TenantSql,
  wallet: WalletRow,
  { bookingId, amountMinor, now }: { bookingId: string; amountMinor: number; now: Date },
): Promise<{ wallet: WalletRow; exchanged: AutomaticExchange[] }> {
  const missing = amountMinor - availableOf(stateOf(wallet));
  if (missing <= 0 || wallet.auto_exchange_since === null) return { wallet, exchanged: [] };
  const balances = await listBalances(sql, wallet.id, { lock: true });
  const rates = await readWalletRates(sql, wallet, now);
  const spendable = balances.flatMap(({ currency, balance_minor: balance }) => {
    const found = rates.of(currency);
    return found?.ok && balance > 0 ? [{ balance, rate: found.rate }] : [];
  });
  const plan = planExchanges(missing, spendable) ?? [];
  let after = wallet;
  for (const { rate, given, got, atMid } of plan) {
    const id = newId();
    const amounts = { given, got, atMid };
    const about = { id, walletId: wallet.id, createdAt: now, expiresAt: now, askedBy: null, bookingId };
    await insertExchange(sql, { ...about, amounts, rate });
    after = await runExchange(sql, after, must(await findExchange(sql, id), `the exchange ${id}`), {
      now,
      actorId: null,
    });
  }
  return {
    wallet: after,
    exchanged: plan.map(({ rate, given, got }) => ({
      given: { amount: given, currency: rate.from },
      got: { amount: got, currency: rate.to },
    })),
  };
}
