import { NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { changePayoutAccount, confirmPayoutAccount, readPayoutAccount } from './payout-account.ts';
import { PreconditionRequired, VersionChanged, requiredVersion } from '../kernel/http/entity-tag.ts';
import { presentAccount, presentTerms } from './presenter.ts';
import {
  DefaultTermsUpdate,
  DefaultTermsView,
  PayoutAccountUpdate,
  PayoutAccountView,
  TermsUpdate,
  TermsView,
} from './schema.ts';
import type { SettlementDeps } from './statement-routes.ts';
import { changeTerms, openTerms } from './terms.ts';

const tag = 'settlement';

const toTerms = (body: TermsUpdate) => ({
  period: body.period,
  reserveBp: body.reserveBasisPoints,
  reserveDays: body.reserveDays,
  minimumPayout: body.minimumPayout,
});

async function termsOf(ctx: RequestContext, agencyId: string) {
  const { terms, isOwn } = await openTerms(ctx.sql, ctx.actor, agencyId);
  return { status: 200, body: presentTerms(terms, isOwn, ctx.tenant.currency) };
}
async function defaultsOf(ctx: RequestContext) {
  const { terms, isOwn, fourEyesLimit } = await openTerms(ctx.sql, ctx.actor, null);
  return { status: 200, body: { ...presentTerms(terms, isOwn, ctx.tenant.currency), fourEyesLimit } };
}
const accountOf = async (ctx: RequestContext, agencyId: string | null) => ({
  status: 200,
  body: presentAccount(await readPayoutAccount(ctx.sql, ctx.actor, agencyId)),
});

/** On what terms, and to which account, agencies are paid. */
export function termsRoutes({ database }: SettlementDeps): Route[] {
  const read = { method: 'get', tag, can: ['read', 'Settlement'], problems: [NotFound] } as const;
  const update = { method: 'put', tag, can: ['update', 'Settlement'], stepUp: true, problems: [NotFound] } as const;
  return [
    defineRoute(
      {
        ...read,
        path: '/settlement-terms',
        summary: 'Terms of agencies without their own',
        responses: { 200: DefaultTermsView },
      },
      ({ ctx }) => defaultsOf(ctx),
    ),
    defineRoute(
      {
        ...update,
        path: '/settlement-terms',
        summary: 'Set them, and what one person may correct alone',
        body: DefaultTermsUpdate,
        responses: { 200: DefaultTermsView },
      },
      async ({ ctx, body }) => {
        const given = { agencyId: null, terms: toTerms(body), fourEyesLimit: body.fourEyesLimit };
        await database.withTenant(ctx.tenant, (sql) => changeTerms(sql, ctx.actor, given, ctx.audit));
        return defaultsOf(ctx);
      },
    ),
    defineRoute(
      {
        ...read,
        path: '/agencies/:id/settlement-terms',
        summary: 'On what terms an agency is settled',
        params: IdParams,
        responses: { 200: TermsView },
      },
      ({ ctx, params }) => termsOf(ctx, params.id),
    ),
    defineRoute(
      {
        ...update,
        path: '/agencies/:id/settlement-terms',
        summary: 'Give an agency terms of its own',
        params: IdParams,
        body: TermsUpdate,
        responses: { 200: TermsView },
      },
      async ({ ctx, params, body }) => {
        const given = { agencyId: params.id, terms: toTerms(body) };
        await database.withTenant(ctx.tenant, (sql) => changeTerms(sql, ctx.actor, given, ctx.audit));
        return termsOf(ctx, params.id);
      },
    ),
  ];
}

/** Accounts that are paid to, and the reseller's own that pays. */
export function accountRoutes({ database }: SettlementDeps): Route[] {
  const read = { method: 'get', tag, can: ['read', 'PayoutAccount'], problems: [NotFound] } as const;
  const update = { method: 'put', tag, can: ['update', 'PayoutAccount'], stepUp: true, problems: [NotFound] } as const;
  const responses = { 200: PayoutAccountView };
  const set = async (ctx: RequestContext, agencyId: string | null, account: PayoutAccountUpdate) => {
    await database.withTenant(ctx.tenant, (sql) =>
      changePayoutAccount(sql, ctx.actor, { agencyId, account }, ctx.audit),
    );
    return accountOf(ctx, agencyId);
  };
  return [
    defineRoute({ ...read, path: '/payout-account', summary: 'The account that payouts leave', responses }, ({ ctx }) =>
      accountOf(ctx, null),
    ),
    defineRoute(
      {
        ...update,
        path: '/payout-account',
        summary: 'Set the account that payouts leave',
        body: PayoutAccountUpdate,
        responses,
      },
      ({ ctx, body }) => set(ctx, null, body),
    ),
    defineRoute(
      {
        ...read,
        path: '/agencies/:id/payout-account',
        summary: 'The account an agency is paid to',
        params: IdParams,
        responses,
      },
      ({ ctx, params }) => accountOf(ctx, params.id),
    ),
    defineRoute(
      {
        ...update,
        path: '/agencies/:id/payout-account',
        summary: 'Set the account an agency is paid to',
        params: IdParams,
        body: PayoutAccountUpdate,
        responses,
      },
      ({ ctx, params, body }) => set(ctx, params.id, body),
    ),
    defineRoute(
      {
        ...update,
        method: 'post',
        path: '/agencies/:id/payout-account/confirmation',
        summary: 'Confirm the account that was carried over from an application (If-Match)',
        params: IdParams,
        responses,
        problems: [NotFound, PreconditionRequired, VersionChanged],
      },
      async ({ ctx, params, headers }) => {
        const at = { agencyId: params.id, version: requiredVersion(headers) };
        await database.withTenant(ctx.tenant, (sql) => confirmPayoutAccount(sql, ctx.actor, at, ctx.audit));
        return accountOf(ctx, params.id);
      },
    ),
  ];
}
