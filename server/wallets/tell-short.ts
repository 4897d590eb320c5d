import { q } from '../kernel/database/builder.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { shortfallsOf } from './errors.ts';
import { noteWaiter, type BlockedAttempt } from './funds-back.ts';

/** One mail about a short wallet in this time, however many bookings fail on it; money that comes in ends it. */
const QUIET_HOURS = 6;

/**
 * Tells the ancestors whose wallets kept a booking from being made, with who tried and by how much they are short. Call it after the
 * booking's transaction was rolled back, with what was thrown; any other error does nothing. Who tried is told once there are funds again.
 */
export async function tellShort(
  database: Database,
  tenant: Tenant,
  error: unknown,
  attempt: BlockedAttempt,
): Promise<void> {
  const above = shortfallsOf(error).filter(({ isSeller }) => !isSeller);
  if (above.length === 0) return;
  await database.withTenant(tenant, async (sql) => {
    const { sellerAgencyId } = attempt;
    for (const short of above) {
      const { walletId, childId, shortfall } = short;
      await noteWaiter(sql, attempt, short);
      const told = await sql.run(
        q('wallets')
          .where({ id: walletId })
          .whereRaw('(short_told_at is null or short_told_at < now() - make_interval(hours => ?))', [QUIET_HOURS])
          .update({ short_told_at: q.fn.now() }),
      );
      if (told === 0) continue;
      const payload = { agencyId: childId, walletId, sellerAgencyId, shortfallMinor: shortfall };
      await emitEvent(sql, { kind: 'wallet.short@1', payload });
    }
  });
}
