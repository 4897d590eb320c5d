import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';

/** A wallet whose balance is not what the ledger says. */
export interface WalletDifference {
  agencyId: string;
  agencyName: string;
  currency: string;
  /** Minor units. */
  balance: number;
  ledger: number;
}

/** What was debited for bookings whose sale is not in the books yet: the next step of each posts it. */
const UNPOSTED = `select coalesce(sum(h.amount_minor), 0) from wallet_holds h where h.wallet_id = w.id and h.state = 'captured'
  and not exists (select 1 from ledger_transactions t where t.source = 'booking' and t.key = h.booking_id || '/sale')`;

/** How many differences are listed: one is enough to look for the fault. */
const MOST = 20;

/**
 * Compares each wallet's balance with its account in the ledger of who keeps it, whose claim is the wallet's negative, and its held amount
 * with its open holds; answers those that differ, oldest agency first.
 */
export async function verifyWallets(sql: TenantSql): Promise<{ wallets: number; differences: WalletDifference[] }> {
  const counted = await sql.one<{ wallets: number }>(q('wallets').select(q.raw('count(*)::int as wallets')));
  const differences = await sql.all<WalletDifference>(
    q.raw(
      // eslint-disable-next-line no-restricted-syntax -- UNPOSTED is a constant of this file
      `select w.agency_id as "agencyId", a.name as "agencyName", w.currency, w.balance_minor as balance,
         -coalesce(l.balance_minor, 0) as ledger
       from wallets w
       join agencies a on a.id = w.agency_id
       left join ledger_books b on b.agency_id is not distinct from a.parent_id
       left join ledger_accounts c on c.book_id = b.id and c.code = 'wallet:' || w.agency_id and c.currency = w.currency
       left join ledger_balances l on l.account_id = c.id
       where (w.balance_minor <> -coalesce(l.balance_minor, 0)
           and w.balance_minor + (${UNPOSTED}) <> -coalesce(l.balance_minor, 0))
          or w.held_minor <> (select coalesce(sum(h.amount_minor), 0) from wallet_holds h where h.wallet_id = w.id and h.state = 'held')
       order by w.id limit ?`,
      [MOST],
    ),
  );
  return { wallets: counted?.wallets ?? 0, differences };
}
