import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { NotFound, ValidationFailed } from '../kernel/errors.ts';
import { PreconditionRequired, VersionChanged, etagOf, requiredVersion } from '../kernel/http/entity-tag.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { checkDraft, readConflicts } from './check-rule.ts';
import { changeRule, createRule, deleteRule, listRules, readRule, restoreRule } from './edit-rules.ts';
import { changeSettings, readSettings } from './edit-settings.ts';
import { exportRules, importRules } from './import-rules.ts';
import { presentRule, presentTiers, presentVersion } from './presenter.ts';
import { previewPrice } from './preview.ts';
import { SellerNotApproved } from './problems.ts';
import { listVersions } from './rule-history.ts';
import {
  MarkupRuleChange,
  MarkupRuleCheckView,
  MarkupRuleConflictsView,
  MarkupRuleCreate,
  MarkupRuleDraft,
  MarkupRuleImport,
  MarkupRuleImportView,
  MarkupRuleList,
  MarkupRuleQuery,
  MarkupRuleRestore,
  MarkupRuleVersionList,
  MarkupRuleVersionQuery,
  MarkupRuleView,
  PreviewRequest,
  PreviewView,
  PricingSettingsChange,
  PricingSettingsView,
  TiersChange,
  TiersView,
} from './schema.ts';
import { readTiers, replaceTiers } from './edit-tiers.ts';

const tag = 'Pricing';
const CHANGE_PROBLEMS = [NotFound, ValidationFailed, PreconditionRequired, VersionChanged];

const answer = (status: number, rule: Parameters<typeof presentRule>[0]) => ({
  status,
  body: presentRule(rule),
  headers: etagOf(rule),
});

const answerSettings = (settings: PricingSettingsView) => ({ status: 200, body: settings, headers: etagOf(settings) });

