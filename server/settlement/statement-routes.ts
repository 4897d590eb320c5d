import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { PayoutAccountNotReady } from '../connect/index.ts';
import { NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { approveStatement, type StatementChange } from './approve-statement.ts';
import { settleAgencies } from './close-statements.ts';
import { AgencyOnHold, NotPaidByTransfer, PaidByTransfer, PayoutSent, TransferUnfunded, WrongState } from './errors.ts';
import { orderOnApproval, sendByTransfer, type TransferSources, type TransferService } from './pay-by-transfer.ts';
import { markPaid, markReturned, reopenStatement } from './pay-statement.ts';
import { presentLine, presentStatement } from './presenter.ts';
import { allLines, listLines, listStatements, readStatement } from './read-statements.ts';
import { statementCsv, statementPdf } from './render-statement.ts';
import {
  PaymentCreate,
  ReturnCreate,
  SettlementRun,
  SettlementRunView,
  StatementLineList,
  StatementLineQuery,
  StatementList,
  StatementQuery,
  StatementView,
} from './schema.ts';
import { statementNumber } from './statement.ts';
import type { TenantSql } from '../kernel/database/sql.ts';

const tag = 'settlement';

export interface SettlementDeps {
  database: Database;
  clock: Clock;
  transfers: TransferService;
  transferSources: TransferSources;
  /** Agencies that chose to be paid at Stripe. */
}

export function statementReadRoutes(): Route[] {
  const shared = { method: 'get', tag, can: ['read', 'Settlement'] } as const;
  const one = { ...shared, params: IdParams, problems: [NotFound] };
  return [
    defineRoute(
      {
        ...shared,
        path: '/commission-statements',
        summary: 'Statements of what agencies are paid, newest first',
        query: StatementQuery,
        responses: { 200: StatementList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listStatements(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map((row) => presentStatement(row, ctx.actor)), next } };
      },
    ),
    defineRoute(
      { ...one, path: '/commission-statements/:id', summary: 'One statement', responses: { 200: StatementView } },
      async ({ ctx, params }) => ({
        status: 200,
        body: presentStatement(await readStatement(ctx.sql, ctx.actor, params.id), ctx.actor),
      }),
    ),
    defineRoute(
      {
        ...one,
        path: '/commission-statements/:id/lines',
        summary: 'Its earnings, clawbacks and corrections',
        query: StatementLineQuery,
        responses: { 200: StatementLineList },
      },
      async ({ ctx, params, query }) => {
        const statement = await readStatement(ctx.sql, ctx.actor, params.id);
        const { rows, next } = await listLines(ctx.sql, statement, query);
        return { status: 200, body: { data: rows.map((row) => presentLine(row, statement.currency)), next } };
      },
    ),
    defineRoute(
      { ...one, path: '/commission-statements/:id/csv', summary: 'The statement as CSV', responses: { 200: null } },
      async ({ ctx, params }) => {
        const statement = await readStatement(ctx.sql, ctx.actor, params.id);
        const data = statementCsv(statement, allLines(ctx.sql, statement), ctx.locale);
        const fileName = `${statementNumber(statement.number)}.csv`;
        return { status: 200, stream: { contentType: 'text/csv; charset=utf-8', fileName, data } };
      },
    ),
    defineRoute(
      { ...one, path: '/commission-statements/:id/pdf', summary: 'The statement as PDF', responses: { 200: null } },
      async ({ ctx, params }) => {
        const statement = await readStatement(ctx.sql, ctx.actor, params.id);
        const data = await statementPdf(statement, allLines(ctx.sql, statement), ctx);
        const fileName = `${statementNumber(statement.number)}.pdf`;
        return { status: 200, binary: { contentType: 'application/pdf', data, fileName } };
      },
    ),
  ];
}

/** What a change of one statement needs besides its id. */
type Change<B> = (sql: TenantSql, ctx: RequestContext, change: StatementChange, body: B) => Promise<void>;

export function statementChangeRoutes({ database, clock, transferSources }: SettlementDeps): Route[] {
  const change = async <B>(ctx: RequestContext, id: string, body: B, work: Change<B>) => {
    await database.withTenant(ctx.tenant, (sql) => work(sql, ctx, { id, now: clock.now() }, body));
    return { status: 200, body: presentStatement(await readStatement(ctx.sql, ctx.actor, id), ctx.actor) };
  };
  const shared = {
    method: 'post',
    tag,
    params: IdParams,
    responses: { 200: StatementView },
    problems: [NotFound, WrongState],
  } as const;
  return [
    defineRoute(
      {
        method: 'post',
        path: '/settlements',
        summary: 'Close statements whose period has ended; repeatable',
        tag,
        can: ['create', 'Settlement'],
        body: SettlementRun,
        responses: { 200: SettlementRunView },
      },
      async ({ ctx, body }) => {
        const outcome = await settleAgencies((work) => database.withTenant(ctx.tenant, work), {
          now: clock.now(),
          ...(body.agencyId === undefined ? {} : { agencyId: body.agencyId }),
          onFault: (error, agencyId) => ctx.log.error({ err: error, agencyId }, 'a statement could not be closed'),
        });
        ctx.audit.note({ details: { ...outcome } });
        return { status: 200, body: outcome };
      },
    ),
    defineRoute(
      {
        ...shared,
        path: '/commission-statements/:id/approval',
        summary: 'Approve a statement for payment',
        can: ['approve', 'Settlement'],
        stepUp: true,
        problems: [NotFound, WrongState, AgencyOnHold, PayoutSent],
      },
      ({ ctx, params }) =>
        change(ctx, params.id, undefined, async (sql, { actor, audit }, given) => {
          await approveStatement(sql, actor, given, audit);
          await orderOnApproval(sql, given, transferSources);
        }),
    ),
    defineRoute(
      {
        ...shared,
        path: '/commission-statements/:id/transfer',
        summary: 'Send an approved statement by Stripe transfer',
        can: ['update', 'Settlement'],
        stepUp: true,
        problems: [...shared.problems, NotPaidByTransfer, PayoutSent, TransferUnfunded, PayoutAccountNotReady],
      },
      ({ ctx, params }) =>
        change(ctx, params.id, undefined, (sql, { actor, audit }, given) =>
          sendByTransfer(sql, actor, given, { sources: transferSources, audit }),
        ),
    ),
    defineRoute(
      {
        ...shared,
        path: '/commission-statements/:id/payment',
        summary: 'Mark an approved statement as paid',
        can: ['update', 'Settlement'],
        stepUp: true,
        body: PaymentCreate,
        problems: [...shared.problems, PaidByTransfer],
      },
      ({ ctx, params, body }) =>
        change(ctx, params.id, body, (sql, { actor, audit }, given, { reference }) =>
          markPaid(sql, actor, { ...given, reference }, audit),
        ),
    ),
    defineRoute(
      {
        ...shared,
        path: '/commission-statements/:id/return',
        summary: 'The bank returned the payout',
        can: ['update', 'Settlement'],
        stepUp: true,
        body: ReturnCreate,
        problems: [...shared.problems, PaidByTransfer],
      },
      ({ ctx, params, body }) =>
        change(ctx, params.id, body, (sql, { actor, audit }, given, { reason }) =>
          markReturned(sql, actor, { ...given, reason }, audit),
        ),
    ),
    defineRoute(
      {
        ...shared,
        path: '/commission-statements/:id/reopening',
        summary: 'Open a returned statement again, to be approved anew',
        can: ['update', 'Settlement'],
      },
      ({ ctx, params }) =>
        change(ctx, params.id, undefined, (sql, { actor, audit }, given) => reopenStatement(sql, actor, given, audit)),
    ),
  ];
}
