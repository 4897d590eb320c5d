import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import { NotFound, ValidationFailed } from '../../kernel/errors.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { PreconditionRequired, VersionChanged, etagOf, requiredVersion } from '../../kernel/http/entity-tag.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import type { Redis } from '../../kernel/redis.ts';
import { changeExchangeSettings, importRates, removeRate, setRate, viewExchange } from './edit-exchange.ts';
import { readLeftOut } from './left-out.ts';
import { listRateHistory, readExchangeSettings } from './repository.ts';
import {
  CurrencyParams,
  ExchangeHistoryView,
  ExchangeImport,
  ExchangeImportView,
  ExchangeRatePut,
  ExchangeSettingsChange,
  ExchangeSettingsView,
  ExchangeView,
} from './schema.ts';

const tag = 'Pricing';
const HISTORY = 100;

/** The API of exchange rates: what other currencies are sold at, and what is not sold for want of a rate. */
export function exchangeRoutes(deps: { database: Database; redis: Redis; clock: Clock; hasFeed: boolean }): Route[] {
  const { database, redis, clock, hasFeed } = deps;

  const view = async ({ sql, tenant }: Pick<RequestContext, 'sql' | 'tenant'>) =>
    viewExchange(sql, {
      sellingCurrency: tenant.currency,
      hasFeed,
      leftOut: await readLeftOut(redis, tenant, clock.now()),
      now: clock.now(),
    });
  const doerOf = ({ actor, tenant, audit }: RequestContext) => ({
    id: actor.id,
    sellingCurrency: tenant.currency,
    now: clock.now(),
    audit,
  });

  return [
    defineRoute(
      {
        method: 'get',
        path: '/exchange-rates',
        summary: 'Your rates, their settings, and what was not sold for want of one',
        tag,
        can: ['read', 'PricingSettings'],
        responses: { 200: ExchangeView },
      },
      async ({ ctx }) => ({ status: 200, body: await view(ctx) }),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/exchange-rates/:currency',
        summary: 'Set the rate of a currency; quotes keep theirs',
        tag,
        can: ['update', 'PricingSettings'],
        params: CurrencyParams,
        body: ExchangeRatePut,
        responses: { 200: ExchangeView },
        problems: [ValidationFailed],
      },
      async ({ ctx, params, body }) => {
        await database.withTenant(ctx.tenant, (sql) => setRate(sql, doerOf(ctx), params.currency, body));
        return { status: 200, body: await view(ctx) };
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/exchange-rates/:currency',
        summary: 'Take a rate away: nothing in its currency is sold any more',
        tag,
        can: ['update', 'PricingSettings'],
        params: CurrencyParams,
        responses: { 204: null },
        problems: [NotFound],
      },
      async ({ ctx, params }) => {
        await removeRate(ctx.sql, params.currency, ctx.audit);
        return { status: 204 };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/exchange-rates/:currency/history',
        summary: 'The last hundred rates of a currency, newest first',
        tag,
        can: ['read', 'PricingSettings'],
        params: CurrencyParams,
        responses: { 200: ExchangeHistoryView },
      },
      async ({ ctx, params }) => {
        const rows = await listRateHistory(ctx.sql, params.currency, HISTORY);
        return {
          status: 200,
          body: {
            data: rows.map(({ id, mid, source, quotedAt, changedBy, recordedAt }) => ({
              id,
              mid,
              source,
              at: quotedAt.toISOString(),
              changedBy,
              recordedAt: recordedAt.toISOString(),
            })),
          },
        };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/exchange-rates/import',
        summary: 'Set rates from CSV, all or none',
        tag,
        can: ['update', 'PricingSettings'],
        rateLimit: { points: 30, seconds: 60 },
        body: ExchangeImport,
        responses: { 200: ExchangeImportView },
        problems: [ValidationFailed],
      },
      async ({ ctx, body }) => ({
        status: 200,
        body: await database.withTenant(ctx.tenant, (sql) => importRates(sql, doerOf(ctx), body)),
      }),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/exchange-settings',
        summary: 'Change spread, age limit and source of your rates (If-Match)',
        tag,
        can: ['update', 'PricingSettings'],
        body: ExchangeSettingsChange,
        responses: { 200: ExchangeSettingsView },
        problems: [ValidationFailed, PreconditionRequired, VersionChanged],
      },
      async ({ ctx, body, headers }) => {
        await changeExchangeSettings(ctx.sql, requiredVersion(headers), body, ctx.audit);
        const settings = await readExchangeSettings(ctx.sql);
        return { status: 200, body: settings, headers: etagOf(settings) };
      },
    ),
  ];
}
