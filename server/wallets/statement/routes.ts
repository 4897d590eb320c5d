import { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { Day, IdParams } from '../../kernel/http/wire.ts';
import { openWallet } from '../read-wallets.ts';
import { readStatement, type WalletStatement } from './read-statement.ts';
import { statementCsv, statementPdf } from './render-statement.ts';

/** Longer ones are asked for in parts. */
const MOST_DAYS = 366;

/** First and last day, UTC, both included; from the first of the month to today where they are left out. */
const StatementQuery = z
  .strictObject({ from: Day.optional(), to: Day.optional() })
  .refine(
    ({ from, to }) => !from || !to || (from <= to && Date.parse(to) - Date.parse(from) < MOST_DAYS * 86_400_000),
    {
      error: `"to" must not be before "from", nor more than ${MOST_DAYS} days later`,
      path: ['to'],
    },
  );
type StatementQuery = z.infer<typeof StatementQuery>;

/** The statement of a wallet, as a table and to print. */
export function statementRoutes({ clock }: { clock: Clock }): Route[] {
  const shared = {
    method: 'get',
    tag: 'wallets',
    can: ['read', 'Wallet'],
    params: IdParams,
    query: StatementQuery,
    responses: { 200: null },
    problems: [NotFound],
  } as const;
  const read = async ({ sql, actor }: RequestContext, id: string, query: StatementQuery): Promise<WalletStatement> => {
    const to = query.to ?? clock.now().toISOString().slice(0, 10);
    return readStatement(sql, await openWallet(sql, actor, id), { from: query.from ?? `${to.slice(0, 7)}-01`, to });
  };
  const nameOf = ({ from, to }: WalletStatement, extension: string) => `wallet-${from}-${to}.${extension}`;
  return [
    defineRoute(
      { ...shared, path: '/agencies/:id/wallet/statement/csv', summary: 'What moved the balance, as CSV' },
      async ({ ctx, params, query }) => {
        const statement = await read(ctx, params.id, query);
        const data = statementCsv(statement, ctx.locale);
        return {
          status: 200,
          stream: { contentType: 'text/csv; charset=utf-8', fileName: nameOf(statement, 'csv'), data },
        };
      },
    ),
    defineRoute(
      { ...shared, path: '/agencies/:id/wallet/statement/pdf', summary: 'What moved the balance, as PDF' },
      async ({ ctx, params, query }) => {
        const { locale, brand, tenant } = ctx;
        const dress = { locale, brand, resellerName: tenant.name, now: clock.now() };
        const statement = await read(ctx, params.id, query);
        const data = await statementPdf(statement, dress);
        return { status: 200, binary: { contentType: 'application/pdf', data, fileName: nameOf(statement, 'pdf') } };
      },
    ),
  ];
}
