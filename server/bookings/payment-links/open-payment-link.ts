import { digest } from '../../kernel/crypto/vault.ts';
import { NotFound } from '../../kernel/errors.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import type { Payment } from '../../payments/index.ts';
import { presentOffer } from '../../search/index.ts';
import { startCardPayment } from '../book-trip.ts';
import type { Booking } from '../booking.ts';
import type { BookingDeps } from '../deps.ts';
import { getById } from '../repository.ts';
import { LinkNotOpen } from './errors.ts';
import { paymentLinkUrl, stateOfLink, type PaymentLink, type PaymentLinkState } from './payment-link.ts';
import { findLinkByTokenHash, noteOpened } from './repository.ts';
import type { PaymentLinkPage } from './schema.ts';

interface Opened {
  link: PaymentLink;
  booking: Booking;
  payment: Payment | undefined;
  state: PaymentLinkState;
}

/** A payment that holds or has taken the money. */
export const isPaid = (payment: Payment | undefined): boolean =>
  payment !== undefined && !['created', 'requires_action', 'failed', 'cancelled'].includes(payment.state);

/** The link of a token, on the brand it was made for only. @throws NotFound */
async function findOpened(deps: BookingDeps, ctx: RequestContext, token: string): Promise<Opened> {
  const link = await findLinkByTokenHash(ctx.sql, digest(token));
  const booking = link && (await getById(ctx.sql, link.bookingId));
  if (!link || booking?.brandId !== ctx.brand.id) throw NotFound({ what: 'This payment link' });
  const payment = await deps.payments.findLatestByBooking(ctx.sql, booking.id);
  const state = stateOfLink(link, { state: booking.state, isPaid: isPaid(payment) }, deps.clock.now());
  return { link, booking, payment, state };
}

/** What the client sees of the booking; the first look is noted for the seller. @throws NotFound */
export async function openPaymentLink(deps: BookingDeps, ctx: RequestContext, token: string): Promise<PaymentLinkPage> {
  const opened = await findOpened(deps, ctx, token);
  if (opened.state === 'open' && !opened.link.openedAt)
    await deps.database.withTenant(ctx.tenant, (sql) => noteOpened(sql, opened.link.id, deps.clock.now()));
  return presentPage(deps, ctx, opened);
}

/**
 * Starts (or finds again) the hosted payment page of a link's booking; the client comes back to the link's own page.
 * @throws NotFound, LinkNotOpen
 */
export async function payByLink(deps: BookingDeps, ctx: RequestContext, token: string): Promise<PaymentLinkPage> {
  const { booking, state } = await findOpened(deps, ctx, token);
  if (state !== 'open') throw LinkNotOpen({ state });
  await startCardPayment(deps, ctx, booking, {
    page: paymentLinkUrl(ctx.brand.origin, token),
    ...(ctx.idempotentId ? { nextAttempt: ctx.idempotentId } : {}),
  });
  return presentPage(deps, ctx, await findOpened(deps, ctx, token));
}

async function presentPage(deps: BookingDeps, ctx: RequestContext, opened: Opened): Promise<PaymentLinkPage> {
  const { link, booking, payment, state } = opened;
  const names = booking.agencyId ? await deps.agencies.namesOf(ctx.sql, [booking.agencyId]) : undefined;
  const shows = state !== 'revoked' && state !== 'expired';
  return {
    state,
    reference: booking.reference,
    sellerName: names?.get(booking.agencyId ?? '') || ctx.brand.name,
    recipientName: shows ? booking.contact.givenName : null,
    expiresAt: link.expiresAt.toISOString(),
    trip: shows
      ? {
          title: booking.title,
          total: { amount: booking.totalMinor, currency: booking.currency },
          items: booking.items.map((item) => ({
            id: item.id,
            offer: presentOffer(item.offer, { total: item.totalMinor, currency: item.currency }, item.id),
          })),
          travellers: booking.travellers.map(({ givenName, familyName }) => ({
            givenName,
            familyInitial: familyName.slice(0, 1),
          })),
        }
      : null,
    payment:
      shows && payment
        ? { actionUrl: state === 'open' ? payment.actionUrl : null, failure: payment.failureMessage }
        : null,
  };
}
