import { abilityFor, as, authorize } from '../../access/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/database/database.ts';
import { Forbidden, NotFound, ValidationFailed } from '../../kernel/errors.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { defineRoute, type Route } from '../../kernel/http/route.ts';
import { acceptCurrency, closeCurrency } from './change-currencies.ts';
import { listAccepted } from './repository.ts';
import { CurrencyParam, WalletCurrencyList, WalletCurrencyPut } from './schema.ts';

const tag = 'wallets';

/** Any wallet directly below the actor's own level. */
const keptBy = ({ agencyId, agencyPath }: Actor) => ({ agencyId: null, agencyPath, parentAgencyId: agencyId });

/** The API of what other currencies one's own level takes from the agencies directly below it. */
export function currencyRoutes({ database }: { database: Database; clock: Clock }): Route[] {
  const answer = async ({ sql, actor, tenant }: RequestContext) => ({
    status: 200,
    body: {
      sellingCurrency: tenant.currency,
      canChange: abilityFor(actor).can('adjust', as('Wallet', keptBy(actor))),
      data: (await listAccepted(sql, actor.agencyId)).map((row) => ({
        currency: row.currency,
        spreadBp: row.spread_bp,
        isOpen: row.is_open,
        updatedAt: row.updated_at.toISOString(),
      })),
    },
  });
  const change = (ctx: RequestContext, work: Parameters<typeof database.withTenant<void>>[1]) => {
    authorize(ctx.actor, 'adjust', 'Wallet', keptBy(ctx.actor));
    return database.withTenant(ctx.tenant, work);
  };
  const doerOf = ({ actor, tenant, audit }: RequestContext) => ({
    parentId: actor.agencyId,
    actorId: actor.id,
    sellingCurrency: tenant.currency,
    audit,
  });
  const shared = { tag, responses: { 200: WalletCurrencyList } } as const;
  const edit = { ...shared, can: ['adjust', 'Wallet'], params: CurrencyParam } as const;
  return [
    defineRoute(
      {
        ...shared,
        method: 'get',
        path: '/wallet-currencies',
        summary: 'Other currencies you take from the agencies directly below you',
        can: ['read', 'Wallet'],
      },
      ({ ctx }) => answer(ctx),
    ),
    defineRoute(
      {
        ...edit,
        method: 'put',
        path: '/wallet-currencies/:currency',
        summary: 'Take a currency, at a spread below the middle rate; quotes keep theirs',
        body: WalletCurrencyPut,
        problems: [ValidationFailed, Forbidden],
      },
      async ({ ctx, params, body }) => {
        await change(ctx, (sql) => acceptCurrency(sql, doerOf(ctx), params.currency, body.spreadBp));
        return answer(ctx);
      },
    ),
    defineRoute(
      {
        ...edit,
        method: 'delete',
        path: '/wallet-currencies/:currency',
        summary: 'Take no more of a currency; what agencies have in it they may still exchange',
        problems: [NotFound, Forbidden],
      },
      async ({ ctx, params }) => {
        await change(ctx, (sql) => closeCurrency(sql, doerOf(ctx), params.currency));
        return answer(ctx);
      },
    ),
  ];
}
