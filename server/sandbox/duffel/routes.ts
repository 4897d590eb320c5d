import { confirmCancellation, createCancellation, getCancellation, listCancellations } from './cancellations.ts';
import { createOfferRequest, getOfferRequest, listOfferRequests } from './offer-requests.ts';
import { getOffer, listOffers, priceOfferWithServices } from './offers.ts';
import { createOrder, getOrder, listOrders, updateOrder } from './orders.ts';
import { createPayment } from './payments.ts';
import { getAircraft, getAirline, getAirport, listAircraft, listAirlines, listAirports, suggestPlaces } from './places.ts';
import type { Route } from './router.ts';

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
  { operation: 'order_cancellations.create', method: 'POST', path: '/air/order_cancellations', handle: createCancellation },
  { operation: 'order_cancellations.list', method: 'GET', path: '/air/order_cancellations', handle: listCancellations },
  { operation: 'order_cancellations.get', method: 'GET', path: '/air/order_cancellations/:id', handle: getCancellation },
  { operation: 'order_cancellations.confirm', method: 'POST', path: '/air/order_cancellations/:id/actions/confirm', handle: confirmCancellation },
];
