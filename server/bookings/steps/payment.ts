import { must } from '../../kernel/must.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import type { BookingDeps } from '../deps.ts';
import { addTimelineEvent, moveBooking } from '../repository.ts';
import type { SagaStep, StepRun } from '../saga-runner.ts';

/** Between two looks at a payment nobody told us of: webhooks are the fast way, this is the sure one. */
const POLL_SECONDS = 60;

/** Why a booking ended without ever being paid. */
export const NEVER_PAID = 'The payment was not completed in time';

/**
 * Waits until the money is there: the card's authorisation, or the wallet's hold (made when the booking was written).
 * Undo: free the authorisation, release the hold.
 */
export function paymentStep(deps: BookingDeps): SagaStep {
  const { payments, database, clock } = deps;

  async function waitOrExpire({ booking }: StepRun) {
    const left = booking.expiresAt ? (booking.expiresAt.getTime() - clock.now().getTime()) / 1000 : 0;
    if (left <= 0) return { kind: 'fail', reason: NEVER_PAID } as const;
    return {
      kind: 'wait',
      seconds: Math.ceil(Math.min(POLL_SECONDS, left + 1)),
      why: 'waiting for the payment',
    } as const;
  }

  return {
    id: 'payment',
    async forward(run) {
      const { tenant, booking } = run;
      const sql = database.tenant(tenant);
      const latest = await payments.findLatestByBooking(sql, booking.id);
      if (!latest) return waitOrExpire(run);
      if (latest.method !== 'card') return { kind: 'done' };
      const payment = must(await payments.refresh(tenant, latest.id), `the payment ${latest.id}`);
      if (payment.state === 'authorised' || payment.state === 'succeeded') {
        if (booking.state === 'payment_failed')
          await database.withTenant(tenant, (tx) => moveBooking(tx, booking.id, 'pending').then(() => undefined));
        return { kind: 'done', output: { paymentId: payment.id } };
      }
      if (payment.state === 'failed' && booking.state === 'pending') {
        await database.withTenant(tenant, async (tx) => {
          if (await moveBooking(tx, booking.id, 'payment_failed', { failureReason: payment.failureMessage })) {
            await addTimelineEvent(tx, booking.id, 'payment_failed', 'system', { code: payment.failureCode });
          }
        });
      }
      return waitOrExpire(run);
    },
    async compensate({ tenant, booking }) {
      const sql = database.tenant(tenant);
      const payment = await payments.findLatestByBooking(sql, booking.id);
      if (!payment) return { kind: 'done' };
      if (payment.method === 'card') await payments.cancel(tenant, payment);
      else {
        await database.withTenant(tenant, async (tx) => {
          await deps.wallets.release(tx, booking.id);
          await payments.markCancelled(tx, payment);
        });
      }
      await database.withTenant(tenant, async (tx) => {
        await addTimelineEvent(tx, booking.id, 'payment_released', 'system');
        await emitEvent(tx, { kind: 'payment.released@1', payload: { bookingId: booking.id, paymentId: payment.id } });
      });
      return { kind: 'done' };
    },
  };
}
