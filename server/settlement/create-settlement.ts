import { transferConsumers } from './pay-by-transfer.ts';
import { payoutRoutes } from './payout-routes.ts';
import { statementChangeRoutes, statementReadRoutes, type SettlementDeps } from './statement-routes.ts';
import { accountRoutes, termsRoutes } from './terms-routes.ts';

/** Statements, payouts and terms; closing by the clock is `settleAgencies`. */
export function createSettlement(deps: SettlementDeps) {
  return {
    consumers: transferConsumers(deps),
    routes: [
      ...statementReadRoutes(),
      ...statementChangeRoutes(deps),
      ...payoutRoutes(deps),
      ...termsRoutes(deps),
      ...accountRoutes(deps),
    ],
  };
}

export type Settlement = ReturnType<typeof createSettlement>;
