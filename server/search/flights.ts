import { NotFound, ValidationFailed } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import { countLeftOut, sellerOf } from '../pricing/index.ts';
import type { BuildUp, PreviewSample } from '../pricing/index.ts';
import { OfferGone, SupplierError } from '../suppliers/index.ts';
import type { FlightCriteria, FlightOffer, FlightResults } from '../suppliers/index.ts';
import { RETRY_AFTER_MS, type SearchDeps } from './deps.ts';
import { OfferExpired, OfferUnavailable, SupplierUnavailable } from './errors.ts';
import { countFlightFacets, filterFlights, sortFlights } from './flight-results.ts';
import type { FlightFacetCounts, PricedFlight } from './flight-results.ts';
import { sameItinerary } from './same-itinerary.ts';
import { flightFacts, saleFacts } from './offer-facts.ts';
import { paginate } from './page-cursor.ts';
import { toPassengers } from './passengers.ts';
import { priceFor, showPrice, type LeftOut, type Priced, type ShownPrice } from './price.ts';
import { insertQuote, type QuoteRow } from './repository.ts';
import type { FlightResultsQuery, FlightSearchCreate } from './schema.ts';
import { flightsAgain } from './search-again.ts';
import type { SearchStore, StoredSearch } from './search-store.ts';
import type { SellerPricing } from './seller-pricing.ts';
import { createSupplierCache } from './supplier-cache.ts';
import { validateFlightSearch } from './validate-flight-search.ts';

export interface FlightPage {
  search: StoredSearch<FlightCriteria>;
  rows: PricedFlight[];
  total: number;
  facets: FlightFacetCounts;
  next: string | null;
}

/** A quote just made; `previousTotal` is what the search had shown, when that was another price. */
export interface MadeQuote {
  quote: QuoteRow;
  shown: ShownPrice;
  previousTotal: number | null;
}

const DEFAULT_PAGE: FlightResultsQuery = { sort: 'best', limit: 20 };
const localeOf = (ctx: RequestContext) => (ctx.locale === 'es' ? 'es' : 'en');

