import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { multiplyRational } from '../kernel/money.ts';

/**
 * Lets the earnings of a sale rest, in the caller's transaction: they are not released, and what was released and no statement took up yet
 * goes back to `pending`. What a statement took up stays; a loss claws it back. A repeat changes nothing.
 */
export async function holdCommissions(sql: TenantSql, bookingId: string, at: Date): Promise<void> {
  const mine = () => q('commissions').where({ booking_id: bookingId }).whereNull('held_at');
  await sql.run(
    mine()
      .where({ state: 'payable' })
      .whereNull('statement_id')
      .update({ state: 'pending', held_at: at, updated_at: at }),
  );
  await sql.run(mine().where({ state: 'pending' }).update({ held_at: at, updated_at: at }));
}

/** Ends it: what is due is released by the next run. */
export async function freeCommissions(sql: TenantSql, bookingId: string, at: Date): Promise<void> {
  await sql.run(
    q('commissions').where({ booking_id: bookingId }).whereNotNull('held_at').update({ held_at: null, updated_at: at }),
  );
}

/**
 * What a loss of a part of a sale's price takes of each agency's commission, by agency: in proportion, of what is left of it. Minor units.
 */
export async function commissionShares(
  sql: TenantSql,
  bookingId: string,
  part: { lost: number; paid: number },
): Promise<Map<string, number>> {
  const rows = await sql.all<{ agency_id: string; left: number }>(
    q('commissions')
      .where({ booking_id: bookingId })
      .orderBy('agency_id')
      .forUpdate()
      .select('agency_id', q.raw('(amount_minor - reversed_minor)::bigint as left')),
  );
  const share = Math.min(part.lost, part.paid);
  return new Map(
    rows
      .map(({ agency_id: id, left }) => [id, part.paid > 0 ? multiplyRational(left, share, part.paid) : 0] as const)
      .filter(([, amount]) => amount > 0),
  );
}
