import { confirmCancellation, createCancellation, getCancellation, listCancellations } from './cancellations.ts';
import { createOfferRequest, getOfferRequest, listOfferRequests } from './offer-requests.ts';
import { getOffer, listOffers, priceOfferWithServices } from './offers.ts';
import { createOrder, getOrder, listOrders, updateOrder } from './orders.ts';
import { createPayment } from './payments.ts';
import {
  getAircraft,
  getAirline,
  getAirport,
  listAircraft,
  listAirlines,
  listAirports,
  suggestPlaces,
} from './places.ts';
import type { Route } from './router.ts';
import { getAccommodation, listAccommodation, suggestAccommodation } from './stays/accommodation.ts';
import { cancelBooking, createBooking, createQuote, getBooking, getQuote, listBookings } from './stays/bookings.ts';
import { fetchAllRates, searchStays } from './stays/search.ts';

/** Every operation of the wire, by the name that faults and counters use. */
export const routes: readonly Route[] = [
  { operation: 'places.suggest', method: 'GET', path: '/places/suggestions', handle: suggestPlaces },
  { operation: 'airports.list', method: 'GET', path: '/air/airports', handle: listAirports },
  { operation: 'airports.get', method: 'GET', path: '/air/airports/:id', handle: getAirport },
  { operation: 'airlines.list', method: 'GET', path: '/air/airlines', handle: listAirlines },
  { operation: 'airlines.get', method: 'GET', path: '/air/airlines/:id', handle: getAirline },
  { operation: 'aircraft.list', method: 'GET', path: '/air/aircraft', handle: listAircraft },
  { operation: 'aircraft.get', method: 'GET', path: '/air/aircraft/:id', handle: getAircraft },
  { operation: 'offer_requests.create', method: 'POST', path: '/air/offer_requests', handle: createOfferRequest },
  { operation: 'offer_requests.list', method: 'GET', path: '/air/offer_requests', handle: listOfferRequests },
  { operation: 'offer_requests.get', method: 'GET', path: '/air/offer_requests/:id', handle: getOfferRequest },
  { operation: 'offers.list', method: 'GET', path: '/air/offers', handle: listOffers },
  { operation: 'offers.get', method: 'GET', path: '/air/offers/:id', handle: getOffer },
  { operation: 'offers.price', method: 'POST', path: '/air/offers/:id/actions/price', handle: priceOfferWithServices },
  { operation: 'orders.create', method: 'POST', path: '/air/orders', handle: createOrder },
  { operation: 'orders.list', method: 'GET', path: '/air/orders', handle: listOrders },
  { operation: 'orders.get', method: 'GET', path: '/air/orders/:id', handle: getOrder },
  { operation: 'orders.update', method: 'PATCH', path: '/air/orders/:id', handle: updateOrder },
  { operation: 'payments.create', method: 'POST', path: '/air/payments', handle: createPayment },
  {
    operation: 'order_cancellations.create',
    method: 'POST',
    path: '/air/order_cancellations',
    handle: createCancellation,
  },
  { operation: 'order_cancellations.list', method: 'GET', path: '/air/order_cancellations', handle: listCancellations },
  {
    operation: 'order_cancellations.get',
    method: 'GET',
    path: '/air/order_cancellations/:id',
    handle: getCancellation,
  },
  {
    operation: 'order_cancellations.confirm',
    method: 'POST',
    path: '/air/order_cancellations/:id/actions/confirm',
    handle: confirmCancellation,
  },
  { operation: 'stays.search', method: 'POST', path: '/stays/search', handle: searchStays },
  {
    operation: 'stays.rates',
    method: 'POST',
    path: '/stays/search_results/:id/actions/fetch_all_rates',
    handle: fetchAllRates,
  },
  { operation: 'stays.quotes.create', method: 'POST', path: '/stays/quotes', handle: createQuote },
  { operation: 'stays.quotes.get', method: 'GET', path: '/stays/quotes/:id', handle: getQuote },
  { operation: 'stays.bookings.create', method: 'POST', path: '/stays/bookings', handle: createBooking },
  { operation: 'stays.bookings.list', method: 'GET', path: '/stays/bookings', handle: listBookings },
  { operation: 'stays.bookings.get', method: 'GET', path: '/stays/bookings/:id', handle: getBooking },
  {
    operation: 'stays.bookings.cancel',
    method: 'POST',
    path: '/stays/bookings/:id/actions/cancel',
    handle: cancelBooking,
  },
  {
    operation: 'stays.accommodation.suggest',
    method: 'POST',
    path: '/stays/accommodation/suggestions',
    handle: suggestAccommodation,
  },
  { operation: 'stays.accommodation.list', method: 'GET', path: '/stays/accommodation', handle: listAccommodation },
  { operation: 'stays.accommodation.get', method: 'GET', path: '/stays/accommodation/:id', handle: getAccommodation },
];
