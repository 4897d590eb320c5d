import type Stripe from 'stripe';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/database/database.ts';
import type { Consumer } from '../kernel/outbox/consumers.ts';
import { refreshAccount } from './manage-account.ts';
import { connectRoutes } from './routes.ts';
import { createStripeAccounts } from './stripe-accounts.ts';
import { createStripeTransfers } from './stripe-transfers.ts';

export { PaymentAccountNotReady, PayoutAccountNotReady, StripeAway } from './errors.ts';
export { ownsAccount, paymentAccountOf, payoutAccountOf } from './manage-account.ts';
export type { StripeTransfers, TransferAnswer, TransferOrder } from './stripe-transfers.ts';

/** Connected accounts, and transfers to them. */
export function createConnect({ stripe, database, clock }: { stripe: Stripe; database: Database; clock: Clock }) {
  const deps = { database, clock, accounts: createStripeAccounts(stripe) };
  const refreshOnEvent: Consumer = {
    name: 'connect.refresh',
    kinds: ['connect.account_event@1'],
    handle: async (event, tenant) => {
      await refreshAccount(deps, tenant, { accountId: String(event.payload.accountId) });
    },
  };
  return {
    routes: connectRoutes(deps),
    consumers: [refreshOnEvent],
    transfers: createStripeTransfers(stripe),
  };
}

export type Connect = ReturnType<typeof createConnect>;
