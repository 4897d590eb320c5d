import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import { Forbidden, NotFound } from '../../kernel/errors.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { IdParams } from '../../kernel/http/wire.ts';
import { newId } from '../../kernel/ids.ts';
import { must } from '../../kernel/must.ts';
import { WalletMissing } from '../errors.ts';
import { openWallet } from '../read-wallets.ts';
import { statementCsv } from '../statement/render-statement.ts';
import { daysOf, statementQuery } from '../statement/days.ts';
import { switchAutoExchange } from './change-currencies.ts';
import { confirmExchange } from './confirm-exchange.ts';
import {
  CurrencyNotAccepted,
  ExchangeQuoteExpired,
  ExchangeTooSmall,
  ForeignBalanceShort,
  NoExchangeRate,
} from './errors.ts';
import { findExchange } from './exchange-repository.ts';
import { presentBalances, presentExchange, presentForeignEntry } from './presenter.ts';
import { quoteExchange } from './quote-exchange.ts';
import { listExchanges, listForeignEntries, readForeignStatement } from './read-foreign.ts';
import { readWalletRates } from './read-rate.ts';
import { listBalances } from './repository.ts';
import {
  AgencyCurrencyParams,
  AutoExchangeUpdate,
  ExchangeCreate,
  ExchangeList,
  ExchangeQuery,
  ExchangeView,
  ForeignBalancesView,
  ForeignEntryList,
  ForeignEntryQuery,
} from './schema.ts';

const tag = 'wallets';
const READ = ['read', 'Wallet'] as const;
const PAY_IN = ['update', 'Wallet'] as const;

/** The API of balances in other currencies, and of exchanging them into the wallet's own. */
export function foreignRoutes({ database, clock }: { database: Database; clock: Clock }): Route[] {
  const balances = async ({ sql, actor }: RequestContext, id: string) => {
    const wallet = await openWallet(sql, actor, id);
    const rates = await readWalletRates(sql, wallet, clock.now());
    const body = presentBalances(wallet, { balances: await listBalances(sql, wallet.id), rates, actor });
    return { status: 200, body };
  };
  /** A balance with its wallet; null where nothing was ever paid in. */
  const openBalance = async ({ sql, actor }: RequestContext, { id, currency }: { id: string; currency: string }) => {
    const wallet = await openWallet(sql, actor, id);
    const balance = (await listBalances(sql, wallet.id)).find((one) => one.currency === currency);
    return { wallet, balanceId: balance?.id ?? null };
  };
  const present = ({ tenant }: RequestContext) => ({ resellerName: tenant.name, now: clock.now() });
  return [
    defineRoute(
      {
        method: 'get',
        path: '/agencies/:id/wallet/currencies',
        summary: 'What a wallet holds in other currencies, and what it would be exchanged for',
        tag,
        can: READ,
        params: IdParams,
        responses: { 200: ForeignBalancesView },
        problems: [NotFound],
      },
      ({ ctx, params }) => balances(ctx, params.id),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/agencies/:id/wallet/currencies/:currency/entries',
        summary: 'What happened in a balance, newest first',
        tag,
        can: READ,
        params: AgencyCurrencyParams,
        query: ForeignEntryQuery,
        responses: { 200: ForeignEntryList },
        problems: [NotFound],
      },
      async ({ ctx, params, query }) => {
        const { balanceId } = await openBalance(ctx, params);
        const { rows, next } = await listForeignEntries(ctx.sql, balanceId, query);
        return { status: 200, body: { data: rows.map((row) => presentForeignEntry(row, params.currency)), next } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/agencies/:id/wallet/currencies/:currency/statement/csv',
        summary: 'What moved a balance in another currency, as CSV',
        tag,
        can: READ,
        params: AgencyCurrencyParams,
        query: statementQuery(clock),
        responses: { 200: null },
        problems: [NotFound],
      },
      async ({ ctx, params: { id, currency }, query }) => {
        const { wallet, balanceId } = await openBalance(ctx, { id, currency });
        const days = daysOf(query, clock.now());
        const statement = await readForeignStatement(ctx.sql, wallet, { balanceId, currency, ...days });
        const fileName = `wallet-${currency.toLowerCase()}-${days.from}-${days.to}.csv`;
        const data = statementCsv(statement, ctx.locale);
        return { status: 200, stream: { contentType: 'text/csv; charset=utf-8', fileName, data } };
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/agencies/:id/wallet/auto-exchange',
        summary: 'Whether what a booking lacks is exchanged from other currencies by itself (the agency)',
        tag,
        can: PAY_IN,
        params: IdParams,
        body: AutoExchangeUpdate,
        responses: { 200: ForeignBalancesView },
        problems: [NotFound, Forbidden, WalletMissing],
      },
      async ({ ctx, params, body }) => {
        await openWallet(ctx.sql, ctx.actor, params.id, 'update');
        const change = { agencyId: params.id, isOn: body.autoExchange, now: clock.now() };
        await database.withTenant(ctx.tenant, (sql) => switchAutoExchange(sql, change, ctx.audit));
        return balances(ctx, params.id);
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/agencies/:id/wallet/exchanges',
        summary: 'Ask for an exchange: a quote that stands for a minute',
        tag,
        can: PAY_IN,
        rateLimit: { points: 60, seconds: 60 },
        params: IdParams,
        body: ExchangeCreate,
        responses: { 201: ExchangeView },
        problems: [
          NotFound,
          Forbidden,
          WalletMissing,
          CurrencyNotAccepted,
          NoExchangeRate,
          ForeignBalanceShort,
          ExchangeTooSmall,
        ],
      },
      async ({ ctx, params, body }) => {
        await openWallet(ctx.sql, ctx.actor, params.id, 'update');
        const request = { id: newId(), agencyId: params.id, askedBy: ctx.actor.id, now: clock.now(), ...body };
        const quote = await database.withTenant(ctx.tenant, (sql) => quoteExchange(sql, request));
        return { status: 201, body: presentExchange(quote, present(ctx)) };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/wallet-exchanges',
        summary: 'Exchanges of the wallets you may see, and quotes not taken, newest first',
        tag,
        can: READ,
        query: ExchangeQuery,
        responses: { 200: ExchangeList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listExchanges(ctx.sql, ctx.actor, query);
        return { status: 200, body: { data: rows.map((row) => presentExchange(row, present(ctx))), next } };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/wallet-exchanges/:id/confirmation',
        summary: 'Take a quote: the exchange is done, once',
        tag,
        can: PAY_IN,
        idempotent: true,
        params: IdParams,
        responses: { 200: ExchangeView },
        problems: [NotFound, Forbidden, WalletMissing, ExchangeQuoteExpired, ForeignBalanceShort],
      },
      async ({ ctx, params }) => {
        const take = { id: params.id, now: clock.now() };
        await database.withTenant(ctx.tenant, (sql) => confirmExchange(sql, ctx.actor, take, ctx.audit));
        const done = must(await findExchange(ctx.sql, params.id), `the exchange ${params.id}`);
        return { status: 200, body: presentExchange(done, present(ctx)) };
      },
    ),
  ];
}
