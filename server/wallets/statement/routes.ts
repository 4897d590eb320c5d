import type { Clock } from '../../kernel/clock.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import type { FairShare } from '../../kernel/http/fair-share.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { IdParams } from '../../kernel/http/wire.ts';
import { openWallet } from '../read-wallets.ts';
import { daysOf, statementQuery, type Days } from './days.ts';
import { readStatement, type WalletStatement } from './read-statement.ts';
import { statementCsv, statementPdf } from './render-statement.ts';

export interface StatementDeps {
  clock: Clock;
  /** Drawing takes a core: a tenant draws one document at a time. */
  drawing: FairShare;
}

/** The statement of a wallet, as a table and to print. */
export function statementRoutes({ clock, drawing }: StatementDeps): Route[] {
  const shared = {
    method: 'get',
    tag: 'wallets',
    can: ['read', 'Wallet'],
    params: IdParams,
    query: statementQuery(clock),
    responses: { 200: null },
    problems: [NotFound],
  } as const;
  const read = async ({ sql, actor }: RequestContext, id: string, query: Days): Promise<WalletStatement> =>
    readStatement(sql, await openWallet(sql, actor, id), daysOf(query, clock.now()));
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
        const data = await drawing.run(tenant.id, () => statementPdf(statement, dress));
        return { status: 200, binary: { contentType: 'application/pdf', data, fileName: nameOf(statement, 'pdf') } };
      },
    ),
  ];
}
