import { abilityFor, authorize, narrow } from '../access/index.ts';
import { NotFound } from '../kernel/errors.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { WALLET_COLUMNS, findWallet, selectEntries, selectWallets } from './repository.ts';
import { accessOf } from './wallet-row.ts';
import type { EntryRow, WalletRow } from './wallet-row.ts';
import type { WalletEntryQuery, WalletListQuery } from './schema.ts';

/** The wallet of an agency. @throws 404 when there is none, or the actor may not see it; 403 when it may not do `action` */
export async function openWallet(
  sql: TenantSql,
  actor: Actor,
  agencyId: string,
  action: 'read' | 'update' | 'adjust' = 'read',
): Promise<WalletRow> {
  const wallet = await findWallet(sql, agencyId);
  if (!wallet) throw NotFound({ what: 'This wallet' });
  authorize(actor, action, 'Wallet', accessOf(wallet));
  return wallet;
}

/** Wallets the actor may see, newest agency first. */
export async function listWallets(
  sql: TenantSql,
  actor: Actor,
  query: WalletListQuery,
): Promise<{ rows: readonly WalletRow[]; next: string | null }> {
  const before = decodeCursor(query.cursor, UUID_CURSOR);
  const wallets = narrow(selectWallets(), abilityFor(actor), 'read', 'Wallet', WALLET_COLUMNS)
    .orderBy('w.id', 'desc')
    .limit(query.limit + 1);
  if (before) void wallets.where('w.id', '<', before);
  return toPage(await sql.all<WalletRow>(wallets), query.limit, (row) => row.id);
}

/** What happened in a wallet, newest first. */
export async function listEntries(
  sql: TenantSql,
  walletId: string,
  query: WalletEntryQuery,
): Promise<{ rows: readonly EntryRow[]; next: string | null }> {
  const before = decodeCursor(query.cursor, UUID_CURSOR);
  const entries = selectEntries()
    .where('e.wallet_id', walletId)
    .orderBy('e.id', 'desc')
    .limit(query.limit + 1);
  if (before) void entries.where('e.id', '<', before);
  if (query.kind) void entries.where('e.kind', query.kind);
  return toPage(await sql.all<EntryRow>(entries), query.limit, (row) => row.id);
}
