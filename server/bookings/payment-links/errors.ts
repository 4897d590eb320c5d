import { defineProblem } from '../../kernel/errors.ts';
import type { PaymentLinkState } from './payment-link.ts';

export const LinkNotForYou = defineProblem({
  code: 'booking.payment_link_not_allowed',
  status: 403,
  title: 'Only staff of the seller sends payment links',
  detail: () => 'Sign in as an agent of this brand, or pay by card.',
});
export const LinkNotPossible = defineProblem({
  code: 'booking.payment_link_not_possible',
  status: 409,
  title: 'A payment link cannot be sent for this booking',
  detail: (x: { reason: string }) => x.reason,
});
export const LinkNotOpen = defineProblem({
  code: 'booking.payment_link_closed',
  status: 409,
  title: 'The payment link is no longer open',
  detail: (x: { state: PaymentLinkState }) =>
    x.state === 'processing' || x.state === 'booked'
      ? 'The booking was paid already. Nothing is charged twice.'
      : 'Nothing was charged. Ask who sent you the link for a new one.',
  extensions: (x) => ({ state: x.state }),
});
