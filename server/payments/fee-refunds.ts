import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';

/** Notes what is to go back of an application fee; a repeated key changes nothing. */
export async function insertFeeRefund(
  sql: TenantSql,
  given: { key: string; paymentId: string; amountMinor: number },
): Promise<void> {
  await sql.run(
    q('application_fee_refunds')
      .insert({ key: given.key, payment_id: given.paymentId, amount_minor: given.amountMinor })
      .onConflict('key')
      .ignore(),
  );
}

export async function isFeeRefunded(sql: TenantSql, key: string): Promise<boolean> {
  const done = q('application_fee_refunds').where({ key }).whereNotNull('provider_id').select('key');
  return (await sql.one(done)) !== undefined;
}

export async function settleFeeRefund(sql: TenantSql, key: string, providerId: string): Promise<void> {
  await sql.run(
    q('application_fee_refunds').where({ key }).whereNull('provider_id').update({ provider_id: providerId }),
  );
}
