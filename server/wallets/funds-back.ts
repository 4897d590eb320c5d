import { q } from '../kernel/database/builder.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Consumer } from '../kernel/outbox/consumers.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import type { HoldShortfall } from './plan-holds.ts';
import { findBlocked } from './read-ageing.ts';
import { lockWallets } from './repository.ts';
import { stateOf } from './wallet-row.ts';
import { availableOf } from './wallet.ts';

/** A booking that somebody tried to pay from a wallet. */
export interface BlockedAttempt {
  sellerAgencyId: string | null;
  /** Who tried; null for a program, which reads the answer, and for who acts as somebody else. */
  userId: string | null;
  brandId: string;
  quoteId: string;
  title: string;
  /** Where to search for the trip again: a quote does not live as long. */
  searchUrl: string;
  at: Date;
}

/** After this the trip is another one: nobody waits for it any more. */
const WAIT_HOURS = 48;

/** Remembers who waits for a wallet above their own, in the caller's transaction. */
export async function noteWaiter(sql: TenantSql, attempt: BlockedAttempt, short: HoldShortfall): Promise<void> {
  if (attempt.userId === null || attempt.sellerAgencyId === null) return;
  await sql.run(
    q('wallet_waiters')
      .insert({
        wallet_id: short.walletId,
        user_id: attempt.userId,
        quote_id: attempt.quoteId,
        seller_agency_id: attempt.sellerAgencyId,
        brand_id: attempt.brandId,
        required_minor: Math.max(0, short.available + short.shortfall),
        title: attempt.title,
        search_url: attempt.searchUrl,
        created_at: attempt.at,
      })
      .onConflict(['wallet_id', 'user_id', 'quote_id'])
      .merge(['required_minor', 'created_at']),
  );
}

interface WaiterRow {
  user_id: string;
  quote_id: string;
  seller_agency_id: string;
  brand_id: string;
  title: string;
  search_url: string;
}

/** Forgets who has waited too long. */
export const purgeWaiters = (sql: TenantSql, now: Date): Promise<number> =>
  sql.run(
    q('wallet_waiters')
      .where('created_at', '<', new Date(now.getTime() - WAIT_HOURS * 3_600_000))
      .delete(),
  );

/**
 * When a wallet was paid into, those whose bookings fit by now are told, each once, unless another wallet still keeps the same booking from
 * being made. Nothing is booked: the price may be another one, and the person may not want it any more.
 */
export const fundsBackConsumer = ({ database, clock }: { database: Database; clock: Clock }): Consumer => ({
  name: 'wallets.tell_funds_back',
  kinds: ['wallet.topped_up@1', 'wallet.adjusted@1', 'wallet.credit_limit_changed@1'],
  handle: (event, tenant) =>
    database.withTenant(tenant, (sql) => tellFundsBack(sql, String(event.payload.agencyId), clock.now())),
});

async function tellFundsBack(sql: TenantSql, agencyId: string, now: Date): Promise<void> {
  const [wallet] = await lockWallets(sql, [agencyId]);
  if (!wallet || (await findBlocked(sql, [wallet], now))) return;
  await purgeWaiters(sql, now);
  const ready = await sql.all<WaiterRow>(
    q('wallet_waiters')
      .where({ wallet_id: wallet.id })
      .where('required_minor', '<=', availableOf(stateOf(wallet)))
      .delete()
      .returning('*'),
  );
  for (const one of ready) {
    const { user_id: userId, quote_id: quoteId, brand_id: brandId, title, search_url: url } = one;
    if (await sql.one(q('wallet_waiters').where({ user_id: userId, quote_id: quoteId }).select('wallet_id').limit(1)))
      continue;
    const payload = { agencyId: one.seller_agency_id, userId, brandId, title, url };
    await emitEvent(sql, { kind: 'wallet.funds_back@1', payload });
  }
}
