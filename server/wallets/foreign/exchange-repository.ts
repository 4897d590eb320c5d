import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import type { Exchanged, WalletRate } from './exchange.ts';

/** An exchange, or the quote of one, with the wallet's agency and that agency's parent. */
export interface ExchangeRow {
  id: string;
  number: number;
  wallet_id: string;
  agency_id: string;
  agency_name: string;
  agency_path: string;
  parent_id: string | null;
  parent_name: string | null;
  given_currency: string;
  given_minor: number;
  got_currency: string;
  got_minor: number;
  at_mid_minor: number;
  mid: string;
  spread_bp: number;
  source: string;
  quoted_at: Date;
  expires_at: Date;
  booking_id: string | null;
  booking_reference: string | null;
  created_at: Date;
  done_at: Date | null;
}

/** Fields the access rules of a Wallet read, as columns of `selectExchanges`. */
export const EXCHANGE_COLUMNS = { agencyId: 'w.agency_id', agencyPath: 'a.path', parentAgencyId: 'a.parent_id' };

export const selectExchanges = () =>
  q('wallet_exchanges as x')
    .join('wallets as w', 'w.id', 'x.wallet_id')
    .join('agencies as a', 'a.id', 'w.agency_id')
    .leftJoin('agencies as p', 'p.id', 'a.parent_id')
    .leftJoin('bookings as b', 'b.id', 'x.booking_id')
    .select('x.id', 'x.number', 'x.wallet_id', 'w.agency_id', 'a.name as agency_name', 'a.path as agency_path')
    .select('a.parent_id', 'p.name as parent_name', 'x.given_currency', 'x.given_minor', 'x.got_currency')
    .select('x.got_minor', 'x.at_mid_minor', 'x.mid', 'x.spread_bp', 'x.source', 'x.quoted_at', 'x.expires_at')
    .select('x.booking_id', 'b.reference as booking_reference', 'x.created_at', 'x.done_at');

/** One of them, locked until the transaction ends if it is to be done. */
export function findExchange(sql: TenantSql, id: string, { lock = false } = {}): Promise<ExchangeRow | undefined> {
  const query = selectExchanges().where('x.id', id);
  return sql.one<ExchangeRow>(lock ? query.forUpdate('x') : query);
}

export interface NewExchange {
  id: string;
  walletId: string;
  amounts: Exchanged;
  rate: WalletRate;
  createdAt: Date;
  expiresAt: Date;
  askedBy: string | null;
  bookingId: string | null;
}

export async function insertExchange(sql: TenantSql, given: NewExchange): Promise<void> {
  const { amounts, rate } = given;
  await sql.run(
    q('wallet_exchanges').insert({
      id: given.id,
      wallet_id: given.walletId,
      given_currency: rate.from,
      given_minor: amounts.given,
      got_currency: rate.to,
      got_minor: amounts.got,
      at_mid_minor: amounts.atMid,
      mid: rate.mid,
      spread_bp: rate.spreadBp,
      source: rate.source,
      quoted_at: new Date(rate.at),
      created_at: given.createdAt,
      expires_at: given.expiresAt,
      asked_by: given.askedBy,
      booking_id: given.bookingId,
    }),
  );
}

export async function markDone(sql: TenantSql, id: string, at: Date): Promise<void> {
  await sql.run(q('wallet_exchanges').where({ id }).update({ done_at: at }));
}

/** Quotes nobody took tell nothing: those of a wallet that expired before are deleted when it asks for another. */
export const deleteExpired = (sql: TenantSql, walletId: string, before: Date): Promise<number> =>
  sql.run(
    q('wallet_exchanges').where({ wallet_id: walletId }).whereNull('done_at').where('expires_at', '<', before).delete(),
  );
