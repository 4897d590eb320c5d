import type { Clock } from '../kernel/clock.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { Database } from '../kernel/database/database.ts';
import { defineRoute } from '../kernel/http/route.ts';
import type { Route } from '../kernel/http/route.ts';
import { newId } from '../kernel/ids.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { adjust, changeCreditLimit } from './change-wallet.ts';
import { CurrencyMismatch, LimitAboveNetwork, LimitAboveParent, WalletMissing } from './errors.ts';
import { adjustForeign } from './foreign/adjust-foreign.ts';
import { CurrencyNotAccepted, ForeignBalanceShort } from './foreign/errors.ts';
import { presentEntry, presentWallet } from './presenter.ts';
import { listEntries, listWallets, openWallet } from './read-wallets.ts';
import {
  AdjustmentCreate,
  CreditLimitUpdate,
  WalletEntryList,
  WalletEntryQuery,
  WalletEntryView,
  WalletList,
  WalletListQuery,
  WalletView,
} from './schema.ts';

const tag = 'wallets';

function checkCurrency(wallet: { currency: string }, given: { currency: string }): void {
  if (wallet.currency !== given.currency) throw CurrencyMismatch({ wallet: wallet.currency, given: given.currency });
}

export function readRoutes(): Route[] {
  const can = ['read', 'Wallet'] as const;
  return [
    defineRoute(
      {
        method: 'get',
        path: '/wallets',
        summary: 'Wallets of the agencies you may see',
        tag,
        can,
        query: WalletListQuery,
        responses: { 200: WalletList },
      },
      async ({ ctx, query }) => {
        const { rows, next } = await listWallets(ctx.sql, ctx.actor, query);
        return {
          status: 200,
          body: {
            data: rows.map((row) => presentWallet(row, { actor: ctx.actor, resellerName: ctx.tenant.name })),
            next,
          },
        };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/agencies/:id/wallet',
        summary: 'Wallet of an agency with its parent',
        tag,
        can,
        params: IdParams,
        responses: { 200: WalletView },
      },
      async ({ ctx, params }) => {
        const wallet = await openWallet(ctx.sql, ctx.actor, params.id);
        return { status: 200, body: presentWallet(wallet, { actor: ctx.actor, resellerName: ctx.tenant.name }) };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/agencies/:id/wallet/entries',
        summary: 'What happened in the wallet, newest first',
        tag,
        can,
        params: IdParams,
        query: WalletEntryQuery,
        responses: { 200: WalletEntryList },
      },
      async ({ ctx, params, query }) => {
        const wallet = await openWallet(ctx.sql, ctx.actor, params.id);
        const { rows, next } = await listEntries(ctx.sql, wallet.id, query);
        return { status: 200, body: { data: rows.map((row) => presentEntry(row, wallet.currency)), next } };
      },
    ),
  ];
}

/** The most credit an actor may give an agency, minor units; null: no limit was set. */
export type CreditCapFor = (sql: TenantSql, actor: Actor, agencyId: string) => Promise<number | null>;

export function changeRoutes({
  database,
  clock,
  creditCapFor,
}: {
  database: Database;
  clock: Clock;
  creditCapFor: CreditCapFor;
}): Route[] {
  const can = ['adjust', 'Wallet'] as const;
  return [
    defineRoute(
      {
        method: 'post',
        path: '/agencies/:id/wallet/adjustments',
        summary: 'Top up or correct a wallet (its parent)',
        tag,
        can,
        stepUp: true,
        idempotent: true,
        params: IdParams,
        body: AdjustmentCreate,
        responses: { 201: WalletEntryView },
        problems: [CurrencyNotAccepted, ForeignBalanceShort, WalletMissing],
      },
      async ({ ctx, params, body }) => {
        const wallet = await openWallet(ctx.sql, ctx.actor, params.id, 'adjust');
        const { currency } = body.amount;
        const change = {
          agencyId: params.id,
          amountMinor: body.amount.amount,
          kind: body.kind,
          reason: body.reason,
          key: ctx.idempotentId ?? newId(),
          actorId: ctx.actor.id,
          occurredAt: clock.now(),
        };
        const entry = await database.withTenant(ctx.tenant, async (sql) =>
          currency === wallet.currency
            ? adjust(sql, change, ctx.audit)
            : { ...(await adjustForeign(sql, { ...change, currency }, ctx.audit)), held_after_minor: 0 },
        );
        return { status: 201, body: presentEntry(entry, currency) };
      },
    ),
    defineRoute(
      {
        method: 'put',
        path: '/agencies/:id/credit-limit',
        summary: 'Set how far a wallet may go below zero (its parent)',
        tag,
        can,
        stepUp: true,
        params: IdParams,
        body: CreditLimitUpdate,
        responses: { 200: WalletView },
        problems: [CurrencyMismatch, LimitAboveNetwork, LimitAboveParent, WalletMissing],
      },
      async ({ ctx, params, body }) => {
        checkCurrency(await openWallet(ctx.sql, ctx.actor, params.id, 'adjust'), body.creditLimit);
        await database.withTenant(ctx.tenant, async (sql) => {
          const capMinor = await creditCapFor(sql, ctx.actor, params.id);
          const limitMinor = body.creditLimit.amount;
          await changeCreditLimit(sql, { agencyId: params.id, limitMinor, capMinor, actorId: ctx.actor.id }, ctx.audit);
        });
        const wallet = await openWallet(ctx.sql, ctx.actor, params.id);
        return { status: 200, body: presentWallet(wallet, { actor: ctx.actor, resellerName: ctx.tenant.name }) };
      },
    ),
  ];
}
