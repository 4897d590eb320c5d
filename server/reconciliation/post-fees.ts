import type { TenantSql } from '../kernel/database/sql.ts';
import { buildServiceFees, postTransaction } from '../ledger/index.ts';
import { feesOf, postedFees } from './repository.ts';

/**
 * The fees of days, in the caller's transaction: the service's word is posted, and what is told of a day later is added. A day that is not
 * over is left to its own run.
 * @param lastDay the newest day that is over, `YYYY-MM-DD`
 */
export async function postFees(sql: TenantSql, days: readonly string[], lastDay: string): Promise<void> {
  for (const day of days.filter((one) => one <= lastDay)) {
    const posted = await postedFees(sql, day);
    for (const { currency, minor } of await feesOf(sql, day)) {
      const amount = minor - (posted.get(currency) ?? 0);
      if (amount === 0) continue;
      await postTransaction(sql, buildServiceFees({ day, amount, total: minor, currency }), {
        occurredAt: new Date(`${day}T23:59:59.999Z`),
        whenClosed: 'move',
        description: `Fees of the payment service ${day}`,
      });
    }
  }
}
