import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Money } from '../../kernel/money.ts';
import { must } from '../../kernel/must.ts';
import { WalletMissing } from '../errors.ts';
import { lockWallets } from '../repository.ts';
import { CurrencyNotAccepted, ExchangeTooSmall, NoExchangeRate, ForeignBalanceShort } from './errors.ts';
import { exchange } from './exchange.ts';
import { deleteExpired, findExchange, insertExchange, type ExchangeRow } from './exchange-repository.ts';
import { readWalletRates } from './read-rate.ts';
import { listBalances } from './repository.ts';

/** How long a quote stands. */
export const QUOTE_SECONDS = 60;

/**
 * Offers an exchange of an agency's balance into its wallet's currency, at the rate of now, frozen for a minute; in the caller's transaction.
 * Nothing is held: whether the balance is still there is asked again when it is confirmed.
 * @throws CurrencyNotAccepted, NoExchangeRate, ForeignBalanceShort, ExchangeTooSmall, `wallet.missing`
 */
export async function quoteExchange(
  sql: TenantSql,
  request: { id: string; agencyId: string; amount: Money; askedBy: string | null; now: Date },
): Promise<ExchangeRow> {
  const { id, agencyId, amount, askedBy, now } = request;
  const { currency } = amount;
  // The lock keeps two questions of a wallet from deleting each other's rows in different orders.
  const [wallet] = await lockWallets(sql, [agencyId]);
  if (!wallet) throw WalletMissing();
  const found = (await readWalletRates(sql, wallet, now)).of(currency);
  if (!found) throw CurrencyNotAccepted({ currency });
  if (!found.ok) throw NoExchangeRate({ currency, reason: found.reason });
  const balance = (await listBalances(sql, wallet.id)).find((one) => one.currency === currency);
  const available = balance?.balance_minor ?? 0;
  if (amount.amount > available) throw ForeignBalanceShort({ available: { amount: available, currency } });
  const amounts = exchange(amount.amount, found.rate);
  if (amounts.got === 0) throw ExchangeTooSmall();
  await deleteExpired(sql, wallet.id, now);
  const expiresAt = new Date(now.getTime() + QUOTE_SECONDS * 1000);
  const quote = { id, walletId: wallet.id, amounts, rate: found.rate, createdAt: now, expiresAt };
  await insertExchange(sql, { ...quote, askedBy, bookingId: null });
  return must(await findExchange(sql, id), `the quote ${id}`);
}
