import { LRUCache } from 'lru-cache';
import type { RequestContext } from '../kernel/http/context.ts';
import { NotFound } from '../kernel/errors.ts';
import { compileRules, type CompiledRules } from './compile-rules.ts';
import type { ExchangeTable } from './exchange/exchange-table.ts';
import type { ChainLevel, PlatformFeePlan, PriceOfferInput, TierTable } from './price-offer.ts';
import { SellerNotApproved } from './problems.ts';
import { findRulesOf, readSeller, toMarkupRule, type SellerRow } from './repository.ts';

/** Who asks for a price, and where: a request's context, or the same made by a job. */
export type PricingScope = Pick<RequestContext, 'sql' | 'tenant' | 'brand' | 'actor'>;

/** All that prices an offer for one seller; spread it into `priceOffer`. `chain` runs from the reseller down to the selling agency. */
export interface SellerPricing {
  readonly sellerAgencyId: string | null;
  readonly chain: readonly ChainLevel[];
  readonly rulesByOwner: CompiledRules;
  readonly tiers: TierTable;
  readonly platformFee: PlatformFeePlan;
  readonly guard: NonNullable<PriceOfferInput['guard']>;
  readonly exchange: ExchangeTable;
}

const KEPT_SELLERS = 2000;
const AGENCY_STAFF: readonly string[] = ['agent', 'agency_admin'];
const RESELLER_STAFF: readonly string[] = ['reseller_admin', 'reseller_staff'];

/**
 * Who sells: an agency's people their own agency whatever host they are on, the reseller's people the reseller, everybody else (visitors,
 * customers) the owner of the brand.
 */
export function sellerOf({ actor, brand }: Pick<PricingScope, 'actor' | 'brand'>): string | null {
  // Who acts as a customer sells for the customer's agency, wherever it signed in.
  if (actor.actingParty?.kind === 'user') return actor.agencyId;
  if (actor.role !== null && AGENCY_STAFF.includes(actor.role)) return actor.agencyId;
  if (actor.role !== null && RESELLER_STAFF.includes(actor.role)) return null;
  return brand.agencyId;
}

/**
 * Makes the function that answers a request's prices. Compiled rules are kept in the process and compared, at each use, with a stamp read
 * in the same statement as chain and tiers: one query when nothing changed, two when a rule did, and never an old price.
 */
export function createPricingFor() {
  const compiled = new LRUCache<string, { stamp: string; rules: CompiledRules }>({ max: KEPT_SELLERS });

  async function rulesFor(
    scope: Pick<PricingScope, 'sql' | 'tenant'>,
    key: string,
    seller: SellerRow,
  ): Promise<CompiledRules> {
    const kept = compiled.get(key);
    if (kept?.stamp === seller.stamp) return kept.rules;
    const rows = await findRulesOf(
      scope.sql,
      seller.chain.map(({ id }) => id),
    );
    const rules = compileRules(rows.map(toMarkupRule));
    // Rules that changed between the two reads are newer than the stamp: the next use sees another stamp and reads again.
    compiled.set(key, { stamp: seller.stamp, rules });
    return rules;
  }

  /** @throws NotFound for an unknown agency, SellerNotApproved when it or one above it may not sell */
  async function pricingOfSeller(
    scope: Pick<PricingScope, 'sql' | 'tenant'>,
    sellerAgencyId: string | null,
  ): Promise<SellerPricing> {
    const { feePercentBp, feeFixedMinor } = scope.tenant.plan;
    const seller = await readSeller(scope.sql, sellerAgencyId);
    if (sellerAgencyId !== null && seller.chain.length === 0) throw NotFound({ what: 'The selling agency' });
    if (seller.chain.some(({ state }) => state !== 'approved')) throw SellerNotApproved();
    return {
      sellerAgencyId,
      chain: toChain(seller),
      rulesByOwner: await rulesFor(scope, `${scope.tenant.id}:${sellerAgencyId ?? ''}`, seller),
      tiers: toTierTable(seller.tiers),
      platformFee: { percentOfNetBp: feePercentBp, fixedMinor: feeFixedMinor, paidFrom: 'margin' },
      guard: toGuard(seller),
      exchange: toExchange(seller, scope.tenant),
    };
  }

  return {
    pricingFor: (scope: PricingScope): Promise<SellerPricing> => pricingOfSeller(scope, sellerOf(scope)),
    pricingOfSeller,
  };
}

/** From the reseller, whose minimum margin no tier's discount eats, down to the seller. */
export const toChain = ({ chain, settings }: Pick<SellerRow, 'chain' | 'settings'>): ChainLevel[] => [
  { agencyId: null, minMarginMinor: settings.minMarginMinor },
  ...chain.map(({ id, tier }) => ({ agencyId: id, tier })),
];

export const toGuard = ({ settings }: Pick<SellerRow, 'settings'>): SellerPricing['guard'] => ({
  mode: settings.guardMode,
  floorMinor: settings.floorMinor,
});

export const toExchange = ({ exchange }: Pick<SellerRow, 'exchange'>, tenant: { currency: string }): ExchangeTable => ({
  to: tenant.currency,
  ...exchange,
});

export function toTierTable(tiers: SellerRow['tiers']): TierTable {
  const rows = Object.entries(tiers);
  return {
    commissionBp: Object.fromEntries(rows.map(([tier, [commission]]) => [tier, commission])),
    markupDiscountBp: Object.fromEntries(rows.map(([tier, [, discount]]) => [tier, discount])),
  };
}
