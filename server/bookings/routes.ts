import { Forbidden } from '../kernel/errors.ts';
import { IdParams } from '../kernel/http/wire.ts';
import { mustNotBeOperator, NotWhileActing } from '../kernel/http/acting.ts';
import { defineRoute } from '../kernel/http/route.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { CardsUnavailable, PaymentDeclined, PaymentUnderWay } from '../payments/index.ts';
import { PromoCodeRefused } from '../promos/index.ts';
import { awaitsPayment, itemOf, type Booking } from './booking.ts';
import { bookTrip, holderOf, startCardPayment } from './book-trip.ts';
import { confirmCancellation, getCancellationQuote, quoteCancellation } from './cancel-booking.ts';
import type { CancellationQuote } from './cancellation-repository.ts';
import type { BookingDeps } from './deps.ts';
import {
  ClosedGroupPrice,
  BookingDisputed,
  CancellationQuoteExpired,
  ContactNotCustomers,
  NotCancellable,
  NotPayable,
  OfferExpired,
  PriceChanged,
  TravellersInvalid,
  WalletNotYours,
} from './errors.ts';
import { explainPrice } from './explain-price.ts';
import { LinkNotForYou } from './payment-links/errors.ts';
import { presentPaymentLink } from './payment-links/routes.ts';
import { PriceExplanationView } from './price-explanation-schema.ts';
import { presentBooking, presentSummary } from './presenter.ts';
import { getBooking, opens, listBookings, mayDo } from './read-bookings.ts';
import { readTimeline } from './read-timeline.ts';
import {
  BookingAccessQuery,
  BookingCreate,
  BookingList,
  BookingListQuery,
  BookingParams,
  BookingView,
  CancellationQuoteView,
  PaymentCreate,
  TimelineView,
} from './schema.ts';

/** Other modules' answers a booking's page shows. */
export interface BookingPages {
  findInvoiceId(ctx: RequestContext, bookingId: string): Promise<string | null>;
  /** Empty once the account was erased. */
  nameOfUser(ctx: RequestContext, id: string): Promise<string>;
}

const TAG = 'Bookings';