/** Flights: search once at the supplier, price for each seller, quote one offer. */
export function createFlights(deps: SearchDeps & { store: SearchStore }) {
  const { flights: supplier, pricingFor, store, clock } = deps;
  const cache = createSupplierCache<FlightResults>({
    name: 'flight-offers',
    redis: deps.redis,
    clock,
    metrics: deps.metrics,
  });

  /** The supplier's answer, or why there is none. */
  async function askSupplier(
    criteria: FlightCriteria,
  ): Promise<{ answer: FlightResults | null; incomplete: StoredSearch<unknown>['incomplete'] }> {
    try {
      const found = await cache.find(supplier.account, criteria, async () => {
        const value = await supplier.search(criteria);
        return { id: value.supplierSearchId, value };
      });
      return { answer: found.value, incomplete: [] };
    } catch (error) {
      if (error instanceof SupplierError || error instanceof OfferGone)
        return { answer: null, incomplete: [{ supplier: supplier.code, reason: error.message }] };
      throw error;
    }
  }

  const saleIn = (ctx: RequestContext) => saleFacts(ctx, clock.now().getTime());

  function priceAll(
    ctx: RequestContext,
    offers: readonly FlightOffer[],
    pricing: SellerPricing,
    leftOut: LeftOut,
  ): Array<Priced | null> {
    const sale = saleIn(ctx);
    return offers.map((offer) => priceFor(pricing, offer, flightFacts(offer, sale), leftOut));
  }

  /** Without SQL: prices of a search are frozen, so reading it needs no rules. */
  async function find(ctx: RequestContext, searchId: string): Promise<StoredSearch<FlightCriteria>> {
    const search = await store.find<FlightCriteria>(ctx.tenant, searchId, 'flights');
    // Another seller's prices are its own: for this one the search does not exist.
    if (!search || search.sellerAgencyId !== sellerOf(ctx)) throw NotFound({ what: 'This search' });
    return search;
  }

  const expired = (search: StoredSearch<FlightCriteria>) =>
    OfferExpired({ searchAgain: flightsAgain(search.criteria) });

  /** @throws OfferExpired when its prices are no longer valid */
  function assertValid(search: StoredSearch<FlightCriteria>): void {
    if (Date.parse(search.expiresAt) <= clock.now().getTime()) throw expired(search);
  }

  /** @throws OfferExpired when its prices are no longer valid */
  async function readAnswer(search: StoredSearch<FlightCriteria>): Promise<FlightResults | null> {
    assertValid(search);
    if (search.answerId === null) return null;
    const answer = await cache.read(search.answerId);
    if (!answer) throw expired(search);
    return answer;
  }

  function toPage(
    search: StoredSearch<FlightCriteria>,
    answer: FlightResults | null,
    query: FlightResultsQuery,
  ): FlightPage {
    const priced = (answer?.offers ?? []).flatMap((offer, n): PricedFlight[] => {
      const price = search.prices[n];
      return price ? [{ n, offer, price }] : [];
    });
    const rows = sortFlights(filterFlights(priced, query), query.sort);
    const page = paginate(rows, search.id, query);
    return { search, rows: page.rows, total: rows.length, facets: countFlightFacets(priced), next: page.next };
  }

  /** The offer as it stands at the supplier: read again where this shopper may order it, else found in a search of its own. */
  async function readAgain(offer: FlightOffer, search: StoredSearch<FlightCriteria>): Promise<FlightOffer> {
    try {
      if (await supplier.claim(offer, search.id)) return await supplier.reprice(offer);
      const own = await supplier.search(search.criteria);
      const same = own.offers.find((candidate) => sameItinerary(candidate, offer));
      if (!same) throw new OfferGone('The flight is no longer offered at this fare.');
      await supplier.claim(same, search.id);
      return same;
    } catch (error) {
      if (error instanceof OfferGone) throw OfferExpired({ searchAgain: flightsAgain(search.criteria) });
      if (error instanceof SupplierError) throw SupplierUnavailable({ reason: error.message });
      throw error;
    }
  }

  /** A net that did not move keeps the price the search showed, whatever was edited meanwhile. */
  async function priceAgain(
    ctx: RequestContext,
    pricing: SellerPricing,
    search: StoredSearch<FlightCriteria>,
    n: number,
    before: FlightOffer,
    now: FlightOffer,
  ): Promise<Priced | null> {
    const unmoved =
      before.net.base === now.net.base &&
      before.net.taxes === now.net.taxes &&
      before.net.currency === now.net.currency;
    const frozen: BuildUp | undefined = unmoved ? await store.findBuildUp(ctx.tenant, search.id, n) : undefined;
    if (frozen) return { buildUp: frozen, shown: showPrice(frozen, pricing.sellerAgencyId) };
    return priceFor(pricing, now, flightFacts(now, saleIn(ctx)));
  }

  return {
    /** @throws ValidationFailed naming every field an airline's site would refuse */
    async search(ctx: RequestContext, input: FlightSearchCreate): Promise<FlightPage> {
      const faults = validateFlightSearch(input, clock.now(), localeOf(ctx));
      if (faults.length > 0) throw ValidationFailed({ errors: faults });
      const criteria: FlightCriteria = {
        slices: input.slices,
        passengers: toPassengers(input.passengers),
        cabin: input.cabin,
      };
      const [{ answer, incomplete }, pricing] = await Promise.all([askSupplier(criteria), pricingFor(ctx)]);
      const leftOut: LeftOut = new Map();
      const priced = priceAll(ctx, answer?.offers ?? [], pricing, leftOut);
      await countLeftOut(deps.redis, ctx.tenant, leftOut, clock.now());
      const search: StoredSearch<FlightCriteria> = {
        id: newId(),
        kind: 'flights',
        sellerAgencyId: pricing.sellerAgencyId,
        criteria,
        answerId: answer?.supplierSearchId ?? null,
        prices: priced.map((one) => one?.shown ?? null),
        incomplete,
        expiresAt: answer?.expiresAt ?? new Date(clock.now().getTime() + RETRY_AFTER_MS).toISOString(),
      };
      await store.save(
        ctx.tenant,
        search,
        priced.map((one) => one?.buildUp ?? null),
      );
      return toPage(search, answer, DEFAULT_PAGE);
    },

    /**
     * A stored search that the reader may see; `readPage` draws a page of it.
     * @throws NotFound for a search of another tenant or seller, OfferExpired; `readPage` also ValidationFailed for a forged cursor
     */
    async open(ctx: RequestContext, searchId: string) {
      const search = await find(ctx, searchId);
      assertValid(search);
      const readPage = async (query: FlightResultsQuery): Promise<FlightPage> =>
        toPage(search, await readAnswer(search), query);
      return { search, readPage };
    },

    /** What an offer of the search is priced on, for a preview. @throws NotFound, OfferExpired */
    async sample(ctx: RequestContext, searchId: string, n: number): Promise<PreviewSample> {
      const search = await find(ctx, searchId);
      const offer = (await readAnswer(search))?.offers[n];
      if (!offer || !search.prices[n]) throw NotFound({ what: 'This offer' });
      return { net: offer.net, facts: flightFacts(offer, saleIn(ctx)), netOf: 'supplier' };
    },

    /** Re-prices one offer at the supplier and freezes its price. */
    async quote(ctx: RequestContext, searchId: string, n: number): Promise<MadeQuote> {
      const [search, pricing] = await Promise.all([find(ctx, searchId), pricingFor(ctx)]);
      const answer = await readAnswer(search);
      const offer = answer?.offers[n];
      const before = search.prices[n];
      if (!offer || !before) throw NotFound({ what: 'This offer' });
      const now = await readAgain(offer, search);
      const priced = await priceAgain(ctx, pricing, search, n, offer, now);
      if (!priced) throw OfferUnavailable({ why: 'At its new price this flight may not be sold.' });
      const quote = await insertQuote(ctx.sql, {
        id: newId(),
        brandId: ctx.brand.id,
        agencyId: pricing.sellerAgencyId,
        offer: now,
        buildUp: priced.buildUp,
        at: clock.now(),
      });
      return { quote, shown: priced.shown, previousTotal: priced.shown.total === before.total ? null : before.total };
    },
  };
}

export type Flights = ReturnType<typeof createFlights>;
