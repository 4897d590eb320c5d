import { defineRoute } from '../kernel/http/route.ts';
import type { Route } from '../kernel/http/route.ts';
import { listCommissions } from './list-commissions.ts';
import type { CommissionRow } from './repository.ts';
import { CommissionList, CommissionQuery } from './schema.ts';
import type { CommissionView } from './schema.ts';

/** `withBasis`: base and rate are the reseller's to see; of them a lower agency could reckon what its provider pays. */
export function presentCommission(row: CommissionRow, withBasis: boolean): CommissionView {
  const money = (amount: number) => ({ amount, currency: row.currency });
  return {
    id: row.id,
    agency: { id: row.agency_id, name: row.agency_name },
    booking: { id: row.booking_id, reference: row.booking_reference, title: row.booking_title },
    state: row.state,
    amount: money(row.amount_minor),
    markup: money(row.markup_minor),
    reversed: money(row.reversed_minor + row.markup_reversed_minor),
    due: money(row.amount_minor - row.reversed_minor + row.markup_minor - row.markup_reversed_minor),
    ...(withBasis ? { rateBasisPoints: row.rate_bp, commissionable: money(row.commissionable_minor) } : {}),
    payableAt: row.payable_at.toISOString(),
    createdAt: row.created_at.toISOString(),
  };
}

export function commissionRoutes(): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/commissions',
        summary: 'Commissions, newest first, with totals by state',
        tag: 'commissions',
        can: ['read', 'Commission'],
        query: CommissionQuery,
        responses: { 200: CommissionList },
      },
      async ({ ctx, query }) => {
        const { rows, totals, next } = await listCommissions(ctx.sql, ctx.actor, query);
        const body = {
          data: rows.map((row) => presentCommission(row, ctx.actor.agencyId === null)),
          next,
          totals: totals.map(({ state, count, currency, due_minor }) => ({
            state,
            count,
            due: { amount: due_minor, currency },
          })),
        };
        return { status: 200, body };
      },
    ),
  ];
}
