import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { DEFAULT_RELEASE, accrueCommissions, reverseAmount } from './commission.ts';
import type { BookingDates, CommissionAccrual, CommissionState, ReleasePolicy, Reversal } from './commission.ts';

/** The part of a price build-up that commissions are recorded from; a pricing BuildUp has this shape. Minor units. */
export interface CommissionBasis {
  readonly currency: string;
  readonly commissionable: number;
  readonly levels: readonly {
    readonly agencyId: string | null;
    readonly commissionRateBp: number;
    readonly commission: number;
    readonly markup?: number;
  }[];
}

export interface CommissionsOfSale {
  bookingId: string;
  /** `card`: the reseller collected the customer's price, so that it owes the agencies their markups as well. */
  method?: 'card' | 'wallet';
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
  const accruals = accrueCommissions(buildUp, sale.dates, sale.policy ?? DEFAULT_RELEASE, sale.method);
  if (accruals.length === 0) return accruals;
  const rateOf = new Map(buildUp.levels.map((level) => [level.agencyId, level.commissionRateBp]));
  const rows = accruals.map((accrual) => ({
    id: newId(),
    booking_id: bookingId,
    agency_id: accrual.agencyId,
    rate_bp: rateOf.get(accrual.agencyId) ?? 0,
    commissionable_minor: buildUp.commissionable,
    amount_minor: accrual.amount,
    markup_minor: accrual.markup,
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

const RELEASE_BATCH = 1000;

/**
 * Marks as `payable` what became due by `now`; answers how many. Repeatable; for a job. In batches that skip what a refund holds at the
 * moment, so that neither waits for the other: what was skipped is released by the next run.
 * @param transaction runs each batch in a transaction of the tenant
 */
export async function releaseDueCommissions(
  transaction: <T>(work: (sql: TenantSql) => Promise<T>) => Promise<T>,
  now: Date,
): Promise<number> {
  const due = q('commissions')
    .where({ state: 'pending' })
    .whereNull('held_at')
    .where('payable_at', '<=', now)
    .orderBy('payable_at')
    .limit(RELEASE_BATCH)
    .forUpdate()
    .skipLocked()
    .select('id');
  let released = 0;
  for (;;) {
    const count = await transaction((sql) =>
      sql.run(q('commissions').whereIn('id', due.clone()).update({ state: 'payable', updated_at: q.fn.now() })),
    );
    released += count;
    if (count < RELEASE_BATCH) return released;
  }
}

interface StoredAccrual {
  id: string;
  agency_id: string;
  state: CommissionState;
  amount_minor: number;
  reversed_minor: number;
  markup_minor: number;
  markup_reversed_minor: number;
  statement_id: string | null;
  currency: string;
  payable_at: Date;
}

/** What one refund of a booking takes from its agencies. Minor units. */
export interface CommissionRefund {
  bookingId: string;
  /** The refund's own: a repeat takes nothing more. */
  key: string;
  at: Date;
  currency: string;
  /** By agency. `markup` only where the reseller had collected it; negative for a cancellation fee the agency earned. */
  taken: ReadonlyMap<string, { commission: number; markup: number }>;
}

/**
 * Takes back what a refund takes from every agency of the booking, in the caller's transaction, after the ledger posting. What a
 * statement had taken before becomes a clawback of the next one.
 * @throws CommissionError when more was taken back than earned
 */
export async function reverseCommissions(sql: TenantSql, refund: CommissionRefund): Promise<Reversal[]> {
  await openEarnings(sql, refund);
  const rows = await sql.all<StoredAccrual>(
    q('commissions').where({ booking_id: refund.bookingId }).orderBy('agency_id').forUpdate().select('*'),
  );
  const done = new Set(
    (
      await sql.all<{ commission_id: string }>(
        q('commission_reversals')
          .where({ key: refund.key })
          .whereIn(
            'commission_id',
            rows.map(({ id }) => id),
          )
          .select('commission_id'),
      )
    ).map((row) => row.commission_id),
  );
  const reversals: Reversal[] = [];
  for (const row of rows) {
    const { commission, markup } = refund.taken.get(row.agency_id) ?? { commission: 0, markup: 0 };
    if (done.has(row.id) || (commission === 0 && markup === 0)) continue;
    const reversal = reverseAmount(toAccrual(row), commission, markup);
    await writeReversal(sql, { id: row.id, reversal, refund });
    reversals.push(reversal);
  }
  if (reversals.length > 0)
    await emitEvent(sql, {
      kind: 'commission.reversed@1',
      payload: { bookingId: refund.bookingId, agencyIds: reversals.map(({ accrual }) => accrual.agencyId) },
    });
  return reversals;
}

/** An agency that earned nothing of the sale may earn a fee of its cancellation: its row begins then. */
async function openEarnings(sql: TenantSql, { bookingId, currency, taken }: CommissionRefund): Promise<void> {
  const earning = [...taken].filter(([, { markup }]) => markup < 0).map(([agencyId]) => agencyId);
  for (const agencyId of earning)
    await sql.run(
      q.raw(
        `insert into commissions (id, booking_id, agency_id, rate_bp, commissionable_minor, amount_minor, currency, payable_at)
         select ?::uuid, id, ?::uuid, 0, 0, 0, ?, (ends_on + make_interval(days => ?, secs => 86399)) at time zone 'UTC'
         from bookings where id = ?
         on conflict (booking_id, agency_id) do nothing`,
        [newId(), agencyId, currency, DEFAULT_RELEASE.days, bookingId],
      ),
    );
}

async function writeReversal(
  sql: TenantSql,
  { id, reversal, refund }: { id: string; reversal: Reversal; refund: CommissionRefund },
): Promise<void> {
  const { accrual } = reversal;
  await sql.run(
    q('commission_reversals').insert({
      id: newId(),
      commission_id: id,
      key: refund.key,
      commission_minor: reversal.taken,
      markup_minor: reversal.markupTaken,
      is_clawback: reversal.clawback !== 0,
      created_at: refund.at,
    }),
  );
  await sql.run(
    q('commissions').where({ id }).update({
      reversed_minor: accrual.reversed,
      markup_reversed_minor: accrual.markupReversed,
      state: accrual.state,
      updated_at: q.fn.now(),
    }),
  );
}

function toAccrual(row: StoredAccrual): CommissionAccrual {
  return {
    agencyId: row.agency_id,
    amount: row.amount_minor,
    reversed: row.reversed_minor,
    markup: row.markup_minor,
    markupReversed: row.markup_reversed_minor,
    currency: row.currency,
    state: row.state,
    isSettled: row.statement_id !== null,
    payableAt: row.payable_at.toISOString(),
  };
}
