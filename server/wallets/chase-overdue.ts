import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { ageWallets } from './read-ageing.ts';
import { lockWallets, selectWallets } from './repository.ts';

/** An agency is told this often that its wallet blocks. */
const REMIND_DAYS = 7;

/**
 * Tells the agencies whose wallets block bookings for what is overdue, each in a short transaction of its own (what is due, and is not yet
 * blocking, is mentioned by `receivables`): bookings lock wallets from the root
 * down, and nobody who holds one waits here for another. One that fails is told by the next run.
 * @returns how many were told
 */
export async function chaseOverdue(
  database: Database,
  tenant: Tenant,
  now: Date,
  onFault: (error: unknown, agencyId: string) => void,
): Promise<number> {
  const since = new Date(now.getTime() - REMIND_DAYS * 86_400_000);
  const owing = () =>
    selectWallets()
      .where('w.balance_minor', '<', 0)
      .whereNotNull('w.payment_days')
      .whereNotNull('w.grace_days')
      .where((any) => void any.whereNull('w.overdue_told_at').orWhere('w.overdue_told_at', '<', since));
  const agencies = await database.tenant(tenant).all<{ agency_id: string }>(owing());
  let told = 0;
  for (const { agency_id: agencyId } of agencies)
    try {
      told += await database.withTenant(tenant, (sql) => tellBlocked(sql, agencyId, now));
    } catch (error) {
      onFault(error, agencyId);
    }
  return told;
}

async function tellBlocked(sql: TenantSql, agencyId: string, now: Date): Promise<number> {
  const [one] = await ageWallets(sql, await lockWallets(sql, [agencyId]), now);
  if (!one?.blocked) return 0;
  const { wallet, overdue: overdueMinor } = one;
  await sql.run(q('wallets').where({ id: wallet.id }).update({ overdue_told_at: now }));
  const payload = { agencyId, walletId: wallet.id, overdueMinor };
  await emitEvent(sql, { kind: 'wallet.overdue@1', payload });
  return 1;
}
