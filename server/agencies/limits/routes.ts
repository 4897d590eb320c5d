import type { Database } from '../../kernel/database/database.ts';
import { Forbidden, NotFound } from '../../kernel/errors.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { PreconditionRequired, VersionChanged, etagOf, requiredVersion } from '../../kernel/http/entity-tag.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { IdParams } from '../../kernel/http/wire.ts';
import { changeLimits, dropLimits, readGeneral, readLimits } from './edit-limits.ts';
import { OnlyReseller } from './errors.ts';
import { GeneralLimitsView, NetworkLimitsChange, NetworkLimitsView } from './schema.ts';

const tag = 'Agencies';
const CHANGE_PROBLEMS = [NotFound, Forbidden, OnlyReseller, PreconditionRequired, VersionChanged];

/** The API of what agencies may take in. */
export function limitRoutes({ database }: { database: Database }): Route[] {
  async function answer({ sql, actor }: RequestContext, id: string) {
    const view = await readLimits(sql, actor, id);
    return { status: 200, body: view, headers: etagOf(view) };
  }
  async function answerGeneral({ sql, actor }: RequestContext) {
    const view = await readGeneral(sql, actor);
    return { status: 200, body: view, headers: etagOf(view) };
  }
  return [
    defineRoute(
      {
        method: 'get',
        path: '/network-limits',
        summary: 'What every agency may take in that has no limits of its own',
        tag,
        can: ['update', 'Agency'],
        responses: { 200: GeneralLimitsView },
        problems: [OnlyReseller],
      },
      ({ ctx }) => answerGeneral(ctx),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/network-limits',
        summary: 'Set what every agency may take in that has no limits of its own (If-Match)',
        tag,
        can: ['update', 'Agency'],
        body: NetworkLimitsChange,
        responses: { 200: GeneralLimitsView },
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, body, headers }) => {
        const change = { agencyId: null, version: requiredVersion(headers), limits: body };
        await database.withTenant(ctx.tenant, (sql) => changeLimits(sql, ctx.actor, change, ctx.audit));
        return answerGeneral(ctx);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/agencies/:id/network-limits',
        summary: 'What an agency may take in, and what is left of it',
        tag,
        can: ['read', 'Agency'],
        params: IdParams,
        responses: { 200: NetworkLimitsView },
        problems: [NotFound],
      },
      ({ ctx, params }) => answer(ctx, params.id),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/agencies/:id/network-limits',
        summary: 'Set what an agency may take in (If-Match)',
        tag,
        can: ['update', 'Agency'],
        params: IdParams,
        body: NetworkLimitsChange,
        responses: { 200: NetworkLimitsView },
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, params, body, headers }) => {
        const change = { agencyId: params.id, version: requiredVersion(headers), limits: body };
        await database.withTenant(ctx.tenant, (sql) => changeLimits(sql, ctx.actor, change, ctx.audit));
        return answer(ctx, params.id);
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/agencies/:id/network-limits',
        summary: 'Let the general limits count for an agency again',
        tag,
        can: ['update', 'Agency'],
        params: IdParams,
        responses: { 204: null },
        problems: [NotFound, Forbidden, OnlyReseller],
      },
      async ({ ctx, params }) => {
        await database.withTenant(ctx.tenant, (sql) => dropLimits(sql, ctx.actor, params.id, ctx.audit));
        return { status: 204 };
      },
    ),
  ];
}
