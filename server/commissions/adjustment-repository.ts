import type { Knex } from 'knex';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Adjustment, AdjustmentState } from './adjustment.ts';

interface AdjustmentRow {
  id: string;
  agency_id: string;
  agency_name: string;
  booking_id: string | null;
  booking_reference: string | null;
  amount_minor: number;
  currency: string;
  reason: string;
  state: AdjustmentState;
  author_id: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  statement_id: string | null;
  created_at: Date;
}

/** Fields the access rules of a Commission read. */
export const ADJUSTMENT_COLUMNS = { agencyId: 'j.agency_id' };

export const selectAdjustments = (): Knex.QueryBuilder =>
  q('commission_adjustments as j')
    .join('agencies as a', 'a.id', 'j.agency_id')
    .leftJoin('bookings as b', 'b.id', 'j.booking_id')
    .select('j.*', 'a.name as agency_name', 'b.reference as booking_reference');

export const listRows = async (sql: TenantSql, query: Knex.QueryBuilder): Promise<Adjustment[]> =>
  (await sql.all<AdjustmentRow>(query)).map(toAdjustment);

export async function findAdjustment(sql: TenantSql, id: string): Promise<Adjustment | undefined> {
  const row = await sql.one<AdjustmentRow>(selectAdjustments().where('j.id', id));
  return row && toAdjustment(row);
}

/** What was signed for alone, for an agency since an instant; both ways, minor units. */
export async function signedAloneSince(
  sql: TenantSql,
  { agencyId, currency, since }: { agencyId: string; currency: string; since: Date },
): Promise<number> {
  const row = await sql.one<{ total: number }>(
    q('commission_adjustments')
      .where({ agency_id: agencyId, currency, state: 'approved' })
      .whereNull('decided_by')
      .whereNull('bonus_accrual_id')
      .where('created_at', '>', since)
      .select(q.raw('coalesce(sum(abs(amount_minor)), 0)::bigint as total')),
  );
  return row?.total ?? 0;
}

/** Whether a booking was sold by the agency or through it. */
export async function tookPart(sql: TenantSql, agencyId: string, bookingId: string): Promise<boolean> {
  const found = await sql.one(
    q('bookings as b')
      .join('agencies as a', q.raw('starts_with(b.agency_path, a.path)'))
      .where({ 'b.id': bookingId, 'a.id': agencyId })
      .select('b.id'),
  );
  return found !== undefined;
}

/** Writes a correction unless it was written before. */
export const insertAdjustment = (
  sql: TenantSql,
  adjustment: Pick<
    Adjustment,
    'id' | 'agencyId' | 'amount' | 'currency' | 'reason' | 'state' | 'authorId' | 'decidedAt'
  > & {
    bookingId: string | null;
    createdAt: Date;
    /** The bonus it pays, and which change of it. */
    bonus?: { accrualId: string; revision: number };
  },
): Promise<number> =>
  sql.run(
    q('commission_adjustments')
      .insert({
        id: adjustment.id,
        agency_id: adjustment.agencyId,
        booking_id: adjustment.bookingId,
        amount_minor: adjustment.amount,
        currency: adjustment.currency,
        reason: adjustment.reason,
        state: adjustment.state,
        author_id: adjustment.authorId,
        decided_at: adjustment.decidedAt,
        created_at: adjustment.createdAt,
        bonus_accrual_id: adjustment.bonus?.accrualId ?? null,
        bonus_revision: adjustment.bonus?.revision ?? null,
      })
      .onConflict('id')
      .ignore(),
  );

/** Decides on a proposed one; 0 when somebody decided before. */
export const writeDecision = (
  sql: TenantSql,
  id: string,
  decision: { state: AdjustmentState; decidedBy: string | null; decidedAt: Date },
): Promise<number> =>
  sql.run(
    q('commission_adjustments')
      .where({ id, state: 'proposed' })
      .update({ state: decision.state, decided_by: decision.decidedBy, decided_at: decision.decidedAt }),
  );

function toAdjustment(row: AdjustmentRow): Adjustment {
  return {
    id: row.id,
    agencyId: row.agency_id,
    agencyName: row.agency_name,
    booking:
      row.booking_id !== null && row.booking_reference !== null
        ? { id: row.booking_id, reference: row.booking_reference }
        : null,
    amount: row.amount_minor,
    currency: row.currency,
    reason: row.reason,
    state: row.state,
    authorId: row.author_id,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    statementId: row.statement_id,
    createdAt: row.created_at,
  };
}
