import type { Clock } from '../kernel/clock.ts';
import { CSV_START, csvLine } from '../kernel/csv.ts';
import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound, ValidationFailed } from '../kernel/errors.ts';
import { PreconditionRequired, VersionChanged, etagOf, requiredVersion } from '../kernel/http/entity-tag.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { TooManyRequests } from '../kernel/http/rate-limit.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { formatDecimalAmount } from '../kernel/money.ts';
import { currencyExponent } from '../kernel/money-exponent.ts';
import type { BuildUp } from '../pricing/index.ts';
import { presentOwnPrice, seesOwnPrice, showPrice } from '../search/index.ts';
import { changePromoCode, createPromoCode, deletePromoCode, listPromoCodes, readPromoCode } from './edit-codes.ts';
import { PromoCodeRefused, PromoCodeTaken, PromoCodeUsedMore } from './errors.ts';
import { readDiscounts, readUses, type PromoRow } from './read-uses.ts';
import { PromoCheck, PromoCheckView, PromoCodeInput, PromoCodeList, PromoCodeQuery, PromoCodeView } from './schema.ts';
import type { PromoSale, UsedCodes } from './use-codes.ts';

const tag = 'Promo codes';
const CHANGE_PROBLEMS = [NotFound, ValidationFailed, PreconditionRequired, VersionChanged];

export interface PromoRouteDeps {
  database: Database;
  clock: Clock;
  /** The quote as a sale of this request's seller; undefined for none, or one of another brand. */
  saleOf(ctx: RequestContext, quoteId: string, email: string | undefined): Promise<PromoSale | undefined>;
  use(ctx: RequestContext, typed: readonly string[], sale: PromoSale): Promise<UsedCodes>;
}

const presentCode = ({ saleFrom, saleTo, createdAt, state, ...row }: PromoRow, discount: number): PromoCodeView => ({
  ...row,
  match: row.match as PromoCodeView['match'],
  state: state === 'active' ? 'active' : 'paused',
  saleFrom: saleFrom?.toISOString() ?? null,
  saleTo: saleTo?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
  discount: { amount: discount, currency: row.currency },
});

function ownOf(ctx: RequestContext, sellerAgencyId: string | null, buildUp: BuildUp) {
  if (!seesOwnPrice(ctx.actor, sellerAgencyId)) return {};
  return { own: presentOwnPrice(showPrice(buildUp, sellerAgencyId).own, buildUp.currency) };
}

/** The API of codes: a level's own, their uses, and what one takes off a quote. */
export function promoRoutes({ database, saleOf, use }: PromoRouteDeps): Route[] {
  async function answer(sql: TenantSql, status: number, row: PromoRow) {
    const discounts = await readDiscounts(sql, [row]);
    return { status, body: presentCode(row, discounts.get(row.id) ?? 0), headers: etagOf(row) };
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/promo-codes',
        summary: "Your level's codes, newest first, with their uses",
        tag,
        can: ['read', 'MarkupRule'],
        query: PromoCodeQuery,
        responses: { 200: PromoCodeList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listPromoCodes(ctx.sql, ctx.actor, query);
        const discounts = await readDiscounts(ctx.sql, rows);
        return {
          status: 200,
          body: { data: rows.map((row) => presentCode(row, discounts.get(row.id) ?? 0)), next },
        };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/promo-codes',
        summary: 'Add a code',
        tag,
        can: ['create', 'MarkupRule'],
        body: PromoCodeInput,
        responses: { 201: PromoCodeView },
        problems: [ValidationFailed, PromoCodeTaken],
      },
      async ({ ctx, body }) =>
        answer(ctx.sql, 201, await createPromoCode(ctx.sql, ctx.actor, body, ctx.tenant.currency, ctx.audit)),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/promo-codes/check',
        audit: 'none',
        summary: 'What codes take off a quote; nothing is reserved',
        tag,
        can: 'public',
        rateLimit: { points: 60, seconds: 600 },
        body: PromoCheck,
        responses: { 200: PromoCheckView },
        problems: [NotFound, PromoCodeRefused, TooManyRequests],
      },
      async ({ ctx, body }) => {
        const sale = await saleOf(ctx, body.quoteId, body.email);
        if (!sale) throw NotFound({ what: 'This quote' });
        const { buildUp, uses } = await use(ctx, body.promoCodes, sale);
        const money = (amount: number) => ({ amount, currency: buildUp.currency });
        return {
          status: 200,
          body: {
            total: money(buildUp.customerTotal),
            before: money(sale.buildUp.customerTotal),
            ...ownOf(ctx, sale.sellerAgencyId, buildUp),
            discounts: uses.map(({ code, discountMinor }) => ({ code, amount: money(discountMinor) })),
          },
        };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/promo-codes/:id',
        summary: 'One code',
        tag,
        can: ['read', 'MarkupRule'],
        params: IdParams,
        responses: { 200: PromoCodeView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => answer(ctx.sql, 200, await readPromoCode(ctx.sql, ctx.actor, params.id)),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/promo-codes/:id',
        summary: 'Change a code (If-Match); bookings made keep their discount',
        tag,
        can: ['update', 'MarkupRule'],
        params: IdParams,
        body: PromoCodeInput,
        responses: { 200: PromoCodeView },
        problems: [...CHANGE_PROBLEMS, PromoCodeTaken, PromoCodeUsedMore],
      },
      async ({ ctx, params, body, headers }) => {
        const target = { id: params.id, version: requiredVersion(headers) };
        const row = await database.withTenant(ctx.tenant, (sql) =>
          changePromoCode(sql, ctx.actor, target, body, ctx.audit),
        );
        return answer(ctx.sql, 200, row);
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/promo-codes/:id',
        summary: 'Delete a code (If-Match); bookings made keep their discount',
        tag,
        can: ['delete', 'MarkupRule'],
        params: IdParams,
        responses: { 204: null },
        problems: CHANGE_PROBLEMS,
      },
      async ({ ctx, params, headers }) => {
        const target = { id: params.id, version: requiredVersion(headers) };
        await deletePromoCode(ctx.sql, ctx.actor, target, ctx.audit);
        return { status: 204 };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/promo-codes/:id/export',
        audit: 'read',
        summary: 'Bookings that used a code, as CSV',
        tag,
        can: ['read', 'MarkupRule'],
        params: IdParams,
        responses: { 200: null },
        problems: [NotFound],
      },
      async ({ ctx, params }) => {
        const { code, uses } = await readUses(ctx.sql, ctx.actor, params.id);
        const lines = uses.map((use) =>
          csvLine([
            code.code,
            use.reference,
            use.bookedAt,
            use.bookingState,
            use.state === 'released' ? 'given back' : 'used',
            formatDecimalAmount(use.discountMinor, currencyExponent(code.currency)),
            use.currency,
          ]),
        );
        const head = csvLine(['code', 'booking', 'booked', 'state', 'use', 'discount', 'currency']);
        const data = Buffer.from([CSV_START, head, ...lines].join(''));
        return {
          status: 200,
          binary: { contentType: 'text/csv; charset=utf-8', data, fileName: 'promo-code-uses.csv' },
        };
      },
    ),
  ];
}
