import { must } from '../../kernel/must.ts';
import type { CancelOutcome } from '../../suppliers/index.ts';
import { getAcceptedQuote } from '../cancellation-repository.ts';
import { itemOf, orderIdOf } from '../booking.ts';
import type { BookingDeps } from '../deps.ts';
import { addTimelineEvent, updateItem } from '../repository.ts';
import type { SagaStep, StepOutcome, StepRun } from '../saga-runner.ts';

/**
 * Cancels the order at its supplier under the quote the customer accepted. An attempt whose outcome is not known is settled by reading
 * the order: a cancelled one is done, whoever's call did it. There is no undo: an order that is cancelled stays so.
 */
export function cancelAtSupplierStep(deps: BookingDeps): SagaStep {
  const { database } = deps;

  async function done(run: StepRun): Promise<StepOutcome> {
    const item = itemOf(run.booking);
    await database.withTenant(run.tenant, async (sql) => {
      await updateItem(sql, item.id, { state: 'cancelled' });
      await addTimelineEvent(sql, run.booking.id, 'cancelled_at_supplier', 'system', { supplier: item.supplier });
    });
    return { kind: 'done' };
  }

  return {
    id: 'cancel-order',
    async forward(run) {
      const item = itemOf(run.booking);
      const orderId = orderIdOf(item);
      const port = item.product === 'flight' ? deps.flights(item.supplier) : deps.stays(item.supplier);
      if (run.earlier && (await port.get(orderId)).state === 'cancelled') return done(run);
      const quote = await getAcceptedQuote(database.tenant(run.tenant), run.saga);
      const outcome: CancelOutcome =
        item.product === 'flight'
          ? await deps
              .flights(item.supplier)
              .cancelConfirm(must(quote.supplierQuoteId, `the airline's quote of ${quote.id}`))
          : await deps.stays(item.supplier).cancel(orderId);
      if (outcome.outcome === 'ok' || (outcome.outcome === 'refused' && outcome.code === 'already_cancelled'))
        return done(run);
      if (outcome.outcome === 'refused') return { kind: 'fail', reason: outcome.reason };
      return { kind: 'wait', seconds: 5, why: outcome.reason };
    },
  };
}
