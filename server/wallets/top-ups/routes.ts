import { Forbidden, NotFound } from '../../kernel/errors.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { BodyTooLarge } from '../../kernel/http/read-body.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { IdParams } from '../../kernel/http/wire.ts';
import { UploadMalformed } from '../../kernel/uploads/read-upload.ts';
import { ImageTooLarge, NotAnImage } from '../../kernel/uploads/redraw-image.ts';
import { DocumentRefused, MAX_DOCUMENT_BYTES } from '../../kernel/uploads/take-document.ts';
import { CurrencyNotAccepted } from '../foreign/errors.ts';
import { beginTopUp, type AnnounceDeps } from './announce.ts';
import { approveTopUp, refuseTopUp, withdrawTopUp } from './decide.ts';
import { CardNotHere, CardOwnCurrency, OwnTopUp, TooManyTopUps, TopUpOutOfRange, TopUpOver } from './errors.ts';
import { presentTopUp } from './presenter.ts';
import { attachProof, readProof, type ProofDeps } from './proof.ts';
import { listTopUps, openTopUp } from './read-top-ups.ts';
import { ProofUpload, Refusal, TopUpCreate, TopUpList, TopUpQuery, TopUpView } from './schema.ts';

const tag = 'wallets';
const READ = ['read', 'Wallet'] as const;
const PAY_IN = ['update', 'Wallet'] as const;
const DECIDE = ['adjust', 'Wallet'] as const;

/** The API of top-ups: by card, or by a transfer that the parent confirms. */
export function topUpRoutes(deps: AnnounceDeps & ProofDeps): Route[] {
  const answer = async ({ sql, actor, tenant }: RequestContext, id: string) => ({
    status: 200,
    body: presentTopUp(await openTopUp(sql, actor, id), { actor, resellerName: tenant.name }),
  });
  const one = { tag, params: IdParams, responses: { 200: TopUpView } } as const;
  const step = { ...one, method: 'post', problems: [NotFound, Forbidden, TopUpOver] } as const;
  return [
    defineRoute(
      {
        method: 'post',
        path: '/agencies/:id/wallet/top-ups',
        summary: 'Pay into a wallet: by card, or by a bank transfer that its parent confirms',
        tag,
        can: PAY_IN,
        idempotent: true,
        params: IdParams,
        body: TopUpCreate,
        responses: { 201: TopUpView },
        problems: [
          NotFound,
          Forbidden,
          CurrencyNotAccepted,
          TopUpOutOfRange,
          CardNotHere,
          CardOwnCurrency,
          TooManyTopUps,
        ],
      },
      async ({ ctx, params, body }) => {
        const row = await beginTopUp(deps, ctx, params.id, body);
        return { status: 201, body: presentTopUp(row, { actor: ctx.actor, resellerName: ctx.tenant.name }) };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/wallet-top-ups',
        summary: 'Top-ups of the wallets you may see, newest first',
        tag,
        can: READ,
        query: TopUpQuery,
        responses: { 200: TopUpList },
      },
      async ({ ctx: { sql, actor, tenant }, query }) => {
        const { rows, next } = await listTopUps(sql, actor, query);
        const data = rows.map((row) => presentTopUp(row, { actor, resellerName: tenant.name }));
        return { status: 200, body: { data, next } };
      },
    ),
    defineRoute(
      {
        ...one,
        method: 'get',
        path: '/wallet-top-ups/:id',
        summary: 'One top-up',
        can: READ,
        problems: [NotFound],
      },
      ({ ctx, params }) => answer(ctx, params.id),
    ),
    defineRoute(
      {
        ...step,
        path: '/wallet-top-ups/:id/approval',
        summary: 'The transfer arrived: credit it (its parent, not who announced it)',
        can: DECIDE,
        stepUp: true,
        problems: [NotFound, Forbidden, TopUpOver, OwnTopUp],
      },
      async ({ ctx, params }) => {
        const decision = { id: params.id, now: deps.clock.now() };
        await deps.database.withTenant(ctx.tenant, (sql) => approveTopUp(sql, ctx.actor, decision, ctx.audit));
        return answer(ctx, params.id);
      },
    ),
    defineRoute(
      {
        ...step,
        path: '/wallet-top-ups/:id/refusal',
        summary: 'The transfer did not arrive; its agency is told why',
        can: DECIDE,
        body: Refusal,
        problems: [NotFound, Forbidden, TopUpOver, OwnTopUp],
      },
      async ({ ctx, params, body }) => {
        const decision = { id: params.id, now: deps.clock.now(), reason: body.reason };
        await deps.database.withTenant(ctx.tenant, (sql) => refuseTopUp(sql, ctx.actor, decision, ctx.audit));
        return answer(ctx, params.id);
      },
    ),
    defineRoute(
      { ...step, path: '/wallet-top-ups/:id/withdrawal', summary: 'Take an announced transfer back', can: PAY_IN },
      async ({ ctx, params }) => {
        const decision = { id: params.id, now: deps.clock.now() };
        await deps.database.withTenant(ctx.tenant, (sql) => withdrawTopUp(sql, ctx.actor, decision, ctx.audit));
        return answer(ctx, params.id);
      },
    ),
    defineRoute(
      {
        ...step,
        path: '/wallet-top-ups/:id/proof',
        summary: 'Add the paper that proves the transfer: a PDF, or a picture, which is drawn anew',
        can: PAY_IN,
        rateLimit: { points: 30, seconds: 600 },
        upload: { field: 'file', maxBytes: MAX_DOCUMENT_BYTES },
        body: ProofUpload,
        problems: [
          NotFound,
          Forbidden,
          TopUpOver,
          DocumentRefused,
          NotAnImage,
          ImageTooLarge,
          BodyTooLarge,
          UploadMalformed,
        ],
      },
      async ({ ctx, params, body }) => {
        await attachProof(deps, ctx, params.id, body.file.data);
        return answer(ctx, params.id);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/wallet-top-ups/:id/proof',
        summary: 'The proof of a transfer, to save and look at',
        tag,
        can: READ,
        audit: 'read',
        params: IdParams,
        responses: { 200: null },
        problems: [NotFound],
      },
      async ({ ctx, params }) => {
        const { data, contentType, fileName } = await readProof(ctx.sql, ctx.actor, params.id);
        return {
          status: 200,
          binary: { contentType, data },
          headers: {
            // A stranger's file is saved, never opened on a page of ours.
            'content-disposition': `attachment; filename="${fileName}"`,
            'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
            'x-content-type-options': 'nosniff',
          },
        };
      },
    ),
  ];
}
