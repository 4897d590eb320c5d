import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { ageWallets } from './read-ageing.ts';
import { selectWallets } from './repository.ts';
import type { WalletRow } from './wallet-row.ts';

/** An agency is reminded this often of what is overdue. */
const REMIND_DAYS = 7;

/** Reminds the agencies whose wallets owe something past its day, in the caller's transaction; answers how many. */
export async function chaseOverdue(sql: TenantSql, now: Date): Promise<number> {
  const since = new Date(now.getTime() - REMIND_DAYS * 86_400_000);
  const owing = await sql.all<WalletRow>(
    selectWallets()
      .where('w.balance_minor', '<', 0)
      .whereNotNull('w.payment_days')
      .where((any) => void any.whereNull('w.overdue_told_at').orWhere('w.overdue_told_at', '<', since)),
  );
  const overdue = (await ageWallets(sql, owing, now)).filter((one) => one.overdue > 0);
  for (const { wallet, overdue: overdueMinor } of overdue) {
    await sql.run(q('wallets').where({ id: wallet.id }).update({ overdue_told_at: now }));
    const payload = { agencyId: wallet.agency_id, walletId: wallet.id, overdueMinor };
    await emitEvent(sql, { kind: 'wallet.overdue@1', payload });
  }
  return overdue.length;
}
