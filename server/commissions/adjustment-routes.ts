import { abilityFor, as } from '../access/index.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { newId } from '../kernel/ids.ts';
import { decideAdjustment, listAdjustments, proposeAdjustment, readAdjustment } from './adjust-earnings.ts';
import { mayApprove, type Adjustment } from './adjustment.ts';
import {
  AdjustmentCreate,
  AdjustmentDecision,
  AdjustmentList,
  AdjustmentQuery,
  AdjustmentView,
} from './adjustment-schema.ts';
import { AdjustmentBooking, AdjustmentCurrency, AdjustmentDecided, AuthorMayNotApprove } from './errors.ts';

const tag = 'commissions';

export interface AdjustmentDeps {
  database: Database;
  clock: Clock;
  /** What one person may sign for alone, in minor units of the tenant's currency. */
  fourEyesLimit: (sql: TenantSql) => Promise<number>;
}

function presentAdjustment(row: Adjustment, actor: Actor): AdjustmentView {
  const isOpen = row.state === 'proposed' && abilityFor(actor).can('approve', as('Commission', row));
  return {
    id: row.id,
    agency: { id: row.agencyId, name: row.agencyName },
    booking: row.booking,
    amount: { amount: row.amount, currency: row.currency },
    reason: row.reason,
    state: row.state,
    statementId: row.statementId,
    mayApprove: isOpen && mayApprove(actor, row),
    mayReject: isOpen,
    createdAt: row.createdAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  };
}

/** Corrections of what agencies earned: debit and credit memos. */
export function adjustmentRoutes({ database, clock, fourEyesLimit }: AdjustmentDeps): Route[] {
  const can = ['read', 'Commission'] as const;
  return [
    defineRoute(
      {
        method: 'get',
        path: '/commission-adjustments',
        summary: 'Corrections of earnings, newest first',
        tag,
        can,
        query: AdjustmentQuery,
        responses: { 200: AdjustmentList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listAdjustments(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map((row) => presentAdjustment(row, ctx.actor)), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/commission-adjustments',
        summary: 'Correct what an agency earned; above the limit a second person approves',
        tag,
        can: ['adjust', 'Commission'],
        stepUp: true,
        idempotent: true,
        body: AdjustmentCreate,
        responses: { 201: AdjustmentView },
        problems: [NotFound, AdjustmentCurrency, AdjustmentBooking],
      },
      async ({ ctx, body }) => {
        const limitMinor = await fourEyesLimit(ctx.sql);
        const given = { id: ctx.idempotentId ?? newId(), input: body, currency: ctx.tenant.currency, limitMinor };
        const adjustment = await database.withTenant(ctx.tenant, (sql) =>
          proposeAdjustment(sql, ctx.actor, { ...given, now: clock.now() }, ctx.audit),
        );
        return { status: 201, body: presentAdjustment(adjustment, ctx.actor) };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/commission-adjustments/:id',
        summary: 'One correction',
        tag,
        can,
        params: IdParams,
        responses: { 200: AdjustmentView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => ({
        status: 200,
        body: presentAdjustment(await readAdjustment(ctx.sql, ctx.actor, params.id), ctx.actor),
      }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/commission-adjustments/:id/decision',
        summary: 'Approve or reject a correction above the limit; not its author',
        tag,
        can: ['approve', 'Commission'],
        stepUp: true,
        params: IdParams,
        body: AdjustmentDecision,
        responses: { 200: AdjustmentView },
        problems: [NotFound, AdjustmentDecided, AuthorMayNotApprove],
      },
      async ({ ctx, params, body }) => {
        const given = { id: params.id, decision: body.decision, now: clock.now() };
        const adjustment = await database.withTenant(ctx.tenant, (sql) =>
          decideAdjustment(sql, ctx.actor, given, ctx.audit),
        );
        return { status: 200, body: presentAdjustment(adjustment, ctx.actor) };
      },
    ),
  ];
}
