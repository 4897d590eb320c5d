import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { NotFound, ValidationFailed } from '../kernel/errors.ts';
import { PreconditionRequired, VersionChanged, etagOf, requiredVersion } from '../kernel/http/entity-tag.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { newId } from '../kernel/ids.ts';
import { changeCampaign, closeCampaign, createCampaign, listCampaigns, readCampaign } from './edit-campaigns.ts';
import { BonusCampaignBegun, BonusCampaignOver } from './errors.ts';
import { addDays, dayOf } from './period.ts';
import { presentAgencyBonus, presentCampaign, presentProgress } from './presenter.ts';
import { listAgencyBonuses, listProgress } from './read-progress.ts';
import type { CampaignRow } from './repository.ts';
import {
  AgencyBonusList,
  AgencyBonusQuery,
  BonusCampaignInput,
  BonusCampaignList,
  BonusCampaignQuery,
  BonusCampaignView,
  BonusProgressList,
  BonusProgressQuery,
} from './schema.ts';

const tag = 'Bonus campaigns';
const can = ['read', 'BonusCampaign'] as const;
const CHANGE_PROBLEMS = [NotFound, ValidationFailed, PreconditionRequired, VersionChanged, BonusCampaignOver];

/** The API of bonus campaigns: the reseller's campaigns and table, and what an agency sees of its own. */
export function bonusRoutes({ database, clock }: { database: Database; clock: Clock }): Route[] {
  const answer = (status: number, row: CampaignRow) => ({
    status,
    body: presentCampaign(row, dayOf(clock.now())),
    headers: etagOf(row),
  });

  return [
    defineRoute(
      {
        method: 'get',
        path: '/bonus-campaigns',
        summary: 'Bonus campaigns, newest first',
        tag,
        can,
        query: BonusCampaignQuery,
        responses: { 200: BonusCampaignList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listCampaigns(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map((row) => presentCampaign(row, dayOf(clock.now()))), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/bonus-campaigns',
        summary: 'Make a campaign: what agencies get for selling more',
        tag,
        can: ['create', 'BonusCampaign'],
        stepUp: true,
        idempotent: true,
        body: BonusCampaignInput,
        responses: { 201: BonusCampaignView },
        problems: [ValidationFailed],
      },
      async ({ ctx, body }) => {
        const given = { id: ctx.idempotentId ?? newId(), input: body, currency: ctx.tenant.currency, now: clock.now() };
        return answer(
          201,
          await database.withTenant(ctx.tenant, (sql) => createCampaign(sql, ctx.actor, given, ctx.audit)),
        );
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/bonus-campaigns/:id',
        summary: 'One campaign',
        tag,
        can,
        params: IdParams,
        responses: { 200: BonusCampaignView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => answer(200, await readCampaign(ctx.sql, ctx.actor, params.id)),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/bonus-campaigns/:id',
        summary: 'Change a campaign (If-Match): once begun its name and end alone',
        tag,
        can: ['update', 'BonusCampaign'],
        stepUp: true,
        params: IdParams,
        body: BonusCampaignInput,
        responses: { 200: BonusCampaignView },
        problems: [...CHANGE_PROBLEMS, BonusCampaignBegun],
      },
      async ({ ctx, params, body, headers }) => {
        const given = { id: params.id, version: requiredVersion(headers), input: body, now: clock.now() };
        return answer(
          200,
          await database.withTenant(ctx.tenant, (sql) => changeCampaign(sql, ctx.actor, given, ctx.audit)),
        );
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/bonus-campaigns/:id/close',
        summary: 'Close a campaign (If-Match): it ends today, or is withdrawn before it began; what was earned stays',
        tag,
        can: ['update', 'BonusCampaign'],
        params: IdParams,
        responses: { 200: BonusCampaignView },
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, params, headers }) => {
        const given = { id: params.id, version: requiredVersion(headers), now: clock.now() };
        return answer(
          200,
          await database.withTenant(ctx.tenant, (sql) => closeCampaign(sql, ctx.actor, given, ctx.audit)),
        );
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/bonus-campaigns/:id/progress',
        summary: 'How far each agency is in a period of a campaign',
        tag,
        can,
        params: IdParams,
        query: BonusProgressQuery,
        responses: { 200: BonusProgressList },
        problems: [NotFound],
      },
      async ({ ctx, params, query }) => {
        const found = await listProgress(ctx.sql, ctx.actor, params.id, query, clock.now());
        const { currency } = found.campaign;
        const data = found.rows.map((row) => ({
          agency: row.agency,
          base: { amount: row.outcome.baseMinor, currency },
          ...presentProgress(row, currency),
        }));
        const periods = found.periods.map(({ startsOn, endsBefore }) => ({
          startsOn,
          endsOn: addDays(endsBefore, -1),
        }));
        return { status: 200, body: { data, next: found.next, periods } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/agencies/:id/bonuses',
        summary: 'Campaigns an agency takes part in, with how far it is and what it got',
        tag,
        can: ['read', 'Commission'],
        params: IdParams,
        query: AgencyBonusQuery,
        responses: { 200: AgencyBonusList },
        problems: [NotFound],
      },
      async ({ ctx, params, query }) => {
        const now = clock.now();
        const { rows, next, withRates } = await listAgencyBonuses(ctx.sql, ctx.actor, params.id, { query, now });
        const data = rows.map((row) => presentAgencyBonus(row, { today: dayOf(now), withRates }));
        return { status: 200, body: { data, next } };
      },
    ),
  ];
}
