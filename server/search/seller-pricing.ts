import { guardedFields } from '../access/index.ts';
import type { Actor } from '../kernel/http/actor.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import type {
  ChainLevel,
  CompiledRules,
  ExchangeTable,
  PlatformFeePlan,
  PriceOfferInput,
  TierTable,
} from '../pricing/index.ts';

/** All that prices an offer for one seller. `chain` runs from the reseller down to the selling agency. */
export interface SellerPricing {
  readonly sellerAgencyId: string | null;
  readonly chain: readonly ChainLevel[];
  readonly rulesByOwner: CompiledRules;
  readonly tiers: TierTable;
  readonly platformFee: PlatformFeePlan;
  readonly guard?: PriceOfferInput['guard'];
  readonly exchange: ExchangeTable;
}

/** Gives the pricing of the request's seller: whose chain, rules, tiers and fee. Cached by whoever implements it. */
export type PricingFor = (ctx: RequestContext) => Promise<SellerPricing>;

/** Whether the actor belongs to the seller and may see what it buys at and earns. */
export function seesOwnPrice(actor: Actor, sellerAgencyId: string | null): boolean {
  return guardedFields(actor, 'see', 'Offer', { sellerAgencyId }).has('own');
}
