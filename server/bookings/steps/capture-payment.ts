import { must } from '../../kernel/must.ts';
import type { BookingDeps } from '../deps.ts';
import { addTimelineEvent } from '../repository.ts';
import type { SagaStep } from '../saga-runner.ts';

/**
 * Takes the money, now that the supplier holds the trip: captures the card's authorisation, or turns the wallet's holds into debits.
 * An authorisation that is gone cannot be taken any more: then everything is undone. There is no undo of its own: nothing after this
 * step can fail for good.
 */
export function capturePaymentStep(deps: BookingDeps): SagaStep {
  const { payments, database } = deps;
  return {
    id: 'capture',
    async forward({ tenant, booking }) {
      const latest = await payments.findLatestByBooking(database.tenant(tenant), booking.id);
      const payment = must(latest, `the payment of booking ${booking.id}`);
      if (payment.method === 'card') {
        const current = must(await payments.refresh(tenant, payment.id), `the payment ${payment.id}`);
        if (current.state === 'cancelled' || current.state === 'failed')
          return { kind: 'fail', reason: 'The card authorisation was withdrawn before it could be used' };
        if (current.state !== 'succeeded') await payments.capture(tenant, current);
      } else {
        await database.withTenant(tenant, async (sql) => {
          await deps.wallets.capture(sql, booking.id);
          await payments.markSucceeded(sql, payment);
        });
      }
      await database.withTenant(tenant, (sql) =>
        addTimelineEvent(sql, booking.id, 'paid', 'system', { method: payment.method }),
      );
      return { kind: 'done' };
    },
  };
}
