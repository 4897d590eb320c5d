import type { BookingState } from './booking.ts';
import type { BookingDeps } from './deps.ts';
import { parkBooking } from './park-booking.ts';
import { addTimelineEvent, moveBooking } from './repository.ts';
import type { SagaDefinition } from './saga-runner.ts';
import { cancelAtSupplierStep } from './steps/cancel-at-supplier.ts';
import { recordCancellationStep } from './steps/record-cancellation.ts';
import { refundCustomerStep } from './steps/refund-customer.ts';

export const FIRST_CANCELLATION_STEP = 'cancel-order';

/** Cancelling a live booking: supplier → money back → books. A supplier that refuses leaves the booking as it was. */
export function cancelTripSaga(deps: BookingDeps): SagaDefinition {
  return {
    kind: 'cancel-trip',
    steps: [cancelAtSupplierStep(deps), refundCustomerStep(deps), recordCancellationStep(deps)],
    async onCompensated({ tenant, booking, saga }, reason) {
      await deps.database.withTenant(tenant, async (sql) => {
        if (await moveBooking(sql, booking.id, saga.context.stateBefore as BookingState))
          await addTimelineEvent(sql, booking.id, 'cancellation_refused', 'system', { reason });
      });
    },
    onParked: (run, reason) => parkBooking(deps, run, reason),
  };
}
