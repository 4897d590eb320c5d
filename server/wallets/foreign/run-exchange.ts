import { currencyExponent } from '../../kernel/money-exponent.ts';
import { formatDecimalAmount } from '../../kernel/money.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import { buildWalletExchange, postTransaction } from '../../ledger/index.ts';
import { writeMoves } from '../repository.ts';
import { stateOf, type WalletRow } from '../wallet-row.ts';
import { topUp } from '../wallet.ts';
import { ForeignBalanceShort } from './errors.ts';
import { markDone, type ExchangeRow } from './exchange-repository.ts';
import { lockBalance, writeForeignMove } from './repository.ts';

/** What both entries say: language-neutral, as people of either side read it. */
function sayRate({ given_currency: currency, given_minor: given, mid, spread_bp: spread }: ExchangeRow): string {
  const amount = formatDecimalAmount(given, currencyExponent(currency));
  return `${amount} ${currency} × ${mid}${spread > 0 ? ` − ${formatDecimalAmount(spread, 2)} %` : ''}`;
}

/**
 * Does an exchange: the balance in the other currency falls, the wallet rises, both books are posted, in the caller's transaction. The
 * wallet must be locked by it, and the exchange not done yet.
 * @returns the wallet as it then is
 * @throws ForeignBalanceShort when less is there than the quote gives
 */
export async function runExchange(
  sql: TenantSql,
  wallet: WalletRow,
  exchange: ExchangeRow,
  { now, actorId }: { now: Date; actorId: string | null },
): Promise<WalletRow> {
  const { id, given_currency: currency, given_minor: given, got_minor: got, booking_id: bookingId } = exchange;
  const balance = await lockBalance(sql, wallet.id, currency);
  if (balance.balance_minor < given)
    throw ForeignBalanceShort({ available: { amount: balance.balance_minor, currency } });
  const about = { key: `exchange:${id}`, kind: 'exchange', bookingId, reason: sayRate(exchange), actorId } as const;
  await writeForeignMove(sql, { ...about, balance, amountMinor: -given });
  const after = topUp(stateOf(wallet), got);
  await writeMoves(sql, [{ ...about, walletId: wallet.id, amount: got, after }]);
  await markDone(sql, id, now);

  const postings = buildWalletExchange({
    exchangeId: id,
    parentId: wallet.parent_id,
    childId: wallet.agency_id,
    given: { amount: given, currency },
    got: { amount: got, currency: wallet.currency },
    atMid: exchange.at_mid_minor,
  });
  const description = `Wallet exchange of ${wallet.agency_name}`;
  for (const posting of postings) await postTransaction(sql, posting, { bookingId, occurredAt: now, description });
  await emitEvent(sql, {
    kind: 'wallet.exchanged@1',
    payload: { agencyId: wallet.agency_id, walletId: wallet.id, exchangeId: id, bookingId },
  });
  return { ...wallet, balance_minor: after.balance };
}
