import { netOfOwnAccounts } from '../disputes/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { sumInOwnAccounts } from '../payments/index.ts';
import { feesInOwnAccounts } from '../reconciliation/index.ts';

/**
 * The part of `psp_clearing` that stands in accounts of the reseller's own, where no transfer can draw on it: what was paid into them, less
 * what disputes took and the payment service kept (minor units).
 */
export async function heldInOwnAccounts(sql: TenantSql, currency: string): Promise<number> {
  const paid = await sumInOwnAccounts(sql, currency);
  const disputes = await netOfOwnAccounts(sql, currency);
  const fees = await feesInOwnAccounts(sql, currency);
  return paid + disputes - fees;
}
