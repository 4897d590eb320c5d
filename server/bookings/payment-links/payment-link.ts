import { createHmac } from 'node:crypto';
import type { TenantVault } from '../../kernel/crypto/vault.ts';
import { awaitsPayment, isLive, type BookingState } from '../booking.ts';

/** A client's way to pay one booking. */
export interface PaymentLink {
  id: string;
  bookingId: string;
  expiresAt: Date;
  createdAt: Date;
  openedAt: Date | null;
  revokedAt: Date | null;
}

/**
 * `open`: can be paid; `processing`: the money is held, the supplier books; `booked`: done; `failed`: it could not be booked and nothing
 * was charged; `expired`, `revoked`: no longer of use; `cancelled`: the booking was cancelled later.
 */
export type PaymentLinkState = 'open' | 'processing' | 'booked' | 'failed' | 'expired' | 'revoked' | 'cancelled';

/** Where a link stands: what became of the booking counts more than the link's own clock. Pure. */
export function stateOfLink(
  link: Pick<PaymentLink, 'expiresAt' | 'revokedAt'>,
  booking: { state: BookingState; isPaid: boolean },
  now: Date,
): PaymentLinkState {
  if (link.revokedAt) return 'revoked';
  if (isLive(booking.state) || booking.state === 'completed' || booking.state === 'changing') return 'booked';
  if (booking.state === 'cancelled' || booking.state === 'cancelling') return 'cancelled';
  if (booking.state === 'expired') return 'expired';
  if (booking.state === 'failed') return 'failed';
  if (!awaitsPayment(booking.state) || booking.isPaid) return 'processing';
  return link.expiresAt.getTime() > now.getTime() ? 'open' : 'expired';
}

/** The signed secret of a link, made from its id under the tenant's key: the mail makes it again, the database keeps its digest. */
export const paymentLinkTokenOf = (vault: TenantVault, linkId: string): string =>
  createHmac('sha256', vault.derive('payment-link')).update(linkId).digest('base64url');

/** The page of the brand where the client pays. */
export function paymentLinkUrl(origin: string, token: string): URL {
  const page = new URL('/pay', origin);
  page.searchParams.set('access', token);
  return page;
}
