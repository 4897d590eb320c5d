import { defineProblem } from '../kernel/errors.ts';

export const PaymentDeclined = defineProblem({
  code: 'payment.declined',
  status: 402,
  title: 'The card was declined',
  detail: (x: { reason: string; bookingId: string; reference: string; guestToken?: string }) =>
    `${x.reason} Nothing was charged. Pay booking ${x.reference} again with another card.`,
  extensions: (x) => ({
    bookingId: x.bookingId,
    reference: x.reference,
    // A guest has no other way to the booking than its key.
    ...(x.guestToken ? { guestToken: x.guestToken } : {}),
    retry: {
      method: 'POST',
      path: `/api/v1/bookings/${x.bookingId}/payments${x.guestToken ? `?access=${x.guestToken}` : ''}`,
    },
  }),
});
/** Said to those who buy: what keeps the seller from taking cards is not theirs to know. */
export const CardsUnavailable = defineProblem({
  code: 'payment.cards_unavailable',
  status: 409,
  title: 'Cards cannot be taken at the moment',
  detail: () => 'Nothing was booked or charged. Pay in another way, or try again later.',
});
export const PaymentUnderWay = defineProblem({
  code: 'payment.under_way',
  status: 409,
  title: 'Another payment of this booking is under way',
  detail: () => 'Finish or wait for that payment, then look at the booking again. Nothing was charged twice.',
  headers: () => ({ 'retry-after': '2' }),
});
export const PaymentProviderAway = defineProblem({
  code: 'payment.provider_unavailable',
  status: 503,
  title: 'The payment service does not answer',
  detail: () => 'Nothing was charged. Try again in a moment.',
  headers: () => ({ 'retry-after': '10' }),
});
export const WebhookRefused = defineProblem({
  code: 'payment.webhook_refused',
  status: 400,
  title: 'The webhook was refused',
  detail: (x: { reason: string }) => `The signature or content is not acceptable: ${x.reason}`,
});
