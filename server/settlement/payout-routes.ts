import { NotFound } from '../kernel/errors.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { newId } from '../kernel/ids.ts';
import { NoBankingDay, NothingToPay, PayerAccountMissing } from './errors.ts';
import {
  listPayoutFiles,
  listPayouts,
  makePayoutFile,
  markFilePaid,
  readPayoutFile,
  readPayoutXml,
} from './payout-files.ts';
import { presentFile, presentPayout } from './presenter.ts';
import {
  PayoutFileCreate,
  PayoutFileList,
  PayoutFileQuery,
  PayoutFileView,
  PayoutList,
  PayoutQuery,
} from './schema.ts';
import type { SettlementDeps } from './statement-routes.ts';

const tag = 'settlement';
const can = ['read', 'Settlement'] as const;

/** Payouts, and the SEPA files they are sent with. */
export function payoutRoutes({ database, clock }: SettlementDeps): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/payouts',
        summary: 'Payouts, newest first',
        tag,
        can,
        query: PayoutQuery,
        responses: { 200: PayoutList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listPayouts(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map(presentPayout), next } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/payout-files',
        summary: 'SEPA files of payouts, newest first',
        tag,
        can,
        query: PayoutFileQuery,
        responses: { 200: PayoutFileList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listPayoutFiles(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map((row) => presentFile(row)), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/payout-files',
        summary: 'Make a SEPA file (pain.001.001.09) of approved statements',
        tag,
        can: ['update', 'Settlement'],
        stepUp: true,
        idempotent: true,
        body: PayoutFileCreate,
        responses: { 201: PayoutFileView },
        problems: [NoBankingDay, PayerAccountMissing, NothingToPay],
      },
      async ({ ctx, body }) => {
        const given = { ...body, id: ctx.idempotentId ?? newId(), now: clock.now() };
        const { file, skipped } = await database.withTenant(ctx.tenant, (sql) =>
          makePayoutFile(sql, ctx.actor, given, ctx.audit),
        );
        return { status: 201, body: presentFile(file, skipped) };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/payout-files/:id',
        summary: 'One SEPA file',
        tag,
        can,
        params: IdParams,
        responses: { 200: PayoutFileView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => ({
        status: 200,
        body: presentFile(await readPayoutFile(ctx.sql, ctx.actor, params.id)),
      }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/payout-files/:id/xml',
        summary: 'The file to upload at the bank',
        tag,
        can: ['update', 'Settlement'],
        stepUp: true,
        audit: 'read',
        params: IdParams,
        responses: { 200: null },
        problems: [NotFound],
      },
      async ({ ctx, params }) => {
        const { fileName, xml } = await readPayoutXml(ctx.sql, ctx.actor, params.id);
        return { status: 200, binary: { contentType: 'application/xml', data: Buffer.from(xml), fileName } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/payout-files/:id/payment',
        summary: 'The bank executed the file: its payouts are paid',
        tag,
        can: ['update', 'Settlement'],
        stepUp: true,
        params: IdParams,
        responses: { 200: PayoutFileView },
        problems: [NotFound],
      },
      async ({ ctx, params }) => {
        const file = await database.withTenant(ctx.tenant, (sql) =>
          markFilePaid(sql, ctx.actor, { id: params.id, now: clock.now() }, ctx.audit),
        );
        return { status: 200, body: presentFile(file) };
      },
    ),
  ];
}
