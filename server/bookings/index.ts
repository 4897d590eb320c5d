import { bookingSagaConsumer } from './booking-saga.ts';
import type { BookingDeps } from './deps.ts';
import { paymentLinkRoutes } from './payment-links/routes.ts';
import { bookingRoutes, type BookingPages } from './routes.ts';

export { itemOf, type Booking, type BookingItem, type BookingState, type Traveller } from './booking.ts';
export type { BookingDeps, QuoteRecord } from './deps.ts';
export { guestTokenOf } from './guest-token.ts';
export { paymentLinkTokenOf, paymentLinkUrl } from './payment-links/payment-link.ts';
export { findLink as findPaymentLink } from './payment-links/repository.ts';
export { getBooking } from './read-bookings.ts';
export { findById as findBooking, findByIds as findBookings, listTimeline } from './repository.ts';
export {
  eraseBookings,
  listBookingIdsOf,
  listOldGuestBookings,
  listTripsAhead,
  type PersonOfBookings,
} from './personal-data.ts';
export { listSales, listSellers } from './list-sales.ts';
export type { Sale, SalesWindow } from './list-sales.ts';
export { sumTravelled } from './sum-travelled.ts';
export { BookingView } from './schema.ts';
export { contactIndex, openBirth, openDocument, openPhone, sealedTables as sealedBookings } from './sealed-bookings.ts';

/** Bookings of a tenant: written by `bookTrip`, driven to their end by the saga, read narrowed to what the reader may see. */
export function createBookings(deps: BookingDeps, pages: BookingPages) {
  return {
    routes: [...bookingRoutes(deps, pages), ...paymentLinkRoutes(deps)],
    consumers: [bookingSagaConsumer(deps)],
  };
}
