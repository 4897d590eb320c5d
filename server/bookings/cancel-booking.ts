import { NotFound } from '../kernel/errors.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { doerOf } from '../kernel/http/actor.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { isLive, itemOf, orderIdOf, type Booking } from './booking.ts';
import { planCancellation, stayRefundAt } from './cancellation.ts';
import {
  findCancellationQuote,
  insertCancellationQuote,
  takeCancellationQuote,
  type CancellationQuote,
} from './cancellation-repository.ts';
import { FIRST_CANCELLATION_STEP } from './cancellation-saga.ts';
import type { BookingDeps } from './deps.ts';
import { BookingDisputed, CancellationQuoteExpired, NotCancellable } from './errors.ts';
import { addTimelineEvent, getById, moveBooking } from './repository.ts';
import { insertSaga } from './saga-repository.ts';

/** A hotel's quote is ours to make; it stands this long, or until the next deadline of its timeline. */
const STAY_QUOTE_MS = 15 * 60_000;

/**
 * What cancelling now would give back: asked of the airline, or read from the hotel's timeline; each level's share reckoned.
 * @throws BookingDisputed while a bank decides; NotCancellable when the booking is not live, or the airline does not say what it refunds
 */
export async function quoteCancellation(
  deps: BookingDeps,
  ctx: RequestContext,
  booking: Booking,
): Promise<CancellationQuote> {
  if (!isLive(booking.state))
    throw NotCancellable({ reason: `A booking that is ${booking.state.replaceAll('_', ' ')} cannot be cancelled.` });
  const dispute = await disputeOf(deps, ctx.sql, booking.id);
  const item = itemOf(booking);
  const now = deps.clock.now();
  let supplier: { quoteId: string | null; refundMinor: number; expiresAt: Date };
  if (item.offer.product === 'stay') {
    const { refundMinor, validUntil } = stayRefundAt(item.offer, now);
    supplier = {
      quoteId: null,
      refundMinor,
      expiresAt: new Date(Math.min(now.getTime() + STAY_QUOTE_MS, validUntil?.getTime() ?? Number.POSITIVE_INFINITY)),
    };
  } else {
    const quote = await deps.flights(item.supplier).cancelQuote(orderIdOf(item));
    if (!quote.refund || quote.refund.currency !== item.offer.net.currency)
      throw NotCancellable({
        reason: 'The airline does not say what it would refund. Ask your agency to cancel for you.',
      });
    supplier = { quoteId: quote.id, refundMinor: quote.refund.amount, expiresAt: new Date(quote.expiresAt) };
  }
  const plan = planCancellation(item.buildUp, supplier.refundMinor);
  const made = {
    id: newId(),
    bookingId: booking.id,
    supplierQuoteId: supplier.quoteId,
    supplierRefundMinor: supplier.refundMinor,
    customerRefundMinor: dispute === 'lost' ? 0 : plan.customer,
    currency: booking.currency,
    expiresAt: supplier.expiresAt,
  };
  await deps.database.withTenant(ctx.tenant, (sql) => insertCancellationQuote(sql, made));
  return { ...made, state: 'open' };
}

/** @throws BookingDisputed while a bank decides */
async function disputeOf(deps: BookingDeps, sql: TenantSql, bookingId: string): Promise<'none' | 'lost'> {
  const standing = await deps.disputes.standingOf(sql, bookingId);
  if (standing === 'open') throw BookingDisputed();
  return standing;
}

/** @throws NotFound */
export async function getCancellationQuote(ctx: RequestContext, id: string): Promise<CancellationQuote> {
  const quote = await findCancellationQuote(ctx.sql, id);
  if (!quote) throw NotFound({ what: 'This cancellation quote' });
  return quote;
}

/**
 * Accepts a quote: the booking is `cancelling` from here, and a saga cancels at the supplier, gives the money back and corrects the
 * books. Only the newest open quote counts; a second confirmation finds it taken.
 * @throws CancellationQuoteExpired, NotCancellable, BookingDisputed
 */
export async function confirmCancellation(
  deps: BookingDeps,
  ctx: RequestContext,
  quote: CancellationQuote,
): Promise<Booking> {
  if (quote.state === 'confirmed') return getById(ctx.sql, quote.bookingId);
  if (quote.state !== 'open' || quote.expiresAt.getTime() <= deps.clock.now().getTime())
    throw CancellationQuoteExpired();
  await deps.database.withTenant(ctx.tenant, async (sql) => {
    if (!(await takeCancellationQuote(sql, quote.id))) return;
    // A promise made before the bank decided is not kept.
    if ((await disputeOf(deps, sql, quote.bookingId)) === 'lost' && quote.customerRefundMinor > 0)
      throw CancellationQuoteExpired();
    const { state } = await getById(sql, quote.bookingId);
    if (!(await moveBooking(sql, quote.bookingId, 'cancelling')))
      throw NotCancellable({ reason: 'The booking has changed meanwhile. Look at it again.' });
    await insertSaga(sql, {
      id: quote.id,
      bookingId: quote.bookingId,
      kind: 'cancel-trip',
      step: FIRST_CANCELLATION_STEP,
      context: { stateBefore: state },
    });
    await addTimelineEvent(sql, quote.bookingId, 'cancellation_requested', doerOf(ctx.actor).name || 'guest', {
      refundMinor: quote.customerRefundMinor,
    });
    await emitEvent(sql, {
      kind: 'booking.cancellation_requested@1',
      payload: { bookingId: quote.bookingId, sagaId: quote.id },
    });
  });
  return getById(ctx.sql, quote.bookingId);
}
