import { multiplyRational } from '../kernel/money.ts';
import type { Money } from '../kernel/money.ts';
import { exchangeAmount, exchangeNet, priceOffer, viewBuildUp } from '../pricing/index.ts';
import type { Audience, BuildUp, OfferFacts } from '../pricing/index.ts';
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

/** Offers that were not priced for want of a rate, by currency. */
export type LeftOut = Map<string, number>;

/** A closed group is whoever signed in: nobody else may be shown a hotel below its suggested selling price. */
export const audienceOf = (segment: OfferFacts['segment']): Audience =>
  segment === 'guest' ? 'public' : 'closed_group';

/**
 * Prices what a supplier asks for the seller, in the seller's currency; null when the margin guard forbids to sell it, or when there is no
 * usable rate of its currency, which `leftOut` counts.
 */
export function priceFor(
  pricing: SellerPricing,
  { net, suggested }: { net: NetPrice; suggested?: Money | null | undefined },
  facts: OfferFacts,
  leftOut?: LeftOut,
): Priced | null {
  const { chain, rulesByOwner, tiers, platformFee, guard, exchange } = pricing;
  const exchanged = exchangeNet(net, exchange, facts.at);
  if (!exchanged.ok) {
    leftOut?.set(net.currency, (leftOut.get(net.currency) ?? 0) + 1);
    return null;
  }
  // At the rate of the net, so that between the two nothing moves but the markup.
  const suggestedMinor = suggested && exchangeAmount(suggested, exchange, facts.at);
  const buildUp = priceOffer({
    net: exchanged.net,
    facts,
    chain,
    rulesByOwner,
    tiers,
    platformFee,
    ...(guard ? { guard } : {}),
    ...(exchanged.fx ? { fx: exchanged.fx } : {}),
    ...(suggestedMinor ? { parity: { suggestedMinor, audience: audienceOf(facts.segment) } } : {}),
  });
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
