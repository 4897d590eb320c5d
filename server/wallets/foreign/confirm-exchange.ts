import { authorize } from '../../access/index.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { NotFound } from '../../kernel/errors.ts';
import { noAudit, type AuditPen } from '../../kernel/http/audit.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { WalletMissing } from '../errors.ts';
import { lockWallets } from '../repository.ts';
import { accessOf } from '../wallet-row.ts';
import { ExchangeQuoteExpired } from './errors.ts';
import { findExchange } from './exchange-repository.ts';
import { runExchange } from './run-exchange.ts';

/**
 * Takes a quote: the exchange is done in the caller's transaction, once. One that is done stays as it is, whoever confirms it again.
 * @throws ExchangeQuoteExpired, ForeignBalanceShort, and 404 or 403 as for any wallet
 */
export async function confirmExchange(
  sql: TenantSql,
  actor: Actor,
  { id, now }: { id: string; now: Date },
  audit: AuditPen = noAudit,
): Promise<void> {
  const quote = await findExchange(sql, id);
  // In the words of a wallet out of sight, so that nothing tells one from the other.
  if (!quote) throw NotFound({ what: 'This wallet' });
  authorize(actor, 'update', 'Wallet', accessOf(quote));
  // The wallet before what belongs to it, as in all other code of wallets.
  const [wallet] = await lockWallets(sql, [quote.agency_id]);
  if (!wallet) throw WalletMissing();
  const exchange = await findExchange(sql, id, { lock: true });
  // A newer question of the same wallet deletes quotes that expired.
  if (!exchange) throw ExchangeQuoteExpired();
  if (exchange.done_at) return;
  if (exchange.expires_at.getTime() <= now.getTime()) throw ExchangeQuoteExpired();
  await runExchange(sql, wallet, exchange, { now, actorId: actor.id });
  audit.note({
    subject: { label: wallet.agency_name },
    details: {
      givenMinor: exchange.given_minor,
      givenCurrency: exchange.given_currency,
      gotMinor: exchange.got_minor,
      gotCurrency: exchange.got_currency,
      mid: exchange.mid,
      spreadBp: exchange.spread_bp,
    },
  });
}
