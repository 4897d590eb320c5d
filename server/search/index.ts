import { NotFound } from '../kernel/errors.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import type { Route } from '../kernel/http/route.ts';
import { previewSample, type OfferPreviewRequest, type PreviewView } from '../pricing/index.ts';
import type { SearchDeps } from './deps.ts';
import { createFlights, type MadeQuote } from './flights.ts';
import { createHotels } from './hotels.ts';
import { readOfferId } from './offer-id.ts';
import { getQuote, type QuoteRow } from './repository.ts';
import { searchRoutes } from './routes.ts';
import { createSearchStore } from './search-store.ts';

export type { SearchDeps } from './deps.ts';
export type { MadeQuote } from './flights.ts';
export type { QuoteRow } from './repository.ts';
export { OfferExpired, OfferUnavailable, SupplierUnavailable } from './errors.ts';
export type { SearchAgain } from './errors.ts';
export { scaleRefund, showPrice } from './price.ts';
export type { OwnPrice } from './price.ts';
export { presentFlightOffer, presentOffer, presentOwnPrice, presentQuote, presentStayOffer } from './presenter.ts';
export type { PriceToShow } from './presenter.ts';
export { searchAgainLink } from './search-again.ts';
export { offerFacts, soldFacts } from './offer-facts.ts';
export { seesOwnPrice } from './seller-pricing.ts';
export type { PricingFor, SellerPricing } from './seller-pricing.ts';
export { FlightOfferView, OfferView, OwnPriceView, QuoteView, StayOfferView } from './schema.ts';

export interface SearchApi {
  /** A quote of the tenant the handle is bound to, expired or not; undefined for none. */
  getQuote(sql: TenantSql, quoteId: string): Promise<QuoteRow | undefined>;
  /**
   * Re-prices an offer of a flight or hotel search at the supplier and freezes its price as a quote.
   * @throws NotFound for an unknown, foreign or another seller's offer, OfferExpired with how to search again, OfferUnavailable,
   * SupplierUnavailable
   */
  quoteOffer(ctx: RequestContext, offerId: string): Promise<MadeQuote>;
}

/** Search of flights and stays: supplier answers cached once for all, priced for each seller, frozen as quotes. */
export function createSearch(deps: SearchDeps): { routes: Route[]; api: SearchApi } {
  const store = createSearchStore(deps);
  const flights = createFlights({ ...deps, store });
  const hotels = createHotels({ ...deps, store });

  async function quoteOffer(ctx: RequestContext, offerId: string): Promise<MadeQuote> {
    const named = readOfferId(offerId);
    if (!named) throw NotFound({ what: 'This offer' });
    return named.product === 'flight'
      ? flights.quote(ctx, named.searchId, named.n)
      : hotels.quote(ctx, named.searchId, named.hotel, named.n);
  }

  async function previewOffer(ctx: RequestContext, offerId: string, wish: OfferPreviewRequest): Promise<PreviewView> {
    const named = readOfferId(offerId);
    if (!named) throw NotFound({ what: 'This offer' });
    const { searchId, n } = named;
    const sample = await (named.product === 'flight'
      ? flights.sample(ctx, searchId, n)
      : hotels.sample(ctx, searchId, named.hotel, n));
    return previewSample(ctx, sample, wish);
  }

  return { routes: searchRoutes({ flights, hotels, quoteOffer, previewOffer }), api: { getQuote, quoteOffer } };
}
