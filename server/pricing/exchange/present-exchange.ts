import type { FrozenExchange } from './exchange-table.ts';
import type { FrozenExchangeView } from './schema.ts';

/** An exchange for the reseller, whose suppliers and rates they are. */
export const presentExchange = ({ net, rate, earningMinor }: FrozenExchange): FrozenExchangeView => ({
  net: { amount: net.total, currency: net.currency },
  mid: rate.mid,
  spreadBp: rate.spreadBp,
  source: rate.source,
  at: rate.at,
  earningMinor,
});
