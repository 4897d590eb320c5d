import { abilityFor, as } from '../../access/index.ts';
import { NotFound } from '../../kernel/errors.ts';
import { mustNotBeOperator, NotWhileActing } from '../../kernel/http/acting.ts';
import type { RequestContext } from '../../kernel/http/context.ts';
import { defineRoute } from '../../kernel/http/route.ts';
import { CardsUnavailable, PaymentUnderWay, type Payment } from '../../payments/index.ts';
import type { Booking } from '../booking.ts';
import type { BookingDeps } from '../deps.ts';
import { getBooking } from '../read-bookings.ts';
import { BookingParams } from '../schema.ts';
import { LinkNotOpen, LinkNotPossible } from './errors.ts';
import { isPaid, openPaymentLink, payByLink } from './open-payment-link.ts';
import { stateOfLink } from './payment-link.ts';
import { findLatestLink } from './repository.ts';
import { LinkAccessQuery, PaymentLinkPage, PaymentLinkView } from './schema.ts';
import { revokePaymentLink, sendPaymentLink } from './send-payment-link.ts';

const TAG = 'Bookings';

/** Whether the reader sells this booking and may so see and send its link. */
const maySend = (ctx: RequestContext, { agencyId, agencyPath }: Booking): boolean =>
  abilityFor(ctx.actor).can('read', as('PaymentLink', { agencyId, agencyPath }));

/** A booking's newest link for its seller; null when there is none, undefined for everybody else. */
export async function presentPaymentLink(
  deps: BookingDeps,
  ctx: RequestContext,
  booking: Booking,
  payment: Payment | undefined,
): Promise<PaymentLinkView | null | undefined> {
  if (!maySend(ctx, booking)) return undefined;
  const link = await findLatestLink(ctx.sql, booking.id);
  return link
    ? {
        state: stateOfLink(link, { state: booking.state, isPaid: isPaid(payment) }, deps.clock.now()),
        sentAt: link.createdAt.toISOString(),
        expiresAt: link.expiresAt.toISOString(),
        openedAt: link.openedAt?.toISOString() ?? null,
      }
    : null;
}

export function paymentLinkRoutes(deps: BookingDeps) {
  async function present(ctx: RequestContext, booking: Booking): Promise<PaymentLinkView> {
    const payment = await deps.payments.findLatestByBooking(ctx.sql, booking.id);
    const view = await presentPaymentLink(deps, ctx, booking, payment);
    if (!view) throw NotFound({ what: 'A payment link of this booking' });
    return view;
  }

  return [
    defineRoute(
      {
        method: 'get',
        path: '/bookings/:id/payment-link',
        tag: TAG,
        summary: 'The newest payment link of a booking, and whether the client has opened it',
        can: ['read', 'PaymentLink'],
        params: BookingParams,
        responses: { 200: PaymentLinkView },
      },
      async ({ params, ctx }) => ({ status: 200, body: await present(ctx, await getBooking(ctx, params.id)) }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/bookings/:id/payment-link',
        tag: TAG,
        summary: 'Mail the client a link to pay a booking; one sent before stops working',
        can: ['create', 'PaymentLink'],
        rateLimit: { points: 20, seconds: 60 },
        params: BookingParams,
        responses: { 201: PaymentLinkView },
        problems: [LinkNotPossible, NotWhileActing],
      },
      async ({ params, ctx }) => {
        mustNotBeOperator(ctx.actor);
        const booking = await getBooking(ctx, params.id);
        const brand = booking.brandId === ctx.brand.id ? ctx.brand : await deps.brandOf(ctx.tenant, booking.brandId);
        const url = await sendPaymentLink(deps, ctx, booking, (brand ?? ctx.brand).origin);
        return { status: 201, body: { ...(await present(ctx, booking)), url } };
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/bookings/:id/payment-link',
        tag: TAG,
        summary: 'Withdraw a payment link',
        can: ['delete', 'PaymentLink'],
        params: BookingParams,
        responses: { 204: null },
      },
      async ({ params, ctx }) => {
        await revokePaymentLink(deps, ctx, await getBooking(ctx, params.id));
        return { status: 204 };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/payment-links/own',
        tag: TAG,
        summary: 'What is paid by a payment link',
        can: 'public',
        rateLimit: { points: 120, seconds: 60 },
        query: LinkAccessQuery,
        responses: { 200: PaymentLinkPage },
      },
      async ({ query, ctx }) => ({ status: 200, body: await openPaymentLink(deps, ctx, query.access) }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/payment-links/own/payments',
        tag: TAG,
        summary: 'Pay by a payment link, on the hosted page',
        can: 'public',
        idempotent: true,
        rateLimit: { points: 20, seconds: 60 },
        query: LinkAccessQuery,
        responses: { 201: PaymentLinkPage },
        problems: [LinkNotOpen, PaymentUnderWay, CardsUnavailable],
      },
      async ({ query, ctx }) => {
        mustNotBeOperator(ctx.actor);
        return { status: 201, body: await payByLink(deps, ctx, query.access) };
      },
    ),
  ];
}
