import { emitEvent } from '../../kernel/outbox/emit.ts';
import { itemOf } from '../booking.ts';
import { planCancellation, withhold } from '../cancellation.ts';
import { getAcceptedQuote } from '../cancellation-repository.ts';
import type { BookingDeps } from '../deps.ts';
import { addTimelineEvent, moveBooking } from '../repository.ts';
import type { SagaStep } from '../saga-runner.ts';

/** One transaction: the refund in every book, commissions taken back, credit notes, wallets credited, the booking `cancelled`. */
export function recordCancellationStep(deps: BookingDeps): SagaStep {
  return {
    id: 'record',
    async forward({ tenant, booking, saga }) {
      if (booking.cancelledAt) return { kind: 'done' };
      const at = deps.clock.now();
      const quote = await getAcceptedQuote(deps.database.tenant(tenant), saga);
      const plan = planCancellation(itemOf(booking).buildUp, quote.supplierRefundMinor);
      const moved = await deps.database.withTenant(tenant, async (sql) => {
        if (!(await moveBooking(sql, booking.id, 'cancelled', { at }))) return false;
        await deps.accounting.recordRefund(sql, {
          booking,
          plan: quote.customerRefundMinor === 0 && plan.customer > 0 ? withhold(plan) : plan,
          refundId: saga.id,
          at,
        });
        await addTimelineEvent(sql, booking.id, 'cancelled', 'system', { refundMinor: quote.customerRefundMinor });
        await emitEvent(sql, {
          kind: 'booking.cancelled@1',
          payload: { bookingId: booking.id, cancellationQuoteId: quote.id, refundMinor: quote.customerRefundMinor },
        });
        return true;
      });
      if (!moved)
        return { kind: 'park', reason: `The booking is ${booking.state} although it was cancelled at the supplier` };
      deps.metrics.bookings.inc({ state: 'cancelled' });
      return { kind: 'done' };
    },
  };
}
