import { Forbidden, NotFound } from '../../kernel/errors.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { PreconditionRequired, VersionChanged, etagOf, requiredVersion } from '../../kernel/http/entity-tag.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { IdParams, Uuid } from '../../kernel/http/wire.ts';
import { NoBrandToSignIn, OnlyAboveMay, ParentNotApproved, TooDeep } from '../errors.ts';
import { LimitReached, TierNotGiven } from '../limits/errors.ts';
import { approve, reject, requestInformation, type DecideDeps } from './decide.ts';
import { ChecksOpen, ResellerApproves, StepRefused } from './errors.ts';
import { presentApplication, presentSummary } from './presenter.ts';
import { addNote, listApplications, readDocument, readWithPapers, setChecks } from './review.ts';
import {
  ApplicationList,
  ApplicationQuery,
  ApplicationView,
  Approval,
  ChecksChange,
  MessageToApplicant,
  NoteCreate,
} from './schema.ts';

const tag = 'Agency applications';
const ONE = { tag, params: IdParams, responses: { 200: ApplicationView } } as const;
const STEP_PROBLEMS = [NotFound, Forbidden, StepRefused, PreconditionRequired, VersionChanged];
const UPDATE = ['update', 'AgencyApplication'] as const;
const DECIDE = ['approve', 'AgencyApplication'] as const;

/** The API of the review queue. */
export function reviewRoutes(deps: DecideDeps): Route[] {
  const answer = async ({ sql, actor }: RequestContext, id: string) => {
    const read = await readWithPapers(sql, actor, id);
    return { status: 200, body: presentApplication(actor, read), headers: etagOf(read.application) };
  };
  return [
    defineRoute(
      {
        method: 'get',
        path: '/agency-applications',
        summary: 'Applications that were sent in',
        tag,
        can: ['read', 'AgencyApplication'],
        query: ApplicationQuery,
        responses: { 200: ApplicationList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listApplications(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map(presentSummary), next } };
      },
    ),
    defineRoute(
      {
        ...ONE,
        method: 'get',
        path: '/agency-applications/:id',
        summary: 'One application, with bank account, contact and papers',
        can: ['read', 'AgencyApplication'],
        audit: 'read',
        problems: [NotFound],
      },
      ({ ctx, params }) => answer(ctx, params.id),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/agency-applications/:id/documents/:documentId',
        summary: 'A paper, to save and look at',
        tag,
        can: ['read', 'AgencyApplication'],
        audit: 'read',
        params: IdParams.extend({ documentId: Uuid }),
        responses: { 200: null },
        problems: [NotFound],
      },
      async ({ ctx, params }) => {
        const { data, contentType, kind } = await readDocument(ctx.sql, ctx.actor, params);
        const extension = contentType === 'application/pdf' ? 'pdf' : 'png';
        return {
          status: 200,
          binary: { contentType, data },
          headers: {
            // A stranger's file is saved, never opened on a page of ours.
            'content-disposition': `attachment; filename="${kind}-${params.documentId.slice(-6)}.${extension}"`,
            'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
            'x-content-type-options': 'nosniff',
          },
        };
      },
    ),
    defineRoute(
      {
        ...ONE,
        method: 'put',
        path: '/agency-applications/:id/checks',
        summary: 'Tick what was looked at (If-Match)',
        can: UPDATE,
        body: ChecksChange,
        problems: STEP_PROBLEMS,
      },
      async ({ ctx, params, body, headers }) => {
        const input = { id: params.id, version: requiredVersion(headers), checks: body.checks };
        await setChecks(deps, ctx.tenant, ctx.actor, input, ctx.audit);
        return answer(ctx, params.id);
      },
    ),
    defineRoute(
      {
        ...ONE,
        method: 'post',
        path: '/agency-applications/:id/notes',
        summary: 'Note something for those who review',
        can: UPDATE,
        body: NoteCreate,
        problems: [NotFound, Forbidden],
      },
      async ({ ctx, params, body }) => {
        await addNote(deps, ctx.tenant, ctx.actor, { id: params.id, text: body.text });
        return answer(ctx, params.id);
      },
    ),
    defineRoute(
      {
        ...ONE,
        method: 'post',
        path: '/agency-applications/:id/information-requests',
        summary: 'Ask the applicant for more; mails a new link (If-Match)',
        can: UPDATE,
        body: MessageToApplicant,
        problems: STEP_PROBLEMS,
      },
      async ({ ctx, params, body, headers }) => {
        const input = { id: params.id, version: requiredVersion(headers), message: body.message };
        await requestInformation(deps, ctx.tenant, ctx.actor, input, ctx.audit);
        return answer(ctx, params.id);
      },
    ),
    defineRoute(
      {
        ...ONE,
        method: 'post',
        path: '/agency-applications/:id/approve',
        summary: 'Make the agency and invite its administrator (If-Match)',
        can: DECIDE,
        idempotent: true,
        body: Approval,
        problems: [
          ...STEP_PROBLEMS,
          ChecksOpen,
          ResellerApproves,
          OnlyAboveMay,
          ParentNotApproved,
          TooDeep,
          LimitReached,
          TierNotGiven,
          NoBrandToSignIn,
        ],
      },
      async ({ ctx, params, body, headers }) => {
        const input = { ...body, id: params.id, version: requiredVersion(headers) };
        await approve(deps, ctx.tenant, ctx.actor, input, ctx.audit);
        return answer(ctx, params.id);
      },
    ),
    defineRoute(
      {
        ...ONE,
        method: 'post',
        path: '/agency-applications/:id/reject',
        summary: 'Refuse it, with the reason the applicant is told (If-Match)',
        can: DECIDE,
        body: MessageToApplicant,
        problems: STEP_PROBLEMS,
      },
      async ({ ctx, params, body, headers }) => {
        const input = { id: params.id, version: requiredVersion(headers), message: body.message };
        await reject(deps, ctx.tenant, ctx.actor, input, ctx.audit);
        return answer(ctx, params.id);
      },
    ),
  ];
}
