import type { TenantSql } from '../../kernel/database/sql.ts';
import { readExchangeTable, usableRate } from '../../pricing/index.ts';
import type { WalletRow } from '../wallet-row.ts';
import type { WalletRate } from './exchange.ts';
import { listAccepted, type AcceptedRow } from './repository.ts';

export type FoundRate =
  { readonly ok: true; readonly rate: WalletRate } | { readonly ok: false; readonly reason: 'no_rate' | 'stale_rate' };

/** What a wallet's parent accepts, and what it pays for it now: the reseller's middle rate less the parent's spread. */
export interface WalletRates {
  readonly accepted: readonly AcceptedRow[];
  /** The rate of a currency; undefined when the parent never accepted it. */
  of(currency: string): FoundRate | undefined;
}

/** Reads them; never a guess, so that a currency without a rate, or with one too old, has none. */
export async function readWalletRates(
  sql: TenantSql,
  wallet: Pick<WalletRow, 'parent_id' | 'currency'>,
  now: Date,
): Promise<WalletRates> {
  const accepted = await listAccepted(sql, wallet.parent_id);
  if (accepted.length === 0) return { accepted, of: () => undefined };
  const table = await readExchangeTable(sql, wallet.currency);
  return {
    accepted,
    of(currency) {
      const row = accepted.find((one) => one.currency === currency);
      if (!row) return undefined;
      const found = usableRate(table, currency, now.getTime());
      if (!found.ok) return found;
      return { ok: true, rate: { from: currency, to: table.to, spreadBp: row.spread_bp, ...found.rate } };
    },
  };
}
