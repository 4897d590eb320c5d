import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import { Forbidden, NotFound, ValidationFailed } from '../../kernel/errors.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { PreconditionRequired, VersionChanged, etagOf, requiredVersion } from '../../kernel/http/entity-tag.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { IdParams } from '../../kernel/http/wire.ts';
import {
  changeSettings,
  endOverride,
  overrideTier,
  previewReviews,
  readProgress,
  readSettings,
  type ReadTravelled,
} from './review-tiers.ts';
import {
  TierOverridePut,
  TierProgressView,
  TierReviewPreviewView,
  TierReviewSettingsChange,
  TierReviewSettingsView,
} from './schema.ts';

const tag = 'Agencies';

/** The API of tier reviews: thresholds, what the next review would do, and how far an agency is. */
export function tierReviewRoutes(deps: { database: Database; clock: Clock; readTravelled: ReadTravelled }): Route[] {
  const { database, clock, readTravelled } = deps;

  async function answerSettings(ctx: Pick<RequestContext, 'sql'>) {
    const settings = (await readSettings(ctx.sql)) as TierReviewSettingsChange & { version: number };
    return { status: 200, body: settings, headers: etagOf(settings) };
  }

  async function answerProgress(ctx: RequestContext, agencyId: string) {
    const found = await readProgress(readTravelled, ctx.sql, ctx.actor, agencyId, clock.now());
    const { agency, travelled, next } = found;
    const money = (amount: number) => ({ amount, currency: ctx.tenant.currency });
    const maybe = (amount: number | null) => (amount === null ? null : money(amount));
    return {
      status: 200,
      body: {
        isOn: found.isOn,
        tier: agency.tier,
        since: found.window.from,
        value: money(travelled.valueMinor),
        bookings: travelled.bookings,
        outcome: found.review.outcome,
        nextReviewOn: found.nextReviewOn,
        next: next && {
          tier: next.tier,
          needsValue: maybe(next.threshold.minValueMinor),
          missingValue: maybe(next.missingValueMinor),
          needsBookings: next.threshold.minBookings,
          missingBookings: next.missingBookings,
        },
        override:
          agency.overrideTier && agency.overrideUntil
            ? { tier: agency.overrideTier, until: agency.overrideUntil, reason: agency.overrideReason ?? '' }
            : null,
        history: found.history.map((row) => ({
          month: row.month,
          value: money(row.valueMinor),
          bookings: row.bookings,
          before: row.tierBefore,
          earned: row.tierEarned,
          after: row.tierAfter,
          outcome: row.outcome,
        })),
      },
    };
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/tier-reviews/settings',
        summary: 'What earns a tier',
        tag,
        can: ['update', 'Tier'],
        responses: { 200: TierReviewSettingsView },
      },
      ({ ctx }) => answerSettings(ctx),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/tier-reviews/settings',
        summary: 'Change what earns a tier (If-Match); counts from the next review',
        tag,
        can: ['update', 'Tier'],
        body: TierReviewSettingsChange,
        responses: { 200: TierReviewSettingsView },
        problems: [ValidationFailed, PreconditionRequired, VersionChanged],
      },
      async ({ ctx, body, headers }) => {
        const version = requiredVersion(headers);
        await database.withTenant(ctx.tenant, (sql) => changeSettings(sql, version, body, clock.now(), ctx.audit));
        return answerSettings(ctx);
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/tier-reviews/preview',
        summary: 'What the next review would do if it were today',
        tag,
        can: ['update', 'Tier'],
        responses: { 200: TierReviewPreviewView },
      },
      async ({ ctx }) => {
        const { nextReviewOn, rows } = await previewReviews(readTravelled, ctx.sql, clock.now());
        const data = rows.map(({ agency, travelled, review }) => ({
          agency: { id: agency.id, name: agency.name },
          value: { amount: travelled.valueMinor, currency: ctx.tenant.currency },
          bookings: travelled.bookings,
          tier: review.before,
          earned: review.earned,
          after: review.after,
          outcome: review.outcome,
          overrideUntil: agency.overrideUntil,
        }));
        return { status: 200, body: { nextReviewOn, data } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/agencies/:id/tier-progress',
        summary: 'How far an agency is from the next tier, and its reviews',
        tag,
        can: ['read', 'Agency'],
        params: IdParams,
        responses: { 200: TierProgressView },
        problems: [NotFound],
      },
      ({ ctx, params }) => answerProgress(ctx, params.id),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/agencies/:id/tier-override',
        summary: 'Give an agency a tier until a day, whatever it sells',
        tag,
        can: ['update', 'Tier'],
        params: IdParams,
        body: TierOverridePut,
        responses: { 200: TierProgressView },
        problems: [NotFound, Forbidden, ValidationFailed],
      },
      async ({ ctx, params, body }) => {
        await database.withTenant(ctx.tenant, (sql) =>
          overrideTier(sql, ctx.actor, params.id, body, clock.now(), ctx.audit),
        );
        return answerProgress(ctx, params.id);
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/agencies/:id/tier-override',
        summary: 'End the exception; the tier stays until the next review',
        tag,
        can: ['update', 'Tier'],
        params: IdParams,
        responses: { 204: null },
        problems: [NotFound, Forbidden],
      },
      async ({ ctx, params }) => {
        await endOverride(ctx.sql, ctx.actor, params.id, ctx.audit);
        return { status: 204 };
      },
    ),
  ];
}