export function bookingRoutes(deps: BookingDeps, pages: BookingPages) {
  async function present(ctx: RequestContext, booking: Booking, guestToken?: string): Promise<BookingView> {
    const ids = itemOf(booking).buildUp.levels.flatMap((level) => (level.agencyId ? [level.agencyId] : []));
    // The customer is named already; who booked for somebody is not.
    const bookedById = booking.bookedById === booking.customerId ? null : booking.bookedById;
    const [payment, brand, agencyNames, invoiceId, bookedBy] = await Promise.all([
      deps.payments.findLatestByBooking(ctx.sql, booking.id),
      booking.brandId === ctx.brand.id ? ctx.brand : deps.brandOf(ctx.tenant, booking.brandId),
      deps.agencies.namesOf(ctx.sql, ids),
      pages.findInvoiceId(ctx, booking.id),
      bookedById ? pages.nameOfUser(ctx, bookedById).then((name) => ({ id: bookedById, name })) : null,
    ]);
    const parts = {
      booking,
      payment,
      brand: brand ?? ctx.brand,
      agencyNames,
      vault: deps.vaultOf(ctx.tenant),
      invoiceId,
      bookedBy,
      paymentLink: await presentPaymentLink(deps, ctx, booking, payment),
    };
    return presentBooking(ctx.actor, parts, {
      ...(guestToken ? { guestToken } : {}),
      holdsToken: guestToken !== undefined && opens(booking, guestToken),
      mayCancel: mayDo(ctx, 'cancel', booking, guestToken),
    });
  }

  /** Cancelling takes more than seeing. */
  async function getCancellable(ctx: RequestContext, id: string, access: string | undefined): Promise<Booking> {
    const booking = await getBooking(ctx, id, access);
    if (!mayDo(ctx, 'cancel', booking, access)) throw Forbidden({ action: 'cancel', subject: 'booking' });
    return booking;
  }

  const presentQuote = (quote: CancellationQuote, booking: Booking) => ({
    id: quote.id,
    bookingId: quote.bookingId,
    refund: { amount: quote.customerRefundMinor, currency: quote.currency },
    penalty: { amount: booking.totalMinor - quote.customerRefundMinor, currency: quote.currency },
    expiresAt: quote.expiresAt.toISOString(),
  });

  return [
    defineRoute(
      {
        method: 'post',
        path: '/bookings',
        tag: TAG,
        summary: 'Book a quote or an offer',
        can: ['create', 'Booking'],
        idempotent: true,
        rateLimit: { points: 60, seconds: 60 },
        body: BookingCreate,
        responses: { 201: BookingView },
        problems: [
          PriceChanged,
          OfferExpired,
          TravellersInvalid,
          ContactNotCustomers,
          WalletNotYours,
          LinkNotForYou,
          PaymentDeclined,
          CardsUnavailable,
          ClosedGroupPrice,
          PromoCodeRefused,
        ],
      },
      async ({ body, ctx }) => {
        const { booking, guestToken } = await bookTrip(deps, ctx, body);
        return {
          status: 201,
          body: await present(ctx, booking, guestToken),
          headers: { location: `/api/v1/bookings/${booking.id}` },
        };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/bookings',
        tag: TAG,
        summary: 'Bookings you may see',
        can: ['read', 'Booking'],
        query: BookingListQuery,
        responses: { 200: BookingList },
      },
      async ({ query, ctx }) => {
        const { rows, next } = await listBookings(ctx, query);
        return { status: 200, body: { data: rows.map((row) => presentSummary(ctx.actor, row)), next } };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/bookings/:id',
        tag: TAG,
        summary: 'One booking, by id or reference',
        can: 'public',
        rateLimit: { points: 300, seconds: 60 },
        params: BookingParams,
        query: BookingAccessQuery,
        responses: { 200: BookingView },
      },
      async ({ params, query, ctx }) => ({
        status: 200,
        body: await present(ctx, await getBooking(ctx, params.id, query.access), query.access),
      }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/bookings/:id/payments',
        tag: TAG,
        summary: 'Pay a booking that waits for its payment',
        can: 'public',
        idempotent: true,
        rateLimit: { points: 20, seconds: 60 },
        params: BookingParams,
        query: BookingAccessQuery,
        body: PaymentCreate,
        responses: { 201: BookingView },
        problems: [NotPayable, PaymentDeclined, CardsUnavailable, PaymentUnderWay, NotWhileActing],
      },
      async ({ params, query, body, ctx }) => {
        mustNotBeOperator(ctx.actor);
        const booking = await getBooking(ctx, params.id, query.access);
        const open =
          awaitsPayment(booking.state) &&
          booking.paymentMethod === 'card' &&
          (booking.expiresAt?.getTime() ?? 0) > deps.clock.now().getTime();
        if (!open) throw NotPayable({ state: booking.state });
        await startCardPayment(deps, ctx, booking, {
          ...(body.paymentMethodId ? { paymentMethodId: body.paymentMethodId } : {}),
          ...(query.access ? { guestToken: query.access } : {}),
          ...(ctx.idempotentId ? { nextAttempt: ctx.idempotentId } : {}),
          ...holderOf(ctx.actor, booking),
        });
        return { status: 201, body: await present(ctx, await getBooking(ctx, booking.id, query.access), query.access) };
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/bookings/:id/price-explanation',
        tag: TAG,
        summary: 'Why the price and the commission are what they are: rules and tiers as the quote froze them',
        can: ['read', 'Booking'],
        params: BookingParams,
        responses: { 200: PriceExplanationView },
      },
      async ({ params, ctx }) => ({
        status: 200,
        body: await explainPrice(deps, ctx, await getBooking(ctx, params.id)),
      }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/bookings/:id/timeline',
        tag: TAG,
        summary: 'What happened to a booking, and where its saga stands',
        can: ['read', 'Booking'],
        params: BookingParams,
        responses: { 200: TimelineView },
      },
      async ({ params, ctx }) => {
        const booking = await getBooking(ctx, params.id);
        const { events, saga } = await readTimeline(ctx.sql, booking.id);
        return {
          status: 200,
          body: {
            data: events.map((event) => ({ ...event, at: event.at.toISOString() })),
            saga: saga && {
              state: saga.state,
              step: saga.step,
              steps: saga.steps.map(({ step, direction, state, attempts, error }) => ({
                step,
                direction,
                state,
                attempts,
                error,
              })),
            },
          },
        };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/bookings/:id/cancellation-quotes',
        tag: TAG,
        summary: 'What cancelling now would give back',
        can: 'public',
        rateLimit: { points: 20, seconds: 60 },
        params: BookingParams,
        query: BookingAccessQuery,
        responses: { 201: CancellationQuoteView },
        problems: [NotCancellable, BookingDisputed],
      },
      async ({ params, query, ctx }) => {
        const booking = await getCancellable(ctx, params.id, query.access);
        return { status: 201, body: presentQuote(await quoteCancellation(deps, ctx, booking), booking) };
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/cancellation-quotes/:id/confirm',
        tag: TAG,
        summary: 'Cancel a booking under a quote',
        can: 'public',
        idempotent: true,
        params: IdParams,
        query: BookingAccessQuery,
        responses: { 202: BookingView },
        problems: [CancellationQuoteExpired, NotCancellable, BookingDisputed, NotWhileActing],
      },
      async ({ params, query, ctx }) => {
        mustNotBeOperator(ctx.actor);
        const quote = await getCancellationQuote(ctx, params.id);
        const { reference, state } = await getCancellable(ctx, quote.bookingId, query.access);
        ctx.audit.note({
          subject: { type: 'Booking', id: quote.bookingId, label: reference },
          before: { state },
          after: { state: 'cancelling' },
          details: { refundMinor: quote.customerRefundMinor, currency: quote.currency },
        });
        return { status: 202, body: await present(ctx, await confirmCancellation(deps, ctx, quote), query.access) };
      },
    ),
  ];
}
