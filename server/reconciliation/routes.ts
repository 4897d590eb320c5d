import { abilityFor } from '../access/index.ts';
import { NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { CaseMoved, CaseNotLinkable, CaseSettled, DayNotOver, ProposerMayNotApprove } from './errors.ts';
import { listCases, readDays, readSides } from './read-cases.ts';
import { reconcileDay, type ReconciliationDeps } from './reconcile-day.ts';
import { gapOf, isLinkable, isUnsettled, type Case } from './reconciliation.ts';
import {
  CaseDetailView,
  CaseList,
  CaseQuery,
  CaseResolution,
  DaysQuery,
  ReconciliationDays,
  RunCreate,
  RunView,
  type CaseView,
} from './schema.ts';
import { acceptDifference, checkCase, getCase, linkCase } from './settle-case.ts';

const tag = 'reconciliation';

function presentCase(ctx: RequestContext, one: Case): CaseView {
  const money = (amount: number) => ({ amount, currency: one.currency });
  const maySettle = isUnsettled(one.state) && abilityFor(ctx.actor).can('update', 'Reconciliation');
  const isOwnProposal = one.state === 'proposed' && one.authorId === ctx.actor.id;
  return {
    id: one.id,
    day: one.day,
    counterparty: one.counterparty,
    kind: one.kind,
    state: one.state,
    booking: one.bookingId ? { id: one.bookingId, reference: one.bookingReference ?? '' } : null,
    reference: one.reference,
    ours: money(one.oursMinor),
    theirs: money(one.theirsMinor),
    difference: money(gapOf(one)),
    reason: one.reason,
    decidedAt: one.decidedAt?.toISOString() ?? null,
    updatedAt: one.updatedAt.toISOString(),
    may: {
      accept: maySettle && !isOwnProposal,
      link: maySettle && isLinkable(one),
      check: maySettle && one.bookingId !== null && !one.key.startsWith('line/'),
    },
  };
}

async function presentDetail(ctx: RequestContext, one: Case): Promise<CaseDetailView> {
  const money = (amount: number) => ({ amount, currency: one.currency });
  const isService = one.counterparty === 'stripe';
  const { entries, lines } = await readSides(ctx.sql, one);
  return {
    ...presentCase(ctx, one),
    oursEntries: entries.map((entry) => ({
      id: entry.id,
      text: entry.description,
      // A payable is shown as what is owed.
      amount: money(isService ? entry.amount_minor : -entry.amount_minor),
      at: entry.occurred_at.toISOString(),
    })),
    theirsLines: lines.map((line) => ({
      id: line.id,
      text: `${line.type} ${line.reference}`,
      amount: money(line.amount_minor),
      fee: money(line.fee_minor),
      at: line.happened_at.toISOString(),
    })),
  };
}

/** Daily comparison of the books with the payment service and the suppliers: the reseller's alone. */
export function reconciliationRoutes(deps: ReconciliationDeps): Route[] {
  const can = ['read', 'Reconciliation'] as const;
  return [
    defineRoute(
      {
        method: 'get',
        path: '/reconciliation/days',
        tag,
        summary: 'Days that were compared, newest first, with what is unmatched of each',
        can,
        query: DaysQuery,
        responses: { 200: ReconciliationDays },
      },
      async ({ ctx, query }) => ({
        status: 200,
        body: {
          data: (await readDays(ctx.sql, query.limit)).map(({ finished_at, ...one }) => ({
            day: one.day,
            counterparty: one.counterparty,
            compared: one.compared,
            unmatched: one.unmatched,
            found: one.found,
            finishedAt: finished_at.toISOString(),
          })),
        },
      }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/reconciliation/runs',
        tag,
        summary: 'Compare a day that is over, now; a second run of a day changes nothing',
        can: ['update', 'Reconciliation'],
        rateLimit: { points: 30, seconds: 60 },
        body: RunCreate,
        responses: { 201: RunView },
        problems: [DayNotOver],
      },
      async ({ ctx, body }) => ({ status: 201, body: await reconcileDay(deps, ctx.tenant, body.day) }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/reconciliation/cases',
        tag,
        summary: 'What does not match, newest day first',
        can,
        query: CaseQuery,
        responses: { 200: CaseList },
      },
      async ({ ctx, query }) => {
        const page = await listCases(ctx.sql, query);
        return { status: 200, body: { data: page.rows.map((row) => presentCase(ctx, row)), next: page.next } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/reconciliation/cases/:id',
        tag,
        summary: 'One case, with both sides',
        can,
        params: IdParams,
        responses: { 200: CaseDetailView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => ({ status: 200, body: await presentDetail(ctx, await getCase(ctx.sql, params.id)) }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/reconciliation/cases/:id/resolution',
        tag,
        summary: 'Accept a difference (above the limit with a second person), or tie a movement to a booking',
        can: ['update', 'Reconciliation'],
        stepUp: true,
        params: IdParams,
        body: CaseResolution,
        responses: { 200: CaseDetailView },
        problems: [NotFound, CaseSettled, CaseMoved, CaseNotLinkable, ProposerMayNotApprove],
      },
      async ({ ctx, params, body }) => {
        const settled =
          body.action === 'accept'
            ? await acceptDifference(deps, ctx, params.id, body.reason)
            : await linkCase(deps, ctx, params.id, body);
        return { status: 200, body: await presentDetail(ctx, settled) };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/reconciliation/cases/:id/check',
        tag,
        summary: 'Ask the other side again',
        can: ['update', 'Reconciliation'],
        rateLimit: { points: 30, seconds: 60 },
        params: IdParams,
        responses: { 200: CaseDetailView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => ({
        status: 200,
        body: await presentDetail(ctx, await checkCase(deps, ctx, params.id)),
      }),
    ),
  ];
}
