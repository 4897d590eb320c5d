import { multiplyRational } from '../kernel/money.ts';
import { priceOffer, viewBuildUp } from '../pricing/index.ts';
import type { BuildUp, OfferFacts } from '../pricing/index.ts';
import type { NetPrice } from '../suppliers/index.ts';
import type { SellerPricing } from './seller-pricing.ts';

/** What the seller buys at, adds and earns; minor units of the offer's currency. */
export interface OwnPrice {
  buyPrice: number;
  markup: number;
  commission: number;
  sellPrice: number;
}

/** What a customer pays, and the seller's own figures. */
export interface ShownPrice {
  total: number;
  currency: string;
  own: OwnPrice;
}

export interface Priced {
  buildUp: BuildUp;
  shown: ShownPrice;
}

/** The seller's part of a build-up. Built from its own view, so that nothing of an ancestor can come along. */
export function showPrice(buildUp: BuildUp, sellerAgencyId: string | null): ShownPrice {
  const view = sellerAgencyId === null ? viewBuildUp(buildUp, null) : viewBuildUp(buildUp, sellerAgencyId);
  if (view.viewer === 'customer') throw new TypeError('A seller is an agency or the reseller.');
  const commission = view.viewer === 'agency' ? view.commission : 0;
  return {
    total: buildUp.customerTotal,
    currency: buildUp.currency,
    own: { buyPrice: view.buyPrice, markup: view.markup, commission, sellPrice: view.childPrice },
  };
}

/** Prices one net for the seller; null when the margin guard forbids to sell it. */
export function priceFor(pricing: SellerPricing, net: NetPrice, facts: OfferFacts): Priced | null {
  const { chain, rulesByOwner, tiers, platformFee, guard } = pricing;
  const buildUp = priceOffer({ net, facts, chain, rulesByOwner, tiers, platformFee, ...(guard ? { guard } : {}) });
  if (buildUp.guard.outcome === 'blocked') return null;
  return { buildUp, shown: showPrice(buildUp, pricing.sellerAgencyId) };
}

/**
 * What the customer gets back of `total` when the supplier refunds `refundNet` of `netTotal`: all of all, else in proportion, rounded
 * once. Bookings use the same, so that what a page promises is what is paid.
 */
export function scaleRefund(refundNet: number, netTotal: number, total: number): number {
  if (refundNet >= netTotal) return total;
  if (refundNet <= 0 || netTotal <= 0) return 0;
  return multiplyRational(total, refundNet, netTotal);
}
