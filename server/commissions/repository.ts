import type { Knex } from 'knex';
import { q } from '../kernel/database/builder.ts';
import type { CommissionState } from './commission.ts';

export interface CommissionRow {
  id: string;
  agency_id: string;
  agency_name: string;
  booking_id: string;
  booking_reference: string;
  booking_title: string;
  state: CommissionState;
  rate_bp: number;
  commissionable_minor: number;
  amount_minor: number;
  reversed_minor: number;
  markup_minor: number;
  markup_reversed_minor: number;
  currency: string;
  payable_at: Date;
  created_at: Date;
}

export interface TotalRow {
  state: CommissionState;
  currency: string;
  count: number;
  due_minor: number;
}

/** Fields the access rules of a Commission read. */
export const COMMISSION_COLUMNS = { agencyId: 'c.agency_id' };

export const selectCommissions = (): Knex.QueryBuilder =>
  q('commissions as c')
    .join('agencies as a', 'a.id', 'c.agency_id')
    .join('bookings as b', 'b.id', 'c.booking_id')
    .select(
      'c.id',
      'c.agency_id',
      'a.name as agency_name',
      'c.booking_id',
      'b.reference as booking_reference',
      'b.title as booking_title',
      'c.state',
    )
    .select(
      'c.rate_bp',
      'c.commissionable_minor',
      'c.amount_minor',
      'c.reversed_minor',
      'c.markup_minor',
      'c.markup_reversed_minor',
      'c.currency',
      'c.payable_at',
      'c.created_at',
    );

export const selectTotals = (): Knex.QueryBuilder =>
  q('commissions as c')
    .select(
      'c.state',
      'c.currency',
      q.raw('count(*)::int as count'),
      q.raw('sum(c.amount_minor - c.reversed_minor + c.markup_minor - c.markup_reversed_minor)::bigint as due_minor'),
    )
    .groupBy('c.state', 'c.currency')
    .orderBy('c.currency')
    .orderBy('c.state');
