/** States of a payment; `authorised` means the amount is reserved on the card and not yet taken. */
export type PaymentState =
  | 'created'
  | 'requires_action'
  | 'authorised'
  | 'processing'
  | 'succeeded'
  | 'failed'
  | 'cancelled'
  | 'refunded'
  | 'partially_refunded'
  | 'disputed';

export interface Payment {
  id: string;
  bookingId: string;
  method: 'card' | 'wallet' | 'credit';
  state: PaymentState;
  amountMinor: number;
  capturedMinor: number;
  refundedMinor: number;
  currency: string;
  intentId: string | null;
  checkoutSessionId: string | null;
  actionUrl: string | null;
  failureCode: string | null;
  failureMessage: string | null;
  /** Connected account it was made in; null: the platform's own. */
  stripeAccount: string | null;
  /** The platform's part, taken with the capture; only in a connected account. Minor units. */
  applicationFeeMinor: number;
  createdAt: Date;
}

/** Where a payment may go from each state; a late or repeated webhook that would lead elsewhere changes nothing. */
const NEXT: Record<PaymentState, readonly PaymentState[]> = {
  created: ['requires_action', 'processing', 'authorised', 'succeeded', 'failed', 'cancelled'],
  requires_action: ['processing', 'authorised', 'succeeded', 'failed', 'cancelled'],
  processing: ['requires_action', 'authorised', 'succeeded', 'failed', 'cancelled'],
  authorised: ['succeeded', 'failed', 'cancelled'],
  succeeded: ['refunded', 'partially_refunded', 'disputed'],
  partially_refunded: ['refunded', 'partially_refunded', 'disputed'],
  disputed: ['succeeded', 'refunded', 'partially_refunded'],
  failed: [],
  cancelled: [],
  refunded: [],
};

export const canBecome = (from: PaymentState, to: PaymentState): boolean => from !== to && NEXT[from].includes(to);

/** Nothing more can be taken from or returned to the card. */
export const isOver = (state: PaymentState): boolean => NEXT[state].length === 0;

/** What goes back of the platform's fee when it waives an amount: never more than was taken with the payment. */
export const feeToReturn = (
  payment: Pick<Payment, 'stripeAccount' | 'applicationFeeMinor'>,
  waivedMinor: number,
): number => (payment.stripeAccount === null ? 0 : Math.max(0, Math.min(waivedMinor, payment.applicationFeeMinor)));
