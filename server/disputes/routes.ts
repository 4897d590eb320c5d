import { abilityFor, as } from '../access/index.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { acceptDispute, listDisputes, readDispute, submitEvidence } from './answer-dispute.ts';
import { awaitsAnswer, reasonOf } from './dispute.ts';
import { DisputeClosed, DisputeProviderAway, DisputeRefused } from './errors.ts';
import { draftEvidence, type BookingFacts } from './evidence.ts';
import type { DisputeDeps } from './follow-dispute.ts';
import type { DisputeRow } from './repository.ts';
import { DisputeList, DisputeQuery, DisputeView, EvidenceCreate, EvidenceView } from './schema.ts';

export interface DisputeRouteDeps extends DisputeDeps {
  /** What is known of the booking, for the bank. */
  factsOf(ctx: RequestContext, bookingId: string): Promise<BookingFacts>;
}

function present(row: DisputeRow, actor: Actor): DisputeView {
  const money = (amount: number) => ({ amount, currency: row.currency });
  return {
    id: row.id,
    booking: { id: row.booking_id, reference: row.booking_reference, title: row.booking_title },
    state: row.state,
    reason: reasonOf(row.reason),
    amount: money(row.amount_minor),
    withdrawn: money(row.withdrawn_minor),
    returned: money(row.returned_minor),
    clawedBack: money(row.clawed_back_minor),
    dueAt: row.due_at?.toISOString() ?? null,
    submittedAt: row.submitted_at?.toISOString() ?? null,
    openedAt: row.opened_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    mayAnswer: awaitsAnswer(row.state) && abilityFor(actor).can('update', as('Payment', {})),
  };
}

/** Disputes of card payments, and what is answered to the bank. */
export function disputeRoutes(deps: DisputeRouteDeps): Route[] {
  const read = { method: 'get', tag: 'payments', can: ['read', 'Payment'] } as const;
  const answer = {
    method: 'post',
    tag: 'payments',
    can: ['update', 'Payment'],
    params: IdParams,
    responses: { 200: DisputeView },
    problems: [NotFound, DisputeClosed, DisputeRefused, DisputeProviderAway],
  } as const;
  const show = async (ctx: RequestContext, id: string) => ({
    status: 200,
    body: present(await readDispute(ctx.sql, ctx.actor, id), ctx.actor),
  });
  return [
    defineRoute(
      {
        ...read,
        path: '/disputes',
        summary: 'Disputes of card payments, newest first',
        query: DisputeQuery,
        responses: { 200: DisputeList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listDisputes(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map((row) => present(row, ctx.actor)), next } };
      },
    ),
    defineRoute(
      {
        ...read,
        path: '/disputes/:id',
        summary: 'One dispute',
        params: IdParams,
        responses: { 200: DisputeView },
        problems: [NotFound],
      },
      ({ ctx, params }) => show(ctx, params.id),
    ),
    defineRoute(
      {
        ...read,
        can: ['update', 'Payment'],
        path: '/disputes/:id/evidence',
        summary: 'What we know of the booking, as a draft for the bank',
        audit: 'read',
        params: IdParams,
        responses: { 200: EvidenceView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => {
        const row = await readDispute(ctx.sql, ctx.actor, params.id);
        return { status: 200, body: draftEvidence(await deps.factsOf(ctx, row.booking_id)) };
      },
    ),
    defineRoute(
      { ...answer, path: '/disputes/:id/evidence', summary: 'Send evidence to the bank, once', body: EvidenceCreate },
      async ({ ctx, params, body }) => {
        await submitEvidence(deps, ctx, { id: params.id, evidence: body }, ctx.audit);
        return show(ctx, params.id);
      },
    ),
    defineRoute(
      { ...answer, path: '/disputes/:id/acceptance', summary: 'Accept the dispute: it is lost', stepUp: true },
      async ({ ctx, params }) => {
        await acceptDispute(deps, ctx, params.id, ctx.audit);
        return show(ctx, params.id);
      },
    ),
  ];
}
