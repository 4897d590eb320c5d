import { NotFound, ValidationFailed } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import { tenantKey } from '../kernel/redis.ts';
import { countLeftOut, sellerOf } from '../pricing/index.ts';
import type { Audience, BuildUp, PreviewSample } from '../pricing/index.ts';
import { OfferGone, SupplierError, daysBetween } from '../suppliers/index.ts';
import type { HotelSummary, StayCriteria, StayOffer, StayResult, StayResults } from '../suppliers/index.ts';
import { RETRY_AFTER_MS, type SearchDeps } from './deps.ts';
import { OfferExpired, OfferUnavailable, SupplierUnavailable } from './errors.ts';
import type { MadeQuote } from './flights.ts';
import { chooseRates, countHotelFacets, distanceKm, sortHotels } from './hotel-results.ts';
import type { HotelFacetCounts, HotelRow, PricedHotel, StayAsked } from './hotel-results.ts';
import { saleFacts, stayFacts } from './offer-facts.ts';
import { paginate } from './page-cursor.ts';
import { toGuests } from './passengers.ts';
import { audienceOf, priceFor, showPrice, type LeftOut, type Priced, type ShownPrice } from './price.ts';
import { insertQuote } from './repository.ts';
import type { HotelResultsQuery, HotelSearchCreate } from './schema.ts';
import { staysAgain } from './search-again.ts';
import type { SearchStore, StoredSearch } from './search-store.ts';
import type { SellerPricing } from './seller-pricing.ts';
import { createSupplierCache } from './supplier-cache.ts';
import { locateStay, validateHotelSearch, type StayCentre } from './validate-hotel-search.ts';

export interface HotelCriteria {
  asked: StayAsked;
  centre: StayCentre;
  nights: number;
  supplier: StayCriteria;
  audience: Audience;
}

/** Prices of a hotel's options, in their order; null may not be sold. */
type StayPrices = Array<ShownPrice | null>;
export type StaySearch = StoredSearch<HotelCriteria, StayPrices>;

export interface HotelPage {
  search: StaySearch;
  rows: HotelRow[];
  total: number;
  facets: HotelFacetCounts;
  next: string | null;
}

/** All rates of one hotel, priced and frozen for a search's seller. */
export interface FrozenRates {
  offers: StayOffer[];
  prices: Array<ShownPrice | null>;
  buildUps: Array<BuildUp | null>;
  expiresAt: string;
}

export interface HotelDetail {
  searchId: string;
  sellerAgencyId: string | null;
  hotelIndex: number;
  hotel: HotelSummary;
  rates: FrozenRates;
}

type CachedStays = StayResults & { id: string };
type Found = { search: StaySearch; pricing: SellerPricing };

const DEFAULT_PAGE: HotelResultsQuery = { sort: 'best', limit: 20 };
const localeOf = (ctx: RequestContext) => (ctx.locale === 'es' ? 'es' : 'en');

