import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { Forbidden, NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { changeLowBalance, changeTerms } from './change-terms.ts';
import { CurrencyMismatch, WalletMissing } from './errors.ts';
import { presentAgeing, presentTotals, presentWallet } from './presenter.ts';
import { ageWallets, listAgeing } from './read-ageing.ts';
import { openWallet } from './read-wallets.ts';
import { AgeingList, AgeingView, LowBalanceUpdate, TermsUpdate, WalletListQuery, WalletView } from './schema.ts';
import { must } from '../kernel/must.ts';

const tag = 'wallets';

/** The API of what wallets may owe, for how long, and when somebody is told. */
export function termsRoutes({ database, clock }: { database: Database; clock: Clock }): Route[] {
  const answer = async ({ sql, actor, tenant }: RequestContext, id: string) => ({
    status: 200,
    body: presentWallet(await openWallet(sql, actor, id), { actor, resellerName: tenant.name }),
  });
  const can = ['read', 'Wallet'] as const;
  return [
    defineRoute(
      {
        method: 'get',
        path: '/wallets/ageing',
        summary: 'What the agencies directly below owe, by how long it is overdue',
        tag,
        can,
        query: WalletListQuery,
        responses: { 200: AgeingList },
      },
      async ({ ctx: { sql, actor, tenant }, query }) => {
        const { rows, next, totals } = await listAgeing(sql, actor, query, clock.now());
        const data = rows.map((row) => presentAgeing(row, tenant.name));
        return { status: 200, body: { data, next, totals: presentTotals(totals) } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/agencies/:id/wallet/ageing',
        summary: 'What a wallet owes, by how long it is overdue',
        tag,
        can,
        params: IdParams,
        responses: { 200: AgeingView },
        problems: [NotFound],
      },
      async ({ ctx: { sql, actor, tenant }, params }) => {
        const wallet = await openWallet(sql, actor, params.id);
        const [aged] = await ageWallets(sql, [wallet], clock.now());
        return { status: 200, body: presentAgeing(must(aged, 'the age of a wallet'), tenant.name) };
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/agencies/:id/wallet/terms',
        summary: 'Set when debts of a wallet are due and when they block bookings (its parent)',
        tag,
        can: ['adjust', 'Wallet'],
        stepUp: true,
        params: IdParams,
        body: TermsUpdate,
        responses: { 200: WalletView },
        problems: [NotFound, Forbidden, WalletMissing],
      },
      async ({ ctx, params, body }) => {
        await openWallet(ctx.sql, ctx.actor, params.id, 'adjust');
        const change = { agencyId: params.id, ...body };
        await database.withTenant(ctx.tenant, (sql) => changeTerms(sql, change, ctx.audit));
        return answer(ctx, params.id);
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/agencies/:id/wallet/low-balance',
        summary: 'Set below what is left the agency is told (the agency)',
        tag,
        can: ['update', 'Wallet'],
        params: IdParams,
        body: LowBalanceUpdate,
        responses: { 200: WalletView },
        problems: [NotFound, Forbidden, WalletMissing, CurrencyMismatch],
      },
      async ({ ctx, params, body }) => {
        const { currency } = await openWallet(ctx.sql, ctx.actor, params.id, 'update');
        const { lowBalance } = body;
        if (lowBalance && lowBalance.currency !== currency)
          throw CurrencyMismatch({ wallet: currency, given: lowBalance.currency });
        const change = { agencyId: params.id, lowMinor: lowBalance?.amount ?? null };
        await database.withTenant(ctx.tenant, (sql) => changeLowBalance(sql, change, ctx.audit));
        return answer(ctx, params.id);
      },
    ),
  ];
}
