import { emitEvent } from '../../kernel/outbox/emit.ts';
import type { BookingDeps } from '../deps.ts';
import { addTimelineEvent, getById, moveBooking, updateItem } from '../repository.ts';
import type { SagaStep } from '../saga-runner.ts';

/**
 * One transaction: the booking is confirmed, the sale posted to the ledger, commissions accrued, the invoice issued, the event written
 * that sends mail and documents. All of it or none.
 */
export function confirmBookingStep(deps: BookingDeps): SagaStep {
  const { database, clock, metrics } = deps;
  return {
    id: 'confirm',
    async forward({ tenant, booking }) {
      if (booking.confirmedAt) return { kind: 'done' };
      const brand = await deps.brandOf(tenant, booking.brandId);
      if (!brand) return { kind: 'park', reason: 'The brand of the booking no longer exists' };
      const confirmedAt = clock.now();
      const ticketed = booking.items.every((item) =>
        item.supplierDocuments.some((document) => document.kind === 'electronic_ticket'),
      );
      const state = ticketed ? 'ticketed' : 'confirmed';
      const moved = await database.withTenant(tenant, async (sql) => {
        if (!(await moveBooking(sql, booking.id, state, { at: confirmedAt, failureReason: null }))) return false;
        for (const item of booking.items) await updateItem(sql, item.id, { state: 'confirmed' });
        await deps.accounting.recordSale(sql, { tenant, brand, booking: await getById(sql, booking.id), confirmedAt });
        await addTimelineEvent(sql, booking.id, state, 'system');
        await emitEvent(sql, { kind: 'booking.confirmed@1', payload: { bookingId: booking.id } });
        return true;
      });
      // Money was taken for a booking that may not be confirmed any more: never to be passed over.
      if (!moved) return { kind: 'park', reason: `The booking is ${booking.state} although it was paid and reserved` };
      metrics.bookings.inc({ state });
      return { kind: 'done' };
    },
  };
}
