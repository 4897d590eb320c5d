import { platformKey } from '../kernel/redis.ts';
import type { Redis } from '../kernel/redis.ts';

const LIFETIME_SECONDS = 2 * 3600;
const BOOKED = 'booked';

/** Who may order from a supplier's search, where one search allows one order though many shoppers share its cached answer. */
export function createSearchClaims(redis: Redis, account: string) {
  const keyOf = (supplierSearchId: string) => platformKey('search-claim', account, supplierSearchId);
  return {
    /** True when `owner` has the claim now. A Redis that is away answers false: a search of one's own is always safe. */
    async claim(supplierSearchId: string, owner: string): Promise<boolean> {
      const taken = await redis.set(keyOf(supplierSearchId), owner, 'EX', LIFETIME_SECONDS, 'NX').catch(() => null);
      if (taken === 'OK') return true;
      return (await redis.get(keyOf(supplierSearchId)).catch(() => null)) === owner;
    },
    /** The search's order was made: nobody else's turn any more, not even the owner's. */
    async spend(supplierSearchId: string): Promise<void> {
      await redis.set(keyOf(supplierSearchId), BOOKED, 'EX', LIFETIME_SECONDS).catch(() => null);
    },
  };
}

export type SearchClaims = ReturnType<typeof createSearchClaims>;
