import { defineProblem, type FieldFault } from '../kernel/errors.ts';
import type { Money } from '../kernel/money.ts';

export const PriceChanged = defineProblem({
  code: 'booking.price_changed',
  status: 409,
  title: 'The price has changed',
  detail: (x: { previous: Money; current: Money; quoteId: string }) =>
    `The total is now ${x.current.amount} ${x.current.currency} in minor units; it was ${x.previous.amount}. Accept it by booking the quote with the new expectedTotal.`,
  extensions: (x) => ({ previousTotal: x.previous, total: x.current, quoteId: x.quoteId }),
});
export const OfferExpired = defineProblem({
  code: 'booking.offer_expired',
  status: 409,
  title: 'The offer has expired',
  detail: () =>
    'Prices are held for a short time only. Search again to see what is available now; nothing was charged.',
  extensions: (x: { searchAgain: string }) => ({ searchAgain: x.searchAgain }),
});
export const TravellersInvalid = defineProblem({
  code: 'booking.travellers_invalid',
  status: 400,
  title: 'The travellers do not fit the offer',
  detail: (x: { errors: FieldFault[] }) => x.errors[0]?.detail ?? 'Check the travellers.',
  extensions: (x) => ({ errors: x.errors }),
});
export const ContactNotCustomers = defineProblem({
  code: 'booking.contact_not_customers',
  status: 422,
  title: 'The confirmation goes to the customer',
  detail: (x: { email: string }) =>
    `While you act as a customer, the contact is the customer: send ${x.email} as the e-mail address.`,
  extensions: (x) => ({
    errors: [{ pointer: '/contact/email', code: 'not_customers', detail: `Only ${x.email} is possible.` }],
  }),
});
export const WalletNotYours = defineProblem({
  code: 'booking.wallet_not_allowed',
  status: 403,
  title: "Only the agency's staff may pay from its wallet",
  detail: () => 'Sign in as an agent of this agency, or pay by card.',
});
export const ClosedGroupPrice = defineProblem({
  code: 'booking.closed_group_price',
  status: 403,
  title: 'This price is for people who signed in',
  detail: () =>
    'The hotel does not want this room to be sold to everybody below its own price. Sign in to book at this price, or search again without signing in. Nothing was booked.',
});
export const NotPayable = defineProblem({
  code: 'booking.not_payable',
  status: 409,
  title: 'The booking cannot be paid now',
  detail: (x: { state: string }) => `A booking that is ${x.state.replaceAll('_', ' ')} takes no payment.`,
});
export const NotCancellable = defineProblem({
  code: 'booking.not_cancellable',
  status: 409,
  title: 'The booking cannot be cancelled now',
  detail: (x: { reason: string }) => x.reason,
});
export const BookingDisputed = defineProblem({
  code: 'booking.disputed',
  status: 409,
  title: 'The card payment is disputed',
  detail: () =>
    'The bank has taken the payment back and has not decided yet: what is refunded now would be paid twice. Cancel when the dispute is over.',
});
export const CancellationQuoteExpired = defineProblem({
  code: 'booking.cancellation_quote_expired',
  status: 409,
  title: 'The cancellation quote has expired',
  detail: () => 'Ask for a new quote: POST /bookings/{id}/cancellation-quotes.',
});