/** Stays: search, rates of one hotel, quote of one rate. */
export function createHotels(deps: SearchDeps & { store: SearchStore }) {
  const { stays: supplier, pricingFor, store, clock, redis } = deps;
  const cache = createSupplierCache<CachedStays>({ name: 'stay-results', redis, clock, metrics: deps.metrics });

  async function askSupplier(
    criteria: StayCriteria,
  ): Promise<{ answer: CachedStays | null; incomplete: StoredSearch<unknown>['incomplete'] }> {
    try {
      const found = await cache.find(supplier.account, criteria, async () => {
        const id = newId();
        return { id, value: { ...(await supplier.search(criteria)), id } };
      });
      return { answer: found.value, incomplete: [] };
    } catch (error) {
      if (error instanceof SupplierError || error instanceof OfferGone)
        return { answer: null, incomplete: [{ supplier: supplier.code, reason: error.message }] };
      throw error;
    }
  }

  const saleIn = (ctx: RequestContext) => saleFacts(ctx, clock.now().getTime());
  const audienceIn = (ctx: RequestContext) => audienceOf(saleIn(ctx).segment);

  function priceOptions(
    ctx: RequestContext,
    result: StayResult,
    criteria: HotelCriteria,
    pricing: SellerPricing,
    leftOut: LeftOut,
  ): StayPrices {
    const stay = {
      supplier: result.supplier,
      hotel: result.hotel,
      checkIn: criteria.asked.checkIn,
      nights: criteria.nights,
      guests: [...criteria.supplier.guests],
    };
    const facts = stayFacts(stay, saleIn(ctx));
    return result.options.map((option) => priceFor(pricing, option, facts, leftOut)?.shown ?? null);
  }

  const priceRate = (ctx: RequestContext, offer: StayOffer, pricing: SellerPricing): Priced | null =>
    priceFor(pricing, offer, stayFacts(offer, saleIn(ctx)));

  const expired = (search: StaySearch) => OfferExpired({ searchAgain: staysAgain(search.criteria.asked) });

  /** Without SQL: prices of a search are frozen, so reading it needs no rules. */
  async function find(ctx: RequestContext, searchId: string): Promise<StaySearch> {
    const search = await store.find<HotelCriteria, StayPrices>(ctx.tenant, searchId, 'stays');
    // What a closed group is shown may lie below a suggested selling price: for the public that search does not exist.
    const isClosed = search?.criteria.audience === 'closed_group' && audienceIn(ctx) === 'public';
    if (!search || isClosed || search.sellerAgencyId !== sellerOf(ctx)) throw NotFound({ what: 'This search' });
    return search;
  }

  async function findToSell(ctx: RequestContext, searchId: string): Promise<Found> {
    const [search, pricing] = await Promise.all([find(ctx, searchId), pricingFor(ctx)]);
    return { search, pricing };
  }

  /** @throws OfferExpired when its prices are no longer valid */
  function assertValid(search: StaySearch): void {
    if (Date.parse(search.expiresAt) <= clock.now().getTime()) throw expired(search);
  }

  async function readAnswer(search: StaySearch): Promise<CachedStays | null> {
    assertValid(search);
    if (search.answerId === null) return null;
    const answer = await cache.read(search.answerId);
    if (!answer) throw expired(search);
    return answer;
  }

  function toPage(search: StaySearch, answer: CachedStays | null, query: HotelResultsQuery): HotelPage {
    const priced = (answer?.results ?? []).flatMap((result, n): PricedHotel[] => {
      const options = result.options.flatMap((option, at) => {
        const price = search.prices[n]?.[at];
        return price ? [{ ...option, price }] : [];
      });
      return options.length > 0
        ? [{ n, hotel: result.hotel, options, distanceKm: distanceKm(search.criteria.centre, result.hotel) }]
        : [];
    });
    const rows = sortHotels(chooseRates(priced, query), query.sort);
    const page = paginate(rows, search.id, query);
    return { search, rows: page.rows, total: rows.length, facets: countHotelFacets(priced), next: page.next };
  }

  /** Asks the supplier, telling its failures in our words. */
  async function ask<T>(search: StaySearch, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (error) {
      if (error instanceof OfferGone) throw expired(search);
      if (error instanceof SupplierError) throw SupplierUnavailable({ reason: error.message });
      throw error;
    }
  }

  const ratesKey = (ctx: RequestContext, searchId: string, hotel: number, audience = audienceIn(ctx)) =>
    tenantKey(ctx.tenant, 'stay-rates', searchId, String(hotel), audience);

  async function readRates(ctx: RequestContext, searchId: string, hotel: number): Promise<FrozenRates | undefined> {
    // Who signs in on the way keeps the public prices of the search; the other way round nothing is found.
    const text =
      (await redis.get(ratesKey(ctx, searchId, hotel))) ?? (await redis.get(ratesKey(ctx, searchId, hotel, 'public')));
    return text === null ? undefined : (JSON.parse(text) as FrozenRates);
  }

  /** Rates are asked for once a search and hotel, then frozen, so that an offer's id keeps its meaning. */
  async function freezeRates(
    ctx: RequestContext,
    { search, pricing }: Found,
    result: StayResult,
    hotel: number,
  ): Promise<FrozenRates> {
    const known = await readRates(ctx, search.id, hotel);
    if (known) return known;
    const offers = await ask(search, () => supplier.rates(result, search.criteria.supplier));
    const priced = offers.map((offer) => priceRate(ctx, offer, pricing));
    const rates: FrozenRates = {
      offers,
      prices: priced.map((one) => one?.shown ?? null),
      buildUps: priced.map((one) => one?.buildUp ?? null),
      expiresAt: offers.reduce(
        (earliest, offer) => (offer.expiresAt < earliest ? offer.expiresAt : earliest),
        search.expiresAt,
      ),
    };
    const left = Math.ceil((Date.parse(rates.expiresAt) - clock.now().getTime()) / 1000);
    if (left <= 0) throw expired(search);
    const first = await redis.set(ratesKey(ctx, search.id, hotel), JSON.stringify(rates), 'EX', left, 'NX');
    return first === 'OK' ? rates : ((await readRates(ctx, search.id, hotel)) ?? rates);
  }

  return {
    async search(ctx: RequestContext, input: HotelSearchCreate): Promise<HotelPage> {
      const faults = validateHotelSearch(input, clock.now(), localeOf(ctx));
      const centre = locateStay(input.near, localeOf(ctx));
      if (faults.length > 0 || !centre) throw ValidationFailed({ errors: faults });
      const { latitude, longitude, radiusKm } = centre;
      const asksSupplier: StayCriteria = {
        latitude,
        longitude,
        radiusKm,
        checkIn: input.checkIn,
        checkOut: input.checkOut,
        rooms: input.rooms.length,
        guests: toGuests(input.rooms),
      };
      const criteria: HotelCriteria = {
        asked: input,
        centre,
        nights: daysBetween(input.checkIn, input.checkOut),
        supplier: asksSupplier,
        audience: audienceIn(ctx),
      };
      const leftOut: LeftOut = new Map();
      const [{ answer, incomplete }, pricing] = await Promise.all([askSupplier(asksSupplier), pricingFor(ctx)]);
      const search: StaySearch = {
        id: newId(),
        kind: 'stays',
        sellerAgencyId: pricing.sellerAgencyId,
        criteria,
        answerId: answer?.id ?? null,
        prices: (answer?.results ?? []).map((result) => priceOptions(ctx, result, criteria, pricing, leftOut)),
        incomplete,
        expiresAt: answer?.expiresAt ?? new Date(clock.now().getTime() + RETRY_AFTER_MS).toISOString(),
      };
      await countLeftOut(redis, ctx.tenant, leftOut, clock.now());
      await store.save(ctx.tenant, search, []);
      return toPage(search, answer, DEFAULT_PAGE);
    },

    /**
     * A stored search that the reader may see; `readPage` draws a page of it.
     * @throws NotFound for a search of another tenant or seller, OfferExpired; `readPage` also ValidationFailed for a forged cursor
     */
    async open(ctx: RequestContext, searchId: string) {
      const search = await find(ctx, searchId);
      assertValid(search);
      const readPage = async (query: HotelResultsQuery): Promise<HotelPage> =>
        toPage(search, await readAnswer(search), query);
      return { search, readPage };
    },

    /** One hotel of a search with all its rates. @throws NotFound, OfferExpired, SupplierUnavailable */
    async readHotel(ctx: RequestContext, hotelId: string, searchId: string): Promise<HotelDetail> {
      const found = await findToSell(ctx, searchId);
      const answer = await readAnswer(found.search);
      const hotelIndex = answer?.results.findIndex((result) => result.hotel.id === hotelId) ?? -1;
      const result = answer?.results[hotelIndex];
      if (!result) throw NotFound({ what: 'This hotel' });
      return {
        searchId,
        sellerAgencyId: found.search.sellerAgencyId,
        hotelIndex,
        hotel: result.hotel,
        rates: await freezeRates(ctx, found, result, hotelIndex),
      };
    },

    /** What a rate of a hotel that was read is priced on, for a preview. @throws NotFound, OfferExpired */
    async sample(ctx: RequestContext, searchId: string, hotel: number, n: number): Promise<PreviewSample> {
      const search = await find(ctx, searchId);
      assertValid(search);
      const rates = await readRates(ctx, searchId, hotel);
      const offer = rates?.offers[n];
      if (!offer || !rates?.prices[n]) throw NotFound({ what: 'This offer' });
      return { net: offer.net, facts: stayFacts(offer, saleIn(ctx)), netOf: 'supplier' };
    },

    /** Asks the hotel for one rate and freezes its price. */
    async quote(ctx: RequestContext, searchId: string, hotel: number, n: number): Promise<MadeQuote> {
      const { search, pricing } = await findToSell(ctx, searchId);
      const rates = await readRates(ctx, searchId, hotel);
      if (!rates)
        throw Date.parse(search.expiresAt) <= clock.now().getTime()
          ? expired(search)
          : NotFound({ what: 'This offer' });
      const offer = rates.offers[n];
      const before = rates.prices[n];
      if (!offer || !before) throw NotFound({ what: 'This offer' });
      if (Date.parse(offer.expiresAt) <= clock.now().getTime()) throw expired(search);
      const now = await ask(search, () => supplier.quote(offer));
      const frozen =
        now.net.total === offer.net.total && now.net.base === offer.net.base ? rates.buildUps[n] : undefined;
      const priced = frozen
        ? { buildUp: frozen, shown: showPrice(frozen, pricing.sellerAgencyId) }
        : priceRate(ctx, now, pricing);
      if (!priced) throw OfferUnavailable({ why: 'At its new price this room may not be sold.' });
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

export type Hotels = ReturnType<typeof createHotels>;
