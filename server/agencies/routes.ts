import { PreconditionRequired, VersionChanged, etagOf, requiredVersion } from '../kernel/http/entity-tag.ts';
import { Conflict, Forbidden, NotFound } from '../kernel/errors.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Config } from '../kernel/config.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import type { Agency } from './agency.ts';
import { changeAgency, readAgency, setTier } from './change-agency.ts';
import { addAgency, type OnAgencyCreated } from './create-agency.ts';
import { NoBrandToSignIn, OnlyAboveMay, ParentNotApproved, TooDeep } from './errors.ts';
import { inviteToAgency, type Inviter } from './invite-to-agency.ts';
import { LimitReached, OnlyReseller, TierNotGiven } from './limits/errors.ts';
import { listAgencies } from './list-agencies.ts';
import { presentAgency } from './presenter.ts';
import {
  AgencyChange,
  AgencyCreate,
  AgencyInvitationCreate,
  AgencyInvitationView,
  AgencyList,
  AgencyQuery,
  AgencyView,
  TierChange,
} from './schema.ts';

const tag = 'Agencies';
const CHANGING = { tag, can: ['update', 'Agency'], params: IdParams, responses: { 200: AgencyView } } as const;
const CHANGE_PROBLEMS = [
  NotFound,
  Forbidden,
  OnlyAboveMay,
  OnlyReseller,
  TierNotGiven,
  PreconditionRequired,
  VersionChanged,
  Conflict,
];

export interface AgencyDeps {
  config: Config;
  database: Database;
  clock: Clock;
  identity: Inviter;
  onAgencyCreated: OnAgencyCreated;
}

const answer = (status: number, agency: Agency, actor: Actor) => ({
  status,
  body: presentAgency(agency, actor),
  headers: etagOf(agency),
});

/** The API of the network's agencies. */
export function agencyRoutes(deps: AgencyDeps): Route[] {
  const { database } = deps;
  return [
    defineRoute(
      {
        method: 'get',
        path: '/agencies',
        summary: 'Agencies you may see',
        tag,
        can: ['read', 'Agency'],
        query: AgencyQuery,
        responses: { 200: AgencyList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listAgencies(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map((row) => presentAgency(row, ctx.actor)), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/agencies',
        summary: 'Add an agency',
        tag,
        can: ['create', 'Agency'],
        body: AgencyCreate,
        responses: { 201: AgencyView },
        problems: [NotFound, OnlyAboveMay, ParentNotApproved, TooDeep, LimitReached, TierNotGiven],
      },
      async ({ ctx, body }) => {
        const agency = await database.withTenant(ctx.tenant, (sql) =>
          addAgency(deps, sql, ctx.actor, { ...body, currency: ctx.tenant.currency }),
        );
        return answer(201, agency, ctx.actor);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/agencies/:id',
        summary: 'One agency',
        tag,
        can: ['read', 'Agency'],
        params: IdParams,
        responses: { 200: AgencyView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => answer(200, await readAgency(ctx.sql, ctx.actor, params.id), ctx.actor),
    ),
    defineRoute(
      {
        ...CHANGING,
        method: 'patch',
        path: '/agencies/:id',
        summary: 'Change, suspend or approve an agency (If-Match)',
        body: AgencyChange,
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, params, body, headers }) => {
        const input = { id: params.id, version: requiredVersion(headers), change: body };
        return answer(
          200,
          await database.withTenant(ctx.tenant, (sql) => changeAgency(sql, ctx.actor, input, ctx.audit)),
          ctx.actor,
        );
      },
    ),
    defineRoute(
      {
        ...CHANGING,
        method: 'put',
        path: '/agencies/:id/tier',
        summary: 'Set its tier; the parent or the reseller (If-Match)',
        body: TierChange,
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, params, body, headers }) => {
        const input = { id: params.id, version: requiredVersion(headers), change: body };
        return answer(
          200,
          await database.withTenant(ctx.tenant, (sql) => setTier(sql, ctx.actor, input, ctx.audit)),
          ctx.actor,
        );
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/agencies/:id/invitations',
        summary: 'Invite a person into the agency',
        tag,
        can: ['create', 'Invitation'],
        rateLimit: { points: 60, seconds: 600 },
        params: IdParams,
        body: AgencyInvitationCreate,
        responses: { 201: AgencyInvitationView },
        problems: [NotFound, NoBrandToSignIn],
      },
      async ({ ctx, params, body }) => ({
        status: 201,
        body: await inviteToAgency(deps, ctx.sql, ctx.actor, { ...body, agencyId: params.id }),
      }),
    ),
  ];
}
