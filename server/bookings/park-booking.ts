import { emitEvent } from '../kernel/outbox/emit.ts';
import type { BookingDeps } from './deps.ts';
import { addTimelineEvent, moveBooking } from './repository.ts';
import type { StepRun } from './saga-runner.ts';

/** Neither forward nor back is safe: the booking waits for a person, visibly, with the reason. */
export async function parkBooking(
  deps: BookingDeps,
  { tenant, booking }: Pick<StepRun, 'tenant' | 'booking'>,
  reason: string,
): Promise<void> {
  await deps.database.withTenant(tenant, async (sql) => {
    if (!(await moveBooking(sql, booking.id, 'needs_attention', { failureReason: reason }))) return;
    await addTimelineEvent(sql, booking.id, 'needs_attention', 'system', { reason });
    await emitEvent(sql, { kind: 'booking.needs_attention@1', payload: { bookingId: booking.id, reason } });
  });
  deps.metrics.bookings.inc({ state: 'needs_attention' });
}
