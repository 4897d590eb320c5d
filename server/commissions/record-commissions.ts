import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { DEFAULT_RELEASE, accrueCommissions, reverseAmount, reverseInProportion } from './commission.ts';
import type { BookingDates, CommissionAccrual, CommissionState, ReleasePolicy, Reversal } from './commission.ts';

/** The part of a price build-up that commissions are recorded from; a pricing BuildUp has this shape. Minor units. */
export interface CommissionBasis {
  readonly currency: string;
  readonly commissionable: number;
  readonly levels: readonly {
    readonly agencyId: string | null;
    readonly commissionRateBp: number;
    readonly commission: number;
  }[];
}

export interface CommissionsOfSale {
  bookingId: string;
  buildUp: CommissionBasis;
  dates: BookingDates;
  policy?: ReleasePolicy;
}

/**
 * Records, as `pending`, what each agency of a confirmed sale has earned, in the caller's transaction; a repeat changes nothing.
 * Post the sale to the ledger in the same one.
 */
export async function recordCommissions(sql: TenantSql, sale: CommissionsOfSale): Promise<CommissionAccrual[]> {
  const { bookingId, buildUp } = sale;
  const accruals = accrueCommissions(buildUp, sale.dates, sale.policy ?? DEFAULT_RELEASE);
  if (accruals.length === 0) return accruals;
  const rateOf = new Map(buildUp.levels.map((level) => [level.agencyId, level.commissionRateBp]));
  const rows = accruals.map((accrual) => ({
    id: newId(),
    booking_id: bookingId,
    agency_id: accrual.agencyId,
    rate_bp: rateOf.get(accrual.agencyId) ?? 0,
    commissionable_minor: buildUp.commissionable,
    amount_minor: accrual.amount,
    currency: accrual.currency,
    payable_at: new Date(accrual.payableAt),
  }));
  const written = await sql.run(q('commissions').insert(rows).onConflict(['booking_id', 'agency_id']).ignore());
  if (written > 0)
    await emitEvent(sql, {
      kind: 'commission.accrued@1',
      payload: { bookingId, agencyIds: rows.map((row) => row.agency_id) },
    });
  return accruals;
}

/** Marks as `payable` what became due by `now`; answers how many. Repeatable; for a job that runs daily. */
export function releaseDueCommissions(sql: TenantSql, now: Date): Promise<number> {
  return sql.run(
    q('commissions')
      .where({ state: 'pending' })
      .where('payable_at', '<=', now)
      .update({ state: 'payable', updated_at: q.fn.now() }),
  );
}

interface StoredAccrual {
  id: string;
  agency_id: string;
  state: CommissionState;
  amount_minor: number;
  reversed_minor: number;
  currency: string;
  payable_at: Date;
}

/**
 * Takes back commissions of a refunded booking in the caller's transaction: `refunded` of `refundable` so far, this refund included
 * (minor units), so that a repeat takes nothing more.
 * @throws CommissionError when more was refunded than sold
 */
export function reverseCommissions(
  sql: TenantSql,
  refund: { bookingId: string; refunded: number; refundable: number },
): Promise<Reversal[]> {
  return reverseEach(sql, refund.bookingId, (accrual) =>
    reverseInProportion(accrual, refund.refunded, refund.refundable),
  );
}

/**
 * The same by amounts that a refund plan reckoned: what each agency has lost so far in all, this refund included.
 */
export function reverseCommissionsTo(
  sql: TenantSql,
  refund: { bookingId: string; reversedByAgency: ReadonlyMap<string, number> },
): Promise<Reversal[]> {
  return reverseEach(sql, refund.bookingId, (accrual) =>
    reverseAmount(accrual, Math.max(0, (refund.reversedByAgency.get(accrual.agencyId) ?? 0) - accrual.reversed)),
  );
}

async function reverseEach(
  sql: TenantSql,
  bookingId: string,
  reverse: (accrual: CommissionAccrual) => Reversal,
): Promise<Reversal[]> {
  const rows = await sql.all<StoredAccrual>(
    q('commissions').where({ booking_id: bookingId }).orderBy('agency_id').forUpdate().select('*'),
  );
  const reversals = rows.map((row) => ({ id: row.id, ...reverse(toAccrual(row)) })).filter(({ taken }) => taken > 0);
  for (const { id, accrual } of reversals) {
    await sql.run(
      q('commissions')
        .where({ id })
        .update({ reversed_minor: accrual.reversed, state: accrual.state, updated_at: q.fn.now() }),
    );
  }
  if (reversals.length > 0)
    await emitEvent(sql, {
      kind: 'commission.reversed@1',
      payload: { bookingId, agencyIds: reversals.map(({ accrual }) => accrual.agencyId) },
    });
  return reversals.map(({ accrual, taken, clawback }) => ({ accrual, taken, clawback }));
}

function toAccrual(row: StoredAccrual): CommissionAccrual {
  return {
    agencyId: row.agency_id,
    amount: row.amount_minor,
    reversed: row.reversed_minor,
    currency: row.currency,
    state: row.state,
    payableAt: row.payable_at.toISOString(),
  };
}
