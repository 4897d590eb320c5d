import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { NotFound } from '../kernel/errors.ts';
import { defineRoute } from '../kernel/http/route.ts';
import type { Route } from '../kernel/http/route.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { readAccountStatement } from './account-statement.ts';
import { closeMonth, listClosedMonths, reopenMonth } from './close-month.ts';
import { BooksDoNotHold, MonthAlreadyClosed, MonthNotEnded, NotTheLastMonth } from './errors.ts';
import { journalCsv, plainTextJournal } from './export-journal.ts';
import {
  presentAccount,
  presentAccountEntry,
  presentMonths,
  presentTransaction,
  presentTrialBalance,
} from './presenter.ts';
import { listAccounts, listJournal, readJournal } from './read-ledger.ts';
import {
  AccountEntryQuery,
  AccountList,
  AccountStatementView,
  BookQuery,
  ExportQuery,
  JournalQuery,
  MonthChange,
  MonthList,
  TransactionList,
  TrialBalanceView,
} from './schema.ts';

const tag = 'ledger';
const can = ['read', 'Ledger'] as const;

/** Reads of the ledger: the reseller sees every book, an agency its own. */
export function ledgerRoutes({ clock }: { clock: Clock }): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/ledger/accounts',
        summary: 'Accounts and balances',
        tag,
        can,
        query: BookQuery,
        responses: { 200: AccountList },
      },
      async ({ ctx, query }) => {
        const rows = await listAccounts(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map((row) => presentAccount(row, ctx.tenant.name)) } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/ledger/journal',
        summary: 'Transactions with their entries, newest first',
        tag,
        can,
        query: JournalQuery,
        responses: { 200: TransactionList },
      },
      async ({ ctx, query }) => {
        const { transactions, entries, next } = await listJournal(ctx.sql, ctx.actor, query);
        const options = { resellerName: ctx.tenant.name, withChain: ctx.actor.agencyId === null };
        return {
          status: 200,
          body: { data: transactions.map((row) => presentTransaction(row, entries, options)), next },
        };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/ledger/trial-balance',
        summary: 'Trial balance per book and currency',
        tag,
        can,
        query: BookQuery,
        responses: { 200: TrialBalanceView },
      },
      async ({ ctx, query }) => ({
        status: 200,
        body: presentTrialBalance(await listAccounts(ctx.sql, ctx.actor, query), ctx.tenant.name, clock.now()),
      }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/ledger/accounts/:id/entries',
        summary: 'One account, newest first, with its running balance',
        tag,
        can,
        params: IdParams,
        query: AccountEntryQuery,
        responses: { 200: AccountStatementView },
        problems: [NotFound],
      },
      async ({ ctx, params, query }) => {
        const { account, rows, next } = await readAccountStatement(ctx.sql, ctx.actor, { id: params.id, query });
        const data = rows.map((row) => presentAccountEntry(row, account.currency));
        return { status: 200, body: { account: presentAccount(account, ctx.tenant.name), data, next } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/ledger/exports',
        summary: 'The journal as CSV, or as plain-text accounting (hledger, Ledger)',
        tag,
        can,
        audit: 'read',
        query: ExportQuery,
        responses: { 200: null },
        rateLimit: { points: 10, seconds: 600 },
      },
      ({ ctx, query }) => {
        ctx.audit.note({ details: { ...query } });
        const options = { resellerName: ctx.tenant.name, withChain: ctx.actor.agencyId === null };
        const batches = readJournal(ctx.sql, ctx.actor, query);
        const isCsv = query.format === 'csv';
        const stream = {
          contentType: isCsv ? 'text/csv; charset=utf-8' : 'text/plain; charset=utf-8',
          fileName: `ledger-${ctx.tenant.slug}.${isCsv ? 'csv' : 'journal'}`,
          data: isCsv ? journalCsv(batches, options) : plainTextJournal(batches, options),
        };
        return Promise.resolve({ status: 200, stream });
      },
    ),
  ];
}

const months = async (ctx: RequestContext) => ({
  status: 200,
  body: presentMonths(await listClosedMonths(ctx.sql), ctx.actor.agencyId === null),
});

/** Months that are closed: nothing is posted into them. */
export function monthRoutes({ clock, database }: { clock: Clock; database: Database }): Route[] {
  const responses = { 200: MonthList };
  const change = {
    method: 'post',
    tag,
    can: ['update', 'Ledger'],
    stepUp: true,
    body: MonthChange,
    responses,
  } as const;
  return [
    defineRoute(
      { method: 'get', path: '/ledger/months', summary: 'Closed months of the ledger', tag, can, responses },
      ({ ctx }) => months(ctx),
    ),
    defineRoute(
      {
        ...change,
        path: '/ledger/months',
        summary: 'Close a month and all before it',
        problems: [MonthNotEnded, MonthAlreadyClosed, BooksDoNotHold],
      },
      async ({ ctx, body }) => {
        await database.withTenant(ctx.tenant, (sql) =>
          closeMonth(sql, ctx.actor, { ...body, now: clock.now() }, ctx.audit),
        );
        return months(ctx);
      },
    ),
    defineRoute(
      {
        ...change,
        path: '/ledger/months/reopening',
        summary: 'Open the last closed month again',
        problems: [NotTheLastMonth],
      },
      async ({ ctx, body }) => {
        await database.withTenant(ctx.tenant, (sql) => reopenMonth(sql, ctx.actor, body, ctx.audit));
        return months(ctx);
      },
    ),
  ];
}
