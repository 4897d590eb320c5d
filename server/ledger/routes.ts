import type { Clock } from '../kernel/clock.ts';
import { defineRoute } from '../kernel/http/route.ts';
import type { Route } from '../kernel/http/route.ts';
import { presentAccount, presentTransaction, presentTrialBalance } from './presenter.ts';
import { listAccounts, listJournal } from './read-ledger.ts';
import { AccountList, BookQuery, JournalQuery, TransactionList, TrialBalanceView } from './schema.ts';

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
  ];
}
