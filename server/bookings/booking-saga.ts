import type { Tenant } from '../kernel/http/context.ts';
import { RetryLater, type Consumer } from '../kernel/outbox/consumers.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import type { BookingDeps } from './deps.ts';
import { cancelTripSaga } from './cancellation-saga.ts';
import { parkBooking } from './park-booking.ts';
import { addTimelineEvent, moveBooking } from './repository.ts';
import { runSaga, type SagaDefinition } from './saga-runner.ts';
import { capturePaymentStep } from './steps/capture-payment.ts';
import { confirmBookingStep } from './steps/confirm-booking.ts';
import { NEVER_PAID, paymentStep } from './steps/payment.ts';
import { reserveAtSupplierStep } from './steps/reserve-at-supplier.ts';

export const FIRST_STEP = 'payment';

/**
 * The booking saga: money held → supplier books → money taken → confirmed. Woken by events; whoever wakes it drives it on from where
 * it stands, one process at a time (advisory lock).
 */
export function bookTripSaga(deps: BookingDeps): SagaDefinition {
  return {
    kind: 'book-trip',
    steps: [paymentStep(deps), reserveAtSupplierStep(deps), capturePaymentStep(deps), confirmBookingStep(deps)],
    async onCompensated({ tenant, booking }, reason) {
      const state = reason === NEVER_PAID ? 'expired' : 'failed';
      await deps.database.withTenant(tenant, async (sql) => {
        if (!(await moveBooking(sql, booking.id, state, { failureReason: reason }))) return;
        await deps.promos.release(sql, booking.id);
        await addTimelineEvent(sql, booking.id, state, 'system', { reason });
        await emitEvent(sql, {
          kind: state === 'failed' ? 'booking.failed@1' : 'booking.expired@1',
          payload: { bookingId: booking.id, reason },
        });
      });
      deps.metrics.bookings.inc({ state });
    },
    onParked: (run, reason) => parkBooking(deps, run, reason),
  };
}

/** Drives a booking's saga when something happened to it. */
export function bookingSagaConsumer(deps: BookingDeps): Consumer {
  const booking = bookTripSaga(deps);
  const cancellation = cancelTripSaga(deps);
  return {
    name: 'bookings.saga',
    kinds: [
      'booking.requested@1',
      'payment.authorised@1',
      'payment.failed@1',
      'payment.cancelled@1',
      'booking.cancellation_requested@1',
    ],
    async handle(event, tenant: Tenant) {
      const bookingId = String(event.payload.bookingId);
      // The booking's own saga has its id; a cancellation has the id of the quote that was accepted.
      const sagaId = typeof event.payload.sagaId === 'string' ? event.payload.sagaId : bookingId;
      const ran = await deps.locks.tryWith(`saga:${tenant.id}:${bookingId}`, () =>
        runSaga(deps, sagaId === bookingId ? booking : cancellation, tenant, sagaId),
      );
      if (ran === 'busy') throw new RetryLater(3, 'another process is at work on this booking');
    },
  };
}
