import { daysBetween } from '../suppliers/index.ts';
import { describePlace } from '../reference/index.ts';
import type { PlaceMatch, ReferenceLocale } from '../reference/index.ts';
import type {
  Condition,
  FlightCriteria,
  FlightOffer,
  FlightSlice,
  HotelSummary,
  StayOffer,
  SupplierOffer,
} from '../suppliers/index.ts';
import { bagsOf, carriersOf, durationOf, stopsOf } from './flight-results.ts';
import type { FlightPage, MadeQuote } from './flights.ts';
import type { HotelDetail, HotelPage } from './hotels.ts';
import { flightOfferId, stayOfferId } from './offer-id.ts';
import { scaleRefund, type OwnPrice } from './price.ts';
import type {
  FlightOfferView,
  FlightSearchView,
  HotelDetailView,
  HotelSearchView,
  HotelView,
  OfferView,
  OwnPriceView,
  PlaceView,
  QuoteView,
  StayOfferView,
} from './schema.ts';
import type { z } from 'zod';

/** A customer's price; `own` only for the selling agency's people. */
export interface PriceToShow {
  total: number;
  currency: string;
  own?: OwnPrice | undefined;
}

type View<S extends z.ZodType> = z.infer<S>;

/** A seller's own figures, minor units of `currency`. For the seller's people only. */
export function presentOwnPrice(own: OwnPrice, currency: string): View<typeof OwnPriceView> {
  const money = (amount: number) => ({ amount, currency });
  return {
    buyPrice: money(own.buyPrice),
    markup: money(own.markup),
    commission: money(own.commission),
    sellPrice: money(own.sellPrice),
  };
}

const presentOwn = ({ own, currency }: PriceToShow): { own?: View<typeof OwnPriceView> } =>
  own ? { own: presentOwnPrice(own, currency) } : {};

export const presentPlace = (place: PlaceMatch): View<typeof PlaceView> => ({
  code: place.code,
  kind: place.type,
  name: place.name,
  cityName: place.cityName,
  country: place.country,
  countryName: place.countryName,
  latitude: place.latitude,
  longitude: place.longitude,
  timeZone: place.timeZone,
});

function presentSlice(slice: FlightSlice): FlightOfferView['slices'][number] {
  const departure = slice.segments[0]?.departureLocal.slice(0, 10) ?? '';
  const arrival = slice.segments.at(-1)?.arrivalLocal.slice(0, 10) ?? '';
  return {
    origin: slice.origin,
    destination: slice.destination,
    durationMinutes: slice.durationMinutes,
    dayOffset: daysBetween(departure, arrival),
    stops: slice.segments.length - 1,
    fareBrand: slice.fareBrand,
    segments: slice.segments,
  };
}

const presentCondition = (condition: Condition): FlightOfferView['conditions']['refund'] =>
  condition.status === 'allowed' ? { status: 'allowed', fee: condition.fee } : { status: condition.status };

/** The fee of a refund as the customer will feel it: what a cancellation would keep of the total, not of the supplier's price. */
function presentRefund(offer: FlightOffer, price: PriceToShow): FlightOfferView['conditions']['refund'] {
  const { refund } = offer.conditions;
  if (refund.status !== 'allowed' || refund.fee === null || refund.fee.currency !== offer.net.currency)
    return presentCondition(refund);
  const kept = price.total - scaleRefund(offer.net.total - refund.fee.amount, offer.net.total, price.total);
  return { status: 'allowed', fee: { amount: kept, currency: price.currency } };
}

export function presentFlightOffer(offer: FlightOffer, price: PriceToShow, id: string): FlightOfferView {
  return {
    id,
    product: 'flight',
    total: { amount: price.total, currency: price.currency },
    ...presentOwn(price),
    slices: offer.slices.map(presentSlice),
    carriers: carriersOf(offer),
    stops: stopsOf(offer),
    durationMinutes: durationOf(offer),
    bags: bagsOf(offer),
    conditions: { change: presentCondition(offer.conditions.change), refund: presentRefund(offer, price) },
    emissionsKg: offer.emissionsKg,
    holdAllowed: offer.holdAllowed,
    expiresAt: offer.expiresAt,
  };
}

/** Written field by field: what the supplier adds for us (its phone, its ids) is not the customer's. */
const presentHotel = (hotel: HotelSummary): View<typeof HotelView> => ({
  id: hotel.id,
  name: hotel.name,
  stars: hotel.stars,
  description: hotel.description,
  address: hotel.address,
  latitude: hotel.latitude,
  longitude: hotel.longitude,
  timeZone: hotel.timeZone,
  photos: hotel.photos,
  amenities: hotel.amenities,
  reviewScore: hotel.reviewScore,
  reviewCount: hotel.reviewCount,
  checkInAfter: hotel.checkInAfter,
  checkOutBefore: hotel.checkOutBefore,
});

