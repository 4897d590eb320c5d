import { feeToReturn } from '../../payments/index.ts';
import { itemOf } from '../booking.ts';
import { planCancellation } from '../cancellation.ts';
import { getAcceptedQuote, withholdRefund } from '../cancellation-repository.ts';
import type { BookingDeps } from '../deps.ts';
import { addTimelineEvent } from '../repository.ts';
import type { SagaStep } from '../saga-runner.ts';

/** Gives the card what the accepted quote promised, or nothing where its bank took the payment back for good; a wallet sale is credited with the books, in the next step. */
export function refundCustomerStep(deps: BookingDeps): SagaStep {
  const { database, payments } = deps;
  return {
    id: 'refund',
    async forward({ tenant, booking, saga }) {
      const sql = database.tenant(tenant);
      const quote = await getAcceptedQuote(sql, saga);
      const payment = await payments.findLatestByBooking(sql, booking.id);
      if (!payment) return { kind: 'done' };
      // Stripe refuses it, rightly: what the bank took back must not be paid twice.
      const isLost = payment.state === 'disputed' && (await deps.disputes.standingOf(sql, booking.id)) === 'lost';
      if (payment.state === 'disputed' && !isLost)
        return { kind: 'park', reason: 'The card payment is disputed: nothing was refunded' };
      const refundMinor = isLost ? 0 : quote.customerRefundMinor;
      if (refundMinor > 0)
        await payments.refund(tenant, payment, { key: saga.id, amountMinor: refundMinor, reason: 'Cancellation' });
      const waived = planCancellation(itemOf(booking).buildUp, quote.supplierRefundMinor).platform;
      const feeMinor = feeToReturn(payment, waived);
      if (feeMinor > 0) await payments.returnApplicationFee(tenant, payment, { key: saga.id, amountMinor: feeMinor });
      await database.withTenant(tenant, async (tx) => {
        if (isLost) await withholdRefund(tx, quote.id);
        if (refundMinor > 0) await addTimelineEvent(tx, booking.id, 'refunded', 'system', { amountMinor: refundMinor });
      });
      return { kind: 'done' };
    },
  };
}
