import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { ageWallets } from './read-ageing.ts';
import { lockWallets, selectWallets } from './repository.ts';

/** An agency is reminded this often of what is overdue. */
const REMIND_DAYS = 7;

/**
 * Reminds the agencies whose wallets owe something past its day, each in a short transaction of its own: bookings lock wallets from the root
 * down, and nobody who holds one waits here for another. One that fails is reminded by the next run.
 * @returns how many were reminded
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
      .where((any) => void any.whereNull('w.overdue_told_at').orWhere('w.overdue_told_at', '<', since));
  const agencies = await database.tenant(tenant).all<{ agency_id: string }>(owing());
  let reminded = 0;
  for (const { agency_id: agencyId } of agencies)
    try {
      reminded += await database.withTenant(tenant, (sql) => remind(sql, agencyId, now));
    } catch (error) {
      onFault(error, agencyId);
    }
  return reminded;
}

async function remind(sql: TenantSql, agencyId: string, now: Date): Promise<number> {
  const [one] = await ageWallets(sql, await lockWallets(sql, [agencyId]), now);
  if (!one || one.overdue === 0) return 0;
  const { wallet, overdue: overdueMinor, blocked } = one;
  await sql.run(q('wallets').where({ id: wallet.id }).update({ overdue_told_at: now }));
  const payload = { agencyId, walletId: wallet.id, overdueMinor, blocked };
  await emitEvent(sql, { kind: 'wallet.overdue@1', payload });
  return 1;
}