export function presentStayOffer(offer: StayOffer, price: PriceToShow, id: string): StayOfferView {
  const cancellation = offer.cancellation.map(({ before, refundNet }) => ({
    before,
    refund: { amount: scaleRefund(refundNet.amount, offer.net.total, price.total), currency: price.currency },
  }));
  return {
    id,
    product: 'stay',
    hotel: presentHotel(offer.hotel),
    checkIn: offer.checkIn,
    checkOut: offer.checkOut,
    nights: offer.nights,
    rooms: offer.rooms,
    guests: offer.guests,
    roomName: offer.roomName,
    beds: offer.beds,
    board: offer.board,
    total: { amount: price.total, currency: price.currency },
    ...presentOwn(price),
    dueAtProperty: offer.dueAtProperty,
    cancellation,
    freeCancellationUntil: cancellation.findLast((entry) => entry.refund.amount === price.total)?.before ?? null,
    conditions: offer.conditions,
    quantityAvailable: offer.quantityAvailable,
    expiresAt: offer.expiresAt,
  };
}

/** Any offer at a frozen price, under the id it is shown by. Bookings show theirs with it. */
export const presentOffer = (offer: SupplierOffer, price: PriceToShow, id: string): OfferView =>
  offer.product === 'flight' ? presentFlightOffer(offer, price, id) : presentStayOffer(offer, price, id);

const visible = (price: PriceToShow & { own: OwnPrice }, showOwn: boolean): PriceToShow =>
  showOwn ? price : { total: price.total, currency: price.currency };

function presentCriteria(criteria: FlightCriteria, locale: ReferenceLocale): FlightSearchView['criteria'] {
  const place = (code: string) => {
    const found = describePlace(code, locale);
    if (!found) return { code, label: code };
    const label = found.cityName || found.name;
    return {
      code,
      label,
      iata: code,
      name: found.name,
      cityName: found.cityName,
      country: found.country,
      timeZone: found.timeZone,
    };
  };
  return {
    slices: criteria.slices.map((slice) => ({
      origin: place(slice.origin),
      destination: place(slice.destination),
      departureDate: slice.departureDate,
    })),
    passengers: [...criteria.passengers],
    cabin: criteria.cabin,
  };
}

export function presentFlightPage(
  page: FlightPage,
  options: { showOwn: boolean; locale: ReferenceLocale },
): FlightSearchView {
  const { search, facets } = page;
  const currency = search.prices.find((price) => price !== null)?.currency ?? 'EUR';
  const money = (amount: number) => ({ amount, currency });
  return {
    id: search.id,
    criteria: presentCriteria(search.criteria, options.locale),
    offers: page.rows.map(({ n, offer, price }) =>
      presentFlightOffer(offer, visible(price, options.showOwn), flightOfferId(search.id, n)),
    ),
    total: page.total,
    facets: {
      stops: facets.stops.map((stop) => ({ ...stop, from: money(stop.from) })),
      carriers: facets.carriers.map((carrier) => ({ ...carrier, from: money(carrier.from) })),
      price: facets.price && { min: money(facets.price.min), max: money(facets.price.max) },
    },
    expiresAt: search.expiresAt,
    next: page.next,
    incomplete: search.incomplete,
  };
}

export function presentHotelPage(page: HotelPage): View<typeof HotelSearchView> {
  const { search, facets } = page;
  const currency = search.prices.flat().find((price) => price !== null)?.currency ?? 'EUR';
  const money = (amount: number) => ({ amount, currency });
  const { centre, asked, nights } = search.criteria;
  return {
    id: search.id,
    criteria: {
      near: { label: centre.label, latitude: centre.latitude, longitude: centre.longitude },
      checkIn: asked.checkIn,
      checkOut: asked.checkOut,
      nights,
      rooms: asked.rooms,
    },
    hotels: page.rows.map(({ hotel, option, distanceKm }) => ({
      hotel: presentHotel(hotel),
      from: money(option.price.total),
      board: option.board,
      freeCancellation: option.freeCancellation,
      distanceKm,
    })),
    total: page.total,
    facets: {
      stars: facets.stars,
      board: facets.board,
      price: facets.price && { min: money(facets.price.min), max: money(facets.price.max) },
    },
    expiresAt: search.expiresAt,
    next: page.next,
    incomplete: search.incomplete,
  };
}

export function presentHotelDetail(detail: HotelDetail, showOwn: boolean): View<typeof HotelDetailView> {
  const { searchId, hotelIndex, rates } = detail;
  return {
    hotel: presentHotel(detail.hotel),
    rates: rates.offers.flatMap((offer, n) => {
      const price = rates.prices[n];
      return price ? [presentStayOffer(offer, visible(price, showOwn), stayOfferId(searchId, hotelIndex, n))] : [];
    }),
    expiresAt: rates.expiresAt,
  };
}

export function presentQuote(made: MadeQuote, offerId: string, showOwn: boolean): QuoteView {
  const { quote, shown, previousTotal } = made;
  const { offer } = quote;
  const travellers = offer.product === 'flight' ? offer.passengers : offer.guests;
  return {
    id: quote.id,
    product: quote.product,
    total: { amount: shown.total, currency: shown.currency },
    previousTotal: previousTotal === null ? null : { amount: previousTotal, currency: shown.currency },
    offer: presentOffer(offer, visible(shown, showOwn), offerId),
    travellers: travellers.map(({ type, age }) => ({ type, ...(age === undefined ? {} : { age }) })),
    documentsRequired: offer.product === 'flight' && offer.documentsRequired,
    expiresAt: quote.expiresAt.toISOString(),
  };
}