/** The API of markup rules, their preview, and the reseller's tiers. */
export function pricingRoutes({ database, clock }: { database: Database; clock: Clock }): Route[] {
  const rules = [
    defineRoute(
      {
        method: 'get',
        path: '/markup-rules',
        summary: "Your level's rules, oldest first",
        tag,
        can: ['read', 'MarkupRule'],
        query: MarkupRuleQuery,
        responses: { 200: MarkupRuleList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listRules(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map(presentRule), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/markup-rules',
        summary: 'Add a rule to your level',
        tag,
        can: ['create', 'MarkupRule'],
        body: MarkupRuleCreate,
        responses: { 201: MarkupRuleView },
        problems: [ValidationFailed],
      },
      async ({ ctx, body }) => answer(201, await createRule(ctx.sql, ctx.actor, body, ctx.tenant.currency, ctx.audit)),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/markup-rules/preview',
        audit: 'none',
        summary: 'Price a sample by the rules as they are now',
        tag,
        can: ['read', 'MarkupRule'],
        body: PreviewRequest,
        responses: { 200: PreviewView },
        problems: [NotFound, SellerNotApproved],
      },
      async ({ ctx, body }) => ({ status: 200, body: await previewPrice(ctx, clock, body) }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/markup-rules/check',
        audit: 'none',
        summary: 'What is worth a second look before a rule is saved',
        tag,
        can: ['read', 'MarkupRule'],
        body: MarkupRuleDraft,
        responses: { 200: MarkupRuleCheckView },
        problems: [NotFound, ValidationFailed],
      },
      async ({ ctx, body }) => ({ status: 200, body: await checkDraft(ctx, clock, body) }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/markup-rules/export',
        audit: 'read',
        summary: "Your level's rules as CSV",
        tag,
        can: ['read', 'MarkupRule'],
        responses: { 200: null },
      },
      async ({ ctx }) => {
        const data = Buffer.from(await exportRules(ctx.sql, ctx.actor, ctx.tenant.currency));
        return { status: 200, binary: { contentType: 'text/csv; charset=utf-8', data, fileName: 'markup-rules.csv' } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/markup-rules/import',
        summary: 'Make and change rules of your level from CSV, all or none',
        tag,
        can: ['update', 'MarkupRule'],
        rateLimit: { points: 30, seconds: 60 },
        body: MarkupRuleImport,
        responses: { 200: MarkupRuleImportView },
        problems: [ValidationFailed, VersionChanged],
      },
      async ({ ctx, body }) => ({
        status: 200,
        body: await database.withTenant(ctx.tenant, (sql) =>
          importRules(sql, ctx.actor, body, ctx.tenant.currency, ctx.audit),
        ),
      }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/markup-rules/conflicts',
        summary: 'Rules of your level that want the same sales',
        tag,
        can: ['read', 'MarkupRule'],
        responses: { 200: MarkupRuleConflictsView },
      },
      async ({ ctx }) => ({ status: 200, body: await readConflicts(ctx) }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/markup-rules/:id',
        summary: 'One rule',
        tag,
        can: ['read', 'MarkupRule'],
        params: IdParams,
        responses: { 200: MarkupRuleView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => answer(200, await readRule(ctx.sql, ctx.actor, params.id)),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/markup-rules/:id',
        summary: 'Change a rule (If-Match)',
        tag,
        can: ['update', 'MarkupRule'],
        params: IdParams,
        body: MarkupRuleChange,
        responses: { 200: MarkupRuleView },
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, params, body, headers }) =>
        answer(
          200,
          await changeRule(
            ctx.sql,
            ctx.actor,
            { id: params.id, version: requiredVersion(headers) },
            body,
            ctx.tenant.currency,
            ctx.audit,
          ),
        ),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/markup-rules/:id',
        summary: 'Delete a rule (If-Match); quotes keep their price',
        tag,
        can: ['delete', 'MarkupRule'],
        params: IdParams,
        responses: { 204: null },
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, params, headers }) => {
        await deleteRule(ctx.sql, ctx.actor, { id: params.id, version: requiredVersion(headers) }, ctx.audit);
        return { status: 204 };
      },
    ),
  ];

  const history = [
    defineRoute(
      {
        method: 'get',
        path: '/markup-rules/:id/versions',
        summary: 'What a rule was, newest first; also of a deleted one',
        tag,
        can: ['read', 'MarkupRule'],
        params: IdParams,
        query: MarkupRuleVersionQuery,
        responses: { 200: MarkupRuleVersionList },
        problems: [NotFound],
      },
      async ({ ctx, params, query }) => {
        const { rows, next } = await listVersions(ctx.sql, ctx.actor, params.id, query);
        return { status: 200, body: { data: rows.map(presentVersion), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/markup-rules/:id/restore',
        summary: 'Make a rule what it was at a version (If-Match); brings a deleted one back',
        tag,
        can: ['update', 'MarkupRule'],
        params: IdParams,
        body: MarkupRuleRestore,
        responses: { 200: MarkupRuleView },
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, params, body, headers }) => {
        const target = { id: params.id, version: requiredVersion(headers) };
        return answer(200, await restoreRule(ctx.sql, ctx.actor, target, body.version, ctx.audit));
      },
    ),
  ];

  const settings = [
    defineRoute(
      {
        method: 'get',
        path: '/pricing-settings',
        summary: 'The margin guard',
        tag,
        can: ['read', 'PricingSettings'],
        responses: { 200: PricingSettingsView },
      },
      async ({ ctx }) => answerSettings(await readSettings(ctx.sql)),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/pricing-settings',
        summary: 'Change the margin guard (If-Match)',
        tag,
        can: ['update', 'PricingSettings'],
        body: PricingSettingsChange,
        responses: { 200: PricingSettingsView },
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, body, headers }) =>
        answerSettings(await changeSettings(ctx.sql, requiredVersion(headers), body, ctx.audit)),
    ),
  ];

  const answerTiers = (rows: Parameters<typeof presentTiers>[0]) => {
    const body = presentTiers(rows);
    return { status: 200, body, headers: etagOf(body) };
  };
  const tiers = [
    defineRoute(
      {
        method: 'get',
        path: '/tiers',
        summary: 'What each tier gives',
        tag,
        can: ['read', 'Tier'],
        responses: { 200: TiersView },
      },
      async ({ ctx }) => answerTiers(await readTiers(ctx.sql)),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/tiers',
        summary: 'Change what the tiers give (If-Match)',
        tag,
        can: ['update', 'Tier'],
        body: TiersChange,
        responses: { 200: TiersView },
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, body, headers }) => {
        const version = requiredVersion(headers);
        return answerTiers(await database.withTenant(ctx.tenant, (sql) => replaceTiers(sql, version, body, ctx.audit)));
      },
    ),
  ];

  return [...rules, ...history, ...settings, ...tiers];
}
