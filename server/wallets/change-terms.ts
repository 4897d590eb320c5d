import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { WalletMissing } from './errors.ts';
import { lockWallets } from './repository.ts';
import type { WalletRow } from './wallet-row.ts';

async function lockOne(sql: TenantSql, agencyId: string): Promise<WalletRow> {
  const [wallet] = await lockWallets(sql, [agencyId]);
  if (!wallet) throw WalletMissing();
  return wallet;
}

const write = (sql: TenantSql, id: string, change: Record<string, number | null>): Promise<number> =>
  sql.run(
    q('wallets')
      .where({ id })
      .update({ ...change, version: q.raw('version + 1'), updated_at: q.fn.now() }),
  );

/**
 * Sets within how many days a wallet's debts are to be paid, and after how many more they block new bookings; null for never. It is at
 * once so for debts there are. @throws `wallet.missing`
 */
export async function changeTerms(
  sql: TenantSql,
  change: { agencyId: string; paymentDays: number | null; graceDays: number | null },
  audit: AuditPen = noAudit,
): Promise<void> {
  const wallet = await lockOne(sql, change.agencyId);
  const { paymentDays, graceDays } = change;
  audit.note({
    subject: { label: wallet.agency_name },
    before: { paymentDays: wallet.payment_days, graceDays: wallet.grace_days },
    after: { paymentDays, graceDays },
  });
  await write(sql, wallet.id, { payment_days: paymentDays, grace_days: graceDays });
}

/** Sets below what is left the agency is told; null for a fifth of its credit limit. @throws `wallet.missing` */
export async function changeLowBalance(
  sql: TenantSql,
  change: { agencyId: string; lowMinor: number | null },
  audit: AuditPen = noAudit,
): Promise<void> {
  const wallet = await lockOne(sql, change.agencyId);
  audit.note({
    subject: { label: wallet.agency_name },
    before: { lowMinor: wallet.low_minor },
    after: { lowMinor: change.lowMinor },
  });
  await write(sql, wallet.id, { low_minor: change.lowMinor });
}
