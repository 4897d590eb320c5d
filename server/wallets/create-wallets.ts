import { systemClock } from '../kernel/clock.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import { createFairShare } from '../kernel/http/fair-share.ts';
import type { Tenant } from '../kernel/http/context.ts';
import type { CollectPages } from '../payments/index.ts';
import { fundsBackConsumer, type BlockedAttempt } from './funds-back.ts';
import { changeRoutes, readRoutes, type CreditCapFor } from './routes.ts';
import { tellShort } from './tell-short.ts';
import { createWalletNotices, type PeopleOf, type PersonOf } from './wallet-notices.ts';
import { foreignRoutes } from './foreign/routes.ts';
import { currencyRoutes } from './foreign/currency-routes.ts';
import { statementRoutes } from './statement/routes.ts';
import { termsRoutes } from './terms-routes.ts';
import { topUpConsumer } from './top-ups/card.ts';
import { topUpRoutes } from './top-ups/routes.ts';

export interface WalletsDeps {
  database: Database;
  clock?: Clock;
  /** Where cards are paid. */
  pages: CollectPages;
  /** Who answers for an agency, or for the reseller (null), and where they sign in. */
  peopleOf: PeopleOf;
  /** Somebody who may be written to; nobody if left out. */
  personOf?: PersonOf;
  /** What the reseller lets agencies give; no limit if left out. */
  creditCapFor?: CreditCapFor;
}

/** The wallets' routes and consumers. Holds, captures and adjustments of other modules are functions that take the caller's transaction. */
export function createWallets({ database, clock = systemClock, pages, peopleOf, personOf, creditCapFor }: WalletsDeps) {
  const deps = {
    database,
    clock,
    pages,
    creditCapFor: creditCapFor ?? (() => Promise.resolve(null)),
    drawing: createFairShare({ atOnce: 1, waiting: 8, waitMs: 10_000 }),
  };
  return {
    routes: [
      ...readRoutes(),
      ...changeRoutes(deps),
      ...termsRoutes(deps),
      ...statementRoutes(deps),
      ...topUpRoutes(deps),
      ...currencyRoutes(deps),
      ...foreignRoutes(deps),
    ],
    consumers: [topUpConsumer(deps), fundsBackConsumer(deps)],
    /** Tells the ancestors whose wallets kept a booking from being made; after its rollback. */
    tellShort: (tenant: Tenant, error: unknown, attempt: BlockedAttempt) => tellShort(database, tenant, error, attempt),
    /** The mails that a wallet's event causes. */
    noticesOf: createWalletNotices({
      database,
      peopleOf,
      personOf: personOf ?? (() => Promise.resolve(undefined)),
    }),
  };
}

export type Wallets = ReturnType<typeof createWallets>;
