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

/**
 * Balances in other currencies against the same account in that currency, whichever of the two is there. One below what its entries add
 * up to is a difference too; nothing is ever on its way between them.
 */
const FOREIGN = `
  select a.id as agency_id, a.name, f.currency, coalesce(f.balance, 0) as balance, -coalesce(f.ledger, 0) as ledger
  from agencies a
  join (
    select agency_id, currency, max(balance) as balance, max(entries) as entries, max(ledger) as ledger
    from (
      select w.agency_id, b.currency, b.balance_minor as balance, null::bigint as ledger,
        (select coalesce(sum(e.amount_minor), 0)::bigint from wallet_foreign_entries e where e.balance_id = b.id) as entries
      from wallet_foreign_balances b join wallets w on w.id = b.wallet_id
      union all
      select w.agency_id, c.currency, null, l.balance_minor, null
      from wallets w
      join agencies a on a.id = w.agency_id
      join ledger_books b on b.agency_id is not distinct from a.parent_id
      join ledger_accounts c on c.book_id = b.id and c.code = 'wallet:' || w.agency_id and c.currency <> w.currency
      join ledger_balances l on l.account_id = c.id
    ) sides group by agency_id, currency
  ) f on f.agency_id = a.id
  where coalesce(f.balance, 0) <> -coalesce(f.ledger, 0) or coalesce(f.balance, 0) <> coalesce(f.entries, 0)`;

/** How many differences are listed: one is enough to look for the fault. */
const MOST = 20;

/**
 * Compares each wallet's balance, and its balances in other currencies, with their accounts in the ledger of who keeps it, whose claim is the negative, and its held amount
 * with its open holds; answers those that differ, oldest agency first.
 */
export async function verifyWallets(sql: TenantSql): Promise<{ wallets: number; differences: WalletDifference[] }> {
  const counted = await sql.one<{ wallets: number }>(q('wallets').select(q.raw('count(*)::int as wallets')));
  const own = await sql.all<WalletDifference>(
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
  const foreign = await sql.all<WalletDifference>(
    q.raw(
      // eslint-disable-next-line no-restricted-syntax -- FOREIGN is a constant of this file
      `select agency_id as "agencyId", name as "agencyName", currency, balance, ledger from (${FOREIGN}) d
       order by agency_id, currency limit ?`,
      [MOST],
    ),
  );
  return { wallets: counted?.wallets ?? 0, differences: [...own, ...foreign].slice(0, MOST) };
}
