import type { Database } from '../../kernel/database/database.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { newId } from '../../kernel/ids.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import { CurrencyNotAccepted } from '../foreign/errors.ts';
import { findAccepted } from '../foreign/repository.ts';
import { openWallet } from '../read-wallets.ts';
import { lockWallets } from '../repository.ts';
import type { WalletRow } from '../wallet-row.ts';
import { CardNotHere, CardOwnCurrency, TooManyTopUps, TopUpOutOfRange } from './errors.ts';
import { openTopUp } from './read-top-ups.ts';
import { countPending, insertTopUp, type TopUpRow } from './repository.ts';
import type { TopUpCreate } from './schema.ts';
import { MOST_PENDING, foreignTopUpRange, referenceOf, takesCards, topUpRange } from './top-up.ts';
import { openPage, type CardDeps } from './card.ts';

export interface AnnounceDeps extends CardDeps {
  database: Database;
}

type Where = Pick<RequestContext, 'tenant' | 'brand' | 'actor' | 'sql' | 'locale' | 'audit' | 'idempotentId'>;

/**
 * Begins a top-up of a wallet: a transfer waits for the parent, a card for its payer on the payment provider's page.
 * @throws CurrencyNotAccepted, CardOwnCurrency, TopUpOutOfRange, CardNotHere, TooManyTopUps, and 404 or 403 as for any wallet
 */
export async function beginTopUp(
  deps: AnnounceDeps,
  ctx: Where,
  agencyId: string,
  input: TopUpCreate,
): Promise<TopUpRow> {
  const wallet = await openWallet(ctx.sql, ctx.actor, agencyId, 'update');
  if (input.amount.currency === wallet.currency) check(wallet, input);
  else await checkForeign(ctx.sql, wallet, input);
  const id = ctx.idempotentId ?? newId();
  await deps.database.withTenant(ctx.tenant, (sql) => write(sql, ctx, wallet, { id, input }));
  if (input.method === 'card') await openPage(deps, ctx, id);
  const row = await openTopUp(ctx.sql, ctx.actor, id);
  ctx.audit.note({
    subject: { label: wallet.agency_name },
    details: {
      reference: referenceOf(row.number),
      method: row.method,
      amountMinor: row.amount_minor,
      currency: row.currency,
    },
  });
  return row;
}

function check(wallet: WalletRow, { method, amount }: TopUpCreate): void {
  const { currency } = wallet;
  if (method === 'card' && !takesCards(wallet)) throw CardNotHere();
  const { minimum, maximum } = topUpRange(method, currency);
  if (amount.amount < minimum || amount.amount > maximum)
    throw TopUpOutOfRange({ minimum: { amount: minimum, currency }, maximum: { amount: maximum, currency } });
}

/** Another currency than the wallet's: one its parent takes, to where a bank brings it unchanged. A card's provider would exchange it first. */
async function checkForeign(sql: TenantSql, wallet: WalletRow, { method, amount }: TopUpCreate): Promise<void> {
  const accepted = await findAccepted(sql, wallet.parent_id, amount.currency);
  if (!accepted?.is_open) throw CurrencyNotAccepted({ currency: amount.currency });
  if (method === 'card') throw CardOwnCurrency();
  const { minimum, maximum } = foreignTopUpRange(amount.currency);
  if (amount.amount < minimum.amount || amount.amount > maximum.amount) throw TopUpOutOfRange({ minimum, maximum });
}

async function write(
  sql: TenantSql,
  { actor }: Where,
  wallet: WalletRow,
  { id, input }: { id: string; input: TopUpCreate },
): Promise<void> {
  // The wallet's lock makes counting and adding one step.
  await lockWallets(sql, [wallet.agency_id]);
  const isNew = await insertTopUp(sql, {
    id,
    walletId: wallet.id,
    method: input.method,
    amountMinor: input.amount.amount,
    currency: input.amount.currency,
    paidOn: input.method === 'transfer' ? input.paidOn : null,
    askedBy: actor.id,
  });
  if (!isNew) return;
  if ((await countPending(sql, wallet.id)) > MOST_PENDING) throw TooManyTopUps({ limit: MOST_PENDING });
  const payload = { agencyId: wallet.agency_id, topUpId: id };
  if (input.method === 'transfer') await emitEvent(sql, { kind: 'wallet.top_up_announced@1', payload });
  else await emitEvent(sql, { kind: 'wallet.top_up_opened@1', payload });
}
