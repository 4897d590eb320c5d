import { abilityFor, narrow } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { ageDebt, blocks, overdueOf, type Ageing, type Debit } from './ageing.ts';
import { WALLET_COLUMNS, selectWallets } from './repository.ts';
import type { WalletListQuery } from './schema.ts';
import type { WalletRow } from './wallet-row.ts';

/** A wallet with the age of what it owes. */
export interface AgedWallet {
  wallet: WalletRow;
  ageing: Ageing;
  /** What is past its day, minor units. */
  overdue: number;
  blocked: boolean;
}

/** The ages of what wallets owe. Of each only its newest debits are read, as many as add up to the debt. */
export async function ageWallets(sql: TenantSql, wallets: readonly WalletRow[], now: Date): Promise<AgedWallet[]> {
  const owing = wallets.filter(({ balance_minor: balance }) => balance < 0).map(({ id }) => id);
  const debits = new Map<string, Debit[]>(owing.map((id) => [id, []]));
  for (const { walletId, ...debit } of owing.length === 0 ? [] : await readDebits(sql, owing))
    debits.get(walletId)?.push(debit);
  return wallets.map((wallet) => {
    const terms = { paymentDays: wallet.payment_days, now };
    const ageing = ageDebt(Math.max(0, -wallet.balance_minor), debits.get(wallet.id) ?? [], terms);
    return { wallet, ageing, overdue: overdueOf(ageing), blocked: blocks(ageing, wallet.grace_days) };
  });
}

const readDebits = (sql: TenantSql, walletIds: readonly string[]) =>
  sql.all<Debit & { walletId: string }>(
    q.raw(
      `select wallet_id as "walletId", amount, created_at as at from (
         select e.wallet_id, e.id, e.created_at, -e.amount_minor as amount, w.balance_minor as balance,
           sum(-e.amount_minor) over (partition by e.wallet_id order by e.created_at desc, e.id desc) as running
         from wallet_entries e join wallets w on w.id = e.wallet_id
         where e.wallet_id = any(?::uuid[]) and e.kind in ('capture', 'adjustment') and e.amount_minor < 0
       ) d where running - amount < -balance order by created_at desc, id desc`,
      [[...walletIds]],
    ),
  );

/** What a wallet owes beyond its days of grace, so that it blocks; undefined when it does not. Reads nothing where there are no terms. */
export async function findBlocked(
  sql: TenantSql,
  wallets: readonly WalletRow[],
  now: Date,
): Promise<AgedWallet | undefined> {
  const suspects = wallets.filter(
    (row) => row.balance_minor < 0 && row.payment_days !== null && row.grace_days !== null,
  );
  if (suspects.length === 0) return undefined;
  return (await ageWallets(sql, suspects, now)).find(({ blocked }) => blocked);
}

/** Wallets that the actor's own level keeps (what others owe it), with ages and the sums of all of them by currency. */
export async function listAgeing(
  sql: TenantSql,
  actor: Actor,
  query: WalletListQuery,
  now: Date,
): Promise<{ rows: AgedWallet[]; next: string | null; all: AgedWallet[] }> {
  const before = decodeCursor(query.cursor, UUID_CURSOR);
  const kept = () => {
    const rows = narrow(selectWallets(), abilityFor(actor), 'read', 'Wallet', WALLET_COLUMNS);
    return actor.agencyId === null ? rows.whereNull('a.parent_id') : rows.where('a.parent_id', actor.agencyId);
  };
  const page = kept()
    .orderBy('w.id', 'desc')
    .limit(query.limit + 1);
  if (before) void page.where('w.id', '<', before);
  const { rows, next } = toPage(await sql.all<WalletRow>(page), query.limit, (row) => row.id);
  const all = await ageWallets(sql, await sql.all<WalletRow>(kept().where('w.balance_minor', '<', 0)), now);
  const aged = new Map(all.map((one) => [one.wallet.id, one]));
  const fresh = await ageWallets(
    sql,
    rows.filter(({ id }) => !aged.has(id)),
    now,
  );
  for (const one of fresh) aged.set(one.wallet.id, one);
  return { rows: rows.flatMap(({ id }) => aged.get(id) ?? []), next, all };
}
