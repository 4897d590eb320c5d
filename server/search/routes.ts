import { z } from 'zod';
import { NotFound, ValidationFailed } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { defineRoute, type Route } from '../kernel/http/route.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { OfferPreviewRequest, PreviewView, SellerNotApproved } from '../pricing/index.ts';
import { searchPlaces } from '../reference/index.ts';
import { OfferExpired, OfferUnavailable, SupplierUnavailable } from './errors.ts';
import type { Flights, MadeQuote } from './flights.ts';
import type { Hotels } from './hotels.ts';
import { createPageCache } from './page-cache.ts';
import { presentFlightPage, presentHotelDetail, presentHotelPage, presentPlace, presentQuote } from './presenter.ts';
import {
  FlightResultsQuery,
  FlightSearchCreate,
  FlightSearchView,
  HotelDetailQuery,
  HotelDetailView,
  HotelQuoteCreate,
  HotelResultsQuery,
  HotelSearchCreate,
  HotelSearchView,
  PlacesQuery,
  PlacesView,
  QuoteView,
} from './schema.ts';
import { seesOwnPrice } from './seller-pricing.ts';

const SEARCHES = { points: 60, seconds: 60 };
const QUOTES = { points: 60, seconds: 60 };
const localeOf = (ctx: RequestContext) => (ctx.locale === 'es' ? ('es' as const) : ('en' as const));
const OfferParams = z.object({ id: z.string().max(80) });

export function searchRoutes(deps: {
  flights: Flights;
  hotels: Hotels;
  quoteOffer: (ctx: RequestContext, offerId: string) => Promise<MadeQuote>;
  previewOffer: (ctx: RequestContext, offerId: string, wish: OfferPreviewRequest) => Promise<PreviewView>;
}): Route[] {
  const { flights, hotels, quoteOffer, previewOffer } = deps;
  const flightPages = createPageCache<FlightSearchView>();
  const hotelPages = createPageCache<z.infer<typeof HotelSearchView>>();
  const showOwn = (ctx: RequestContext, sellerAgencyId: string | null) => seesOwnPrice(ctx.actor, sellerAgencyId);
  const quoteReply = async (ctx: RequestContext, offerId: string) => {
    const made = await quoteOffer(ctx, offerId);
    return presentQuote(made, offerId, showOwn(ctx, made.quote.agencyId));
  };

  return [
    defineRoute(
      {
        method: 'get',
        path: '/places',
        tag: 'Search',
        summary: 'Find airports and cities by name or code',
        can: ['read', 'Offer'],
        query: PlacesQuery,
        responses: { 200: PlacesView },
      },
      async ({ query, ctx }) => ({
        status: 200,
        body: { data: searchPlaces(query.query, localeOf(ctx), query.limit).map(presentPlace) },
        headers: { 'cache-control': 'private, max-age=300' },
      }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/flights/searches',
        audit: 'none',
        tag: 'Search',
        summary: 'Search flights; answers the first page',
        can: ['create', 'Offer'],
        rateLimit: SEARCHES,
        body: FlightSearchCreate,
        responses: { 201: FlightSearchView },
        problems: [ValidationFailed],
      },
      async ({ body, ctx }) => {
        const page = await flights.search(ctx, body);
        const view = presentFlightPage(page, {
          showOwn: showOwn(ctx, page.search.sellerAgencyId),
          locale: localeOf(ctx),
        });
        return { status: 201, body: view, headers: { location: `/api/v1/flights/searches/${view.id}` } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/flights/searches/:id',
        tag: 'Search',
        summary: 'Filter, sort and page a flight search',
        can: ['read', 'Offer'],
        params: IdParams,
        query: FlightResultsQuery,
        responses: { 200: FlightSearchView },
        problems: [NotFound, OfferExpired, ValidationFailed],
      },
      async ({ params, query, ctx }) => {
        const { search, readPage } = await flights.open(ctx, params.id);
        const reader = { showOwn: showOwn(ctx, search.sellerAgencyId), locale: localeOf(ctx) };
        const { view, json } = await flightPages.get(search.id, `${reader.showOwn} ${reader.locale}`, query, async () =>
          presentFlightPage(await readPage(query), reader),
        );
        return { status: 200, body: view, json };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/flights/offers/:id',
        tag: 'Search',
        summary: 'Re-price a flight offer at the airline and freeze its price as a quote',
        can: ['create', 'Quote'],
        rateLimit: QUOTES,
        params: OfferParams,
        responses: { 200: QuoteView },
        problems: [NotFound, OfferExpired, OfferUnavailable, SupplierUnavailable],
      },
      async ({ params, ctx }) => ({ status: 200, body: await quoteReply(ctx, params.id) }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/offers/:id/preview',
        audit: 'none',
        tag: 'Pricing',
        summary: 'How an offer of a search is priced: by the rules as they are, or with a draft',
        can: ['read', 'MarkupRule'],
        rateLimit: QUOTES,
        params: OfferParams,
        body: OfferPreviewRequest,
        responses: { 200: PreviewView },
        problems: [NotFound, OfferExpired, SellerNotApproved, ValidationFailed],
      },
      async ({ params, body, ctx }) => ({ status: 200, body: await previewOffer(ctx, params.id, body) }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/hotels/searches',
        audit: 'none',
        tag: 'Search',
        summary: 'Search hotels; answers the first page',
        can: ['create', 'Offer'],
        rateLimit: SEARCHES,
        body: HotelSearchCreate,
        responses: { 201: HotelSearchView },
        problems: [ValidationFailed],
      },
      async ({ body, ctx }) => {
        const view = presentHotelPage(await hotels.search(ctx, body));
        return { status: 201, body: view, headers: { location: `/api/v1/hotels/searches/${view.id}` } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/hotels/searches/:id',
        tag: 'Search',
        summary: 'Filter, sort and page a hotel search',
        can: ['read', 'Offer'],
        params: IdParams,
        query: HotelResultsQuery,
        responses: { 200: HotelSearchView },
        problems: [NotFound, OfferExpired, ValidationFailed],
      },
      async ({ params, query, ctx }) => {
        const { search, readPage } = await hotels.open(ctx, params.id);
        const { view, json } = await hotelPages.get(search.id, '', query, async () =>
          presentHotelPage(await readPage(query)),
        );
        return { status: 200, body: view, json };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/hotels/:id',
        tag: 'Search',
        summary: 'A hotel of a search with all its rates',
        can: ['read', 'Offer'],
        rateLimit: SEARCHES,
        params: OfferParams,
        query: HotelDetailQuery,
        responses: { 200: HotelDetailView },
        problems: [NotFound, OfferExpired, SupplierUnavailable],
      },
      async ({ params, query, ctx }) => {
        const detail = await hotels.readHotel(ctx, params.id, query.searchId);
        return { status: 200, body: presentHotelDetail(detail, showOwn(ctx, detail.sellerAgencyId)) };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/hotels/quotes',
        tag: 'Search',
        summary: 'Ask the hotel for one rate and freeze its price as a quote',
        can: ['create', 'Quote'],
        rateLimit: QUOTES,
        body: HotelQuoteCreate,
        responses: { 201: QuoteView },
        problems: [NotFound, OfferExpired, OfferUnavailable, SupplierUnavailable],
      },
      async ({ body, ctx }) => ({ status: 201, body: await quoteReply(ctx, body.offerId) }),
    ),
  ];
}
