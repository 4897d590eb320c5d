import { NotFound } from '../../kernel/errors.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { BodyTooLarge } from '../../kernel/http/read-body.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { IdParams } from '../../kernel/http/wire.ts';
import { UploadMalformed } from '../../kernel/uploads/read-upload.ts';
import { ImageTooLarge, NotAnImage } from '../../kernel/uploads/redraw-image.ts';
import { DocumentRefused, MAX_DOCUMENT_BYTES } from '../../kernel/uploads/take-document.ts';
import { apply } from './apply.ts';
import { addDocument, changeOwn, readOwn, removeDocument, submitOwn, type CompleteDeps } from './complete.ts';
import { DocumentsMissing, LinkInvalid, StepRefused, TooManyDocuments } from './errors.ts';
import { presentOwn } from './presenter.ts';
import { listDocuments, listEvents } from './repository.ts';
import {
  AccessQuery,
  ApplicationChange,
  ApplicationCreate,
  ApplicationReceived,
  DocumentUpload,
  OwnApplicationView,
} from './schema.ts';

const tag = 'Agency applications';
const OWN = { tag, can: 'public', query: AccessQuery, responses: { 200: OwnApplicationView } } as const;

/** The API for who applies: no account, but the secret of the link that was mailed. */
export function applicantRoutes(deps: CompleteDeps): Route[] {
  const answer = async ({ sql, brand }: RequestContext, access: string) => {
    const application = await readOwn(sql, deps.clock, brand, access);
    const [documents, events] = [await listDocuments(sql, application.id), await listEvents(sql, application.id)];
    return { status: 200, body: presentOwn(application, documents, events) };
  };
  return [
    defineRoute(
      {
        method: 'post',
        path: '/agency-applications',
        summary: 'Apply to sell in the network; the next step comes by mail',
        tag,
        can: 'public',
        rateLimit: { points: 12, seconds: 3600 },
        body: ApplicationCreate,
        responses: { 202: ApplicationReceived },
      },
      async ({ ctx, body }) => {
        await apply(deps, ctx, body);
        return { status: 202, body: { nextStep: 'check_mail' } };
      },
    ),
    defineRoute(
      {
        ...OWN,
        method: 'get',
        path: '/agency-applications/own',
        summary: 'The application a mailed link opens',
        rateLimit: { points: 120, seconds: 600 },
        problems: [LinkInvalid],
      },
      ({ ctx, query }) => answer(ctx, query.access),
    ),
    defineRoute(
      {
        ...OWN,
        method: 'put',
        path: '/agency-applications/own',
        summary: 'Change what was told, while it is not under review',
        rateLimit: { points: 60, seconds: 600 },
        body: ApplicationChange,
        problems: [LinkInvalid, StepRefused],
      },
      async ({ ctx, query, body }) => {
        await changeOwn(deps, ctx, query.access, body);
        return answer(ctx, query.access);
      },
    ),
    defineRoute(
      {
        ...OWN,
        method: 'post',
        path: '/agency-applications/own/documents',
        summary: 'Add a paper: a PDF, or a picture, which is drawn anew',
        rateLimit: { points: 30, seconds: 600 },
        upload: { field: 'file', maxBytes: MAX_DOCUMENT_BYTES },
        body: DocumentUpload,
        problems: [
          LinkInvalid,
          StepRefused,
          TooManyDocuments,
          DocumentRefused,
          NotAnImage,
          ImageTooLarge,
          BodyTooLarge,
          UploadMalformed,
        ],
      },
      async ({ ctx, query, body }) => {
        await addDocument(deps, ctx, query.access, { kind: body.kind, data: body.file.data });
        return answer(ctx, query.access);
      },
    ),
    defineRoute(
      {
        ...OWN,
        method: 'delete',
        path: '/agency-applications/own/documents/:id',
        summary: 'Take a paper back',
        rateLimit: { points: 60, seconds: 600 },
        params: IdParams,
        problems: [LinkInvalid, StepRefused, NotFound],
      },
      async ({ ctx, query, params }) => {
        await removeDocument(deps, ctx, query.access, params.id);
        return answer(ctx, query.access);
      },
    ),
    defineRoute(
      {
        ...OWN,
        method: 'post',
        path: '/agency-applications/own/submission',
        summary: 'Send the application in; the mailed link proves the address',
        rateLimit: { points: 20, seconds: 600 },
        problems: [LinkInvalid, StepRefused, DocumentsMissing],
      },
      async ({ ctx, query }) => {
        await submitOwn(deps, ctx, query.access);
        return answer(ctx, query.access);
      },
    ),
  ];
}
