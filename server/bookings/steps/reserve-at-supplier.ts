import { must } from '../../kernel/must.ts';
import type { BookOutcome, SupplierOrder, TravellerDetails } from '../../suppliers/index.ts';
import { itemOf, type Booking, type BookingItem } from '../booking.ts';
import type { BookingDeps } from '../deps.ts';
import { addTimelineEvent, updateItem } from '../repository.ts';
import type { SagaStep, StepOutcome, StepRun } from '../saga-runner.ts';
import { openBirth, openDocument, openPhone } from '../sealed-bookings.ts';

/** A dead process's call may still be under way at the supplier: look for its order this long before the call counts as never made. */
const SETTLE_SECONDS = 30;
/** An outcome the supplier left open is looked up at growing intervals, then a person must look. */
const GIVE_UP_AFTER_SECONDS = 6 * 3600;
const MAX_NOT_CREATED = 6;

/**
 * Books the items at their suppliers. The intent is on record before the call (saga step `started`); whatever came of a call that gave
 * no answer is found by looking the order up by our booking id. A call the supplier left open (`unknown`) is never sent again.
 * Undo: cancel the order.
 */
export function reserveAtSupplierStep(deps: BookingDeps): SagaStep {
  const { database, clock } = deps;

  async function adopt(run: StepRun, item: BookingItem, order: SupplierOrder): Promise<StepOutcome> {
    await database.withTenant(run.tenant, async (sql) => {
      await updateItem(sql, item.id, {
        state: 'reserved',
        supplierOrderId: order.orderId,
        supplierReference: order.reference,
        supplierDocuments: order.documents,
      });
      await addTimelineEvent(sql, run.booking.id, 'reserved', 'system', {
        supplier: item.supplier,
        reference: order.reference,
      });
    });
    return { kind: 'done', output: { orderId: order.orderId } };
  }

  const portOf = (item: BookingItem) =>
    item.product === 'flight' ? deps.flights(item.supplier) : deps.stays(item.supplier);
  const lookUp = (run: StepRun, item: BookingItem) =>
    portOf(item).findByBookingId(run.booking.id, run.booking.createdAt);

  const secondsSince = (instant: string) => (clock.now().getTime() - new Date(instant).getTime()) / 1000;

  async function forward(run: StepRun): Promise<StepOutcome> {
    const item = itemOf(run.booking);
    if (item.supplierOrderId) return { kind: 'done' };
    const { earlier } = run;
    if (earlier) {
      const found = await lookUp(run, item);
      if (found) return adopt(run, item, found);
      if (typeof earlier.output?.unknownSince === 'string') return keepLooking(earlier.output.unknownSince);
      // Kept over the waits: what is waited for is the dead process's call, not the last look.
      const diedIn =
        earlier.state === 'started' ? earlier.startedAt.toISOString() : (earlier.output?.diedIn as string | undefined);
      if (diedIn && secondsSince(diedIn) < SETTLE_SECONDS)
        return {
          kind: 'wait',
          seconds: 5,
          why: 'an earlier attempt died; looking for its order',
          output: { ...earlier.output, diedIn },
        };
      if (Number(earlier.output?.notCreated ?? 0) >= MAX_NOT_CREATED)
        return { kind: 'fail', reason: earlier.error ?? 'The supplier could not take the booking' };
    }
    return settle(run, item, await book(run, item));
  }

  function keepLooking(since: string): StepOutcome {
    const elapsed = secondsSince(since);
    if (elapsed > GIVE_UP_AFTER_SECONDS)
      return { kind: 'park', reason: 'The supplier never said whether it made the booking' };
    return {
      kind: 'wait',
      seconds: Math.min(1800, Math.max(5, Math.round(elapsed / 4))),
      why: 'the supplier has not said whether it made the booking',
      output: { unknownSince: since },
    };
  }

  async function settle(run: StepRun, item: BookingItem, outcome: BookOutcome): Promise<StepOutcome> {
    if (outcome.outcome === 'ok') return adopt(run, item, outcome);
    if (outcome.outcome === 'unknown') return keepLooking(clock.now().toISOString());
    if (outcome.outcome === 'not_created') {
      const notCreated = Number(run.earlier?.output?.notCreated ?? 0) + 1;
      return { kind: 'wait', seconds: 3 * notCreated, why: outcome.reason, output: { notCreated } };
    }
    // A refusal of a second attempt may mean that the first one won.
    const first = run.earlier ? await lookUp(run, item) : null;
    return first ? adopt(run, item, first) : { kind: 'fail', reason: outcome.reason };
  }

  async function book({ tenant, booking }: StepRun, item: BookingItem): Promise<BookOutcome> {
    const travellers = openTravellers(deps, tenant, booking);
    const phone = must(openPhone(deps.vaultOf(tenant), booking), `the contact's phone of booking ${booking.id}`);
    const contact = { email: booking.contact.email, phone };
    const common = {
      contact,
      bookingId: booking.id,
      tenantId: tenant.id,
      // What the supplier asks, in its own currency; the item's net is what that came to in ours.
      amount: { amount: item.offer.net.total, currency: item.offer.net.currency },
    };
    if (item.offer.product === 'flight')
      return deps.flights(item.supplier).book({ ...common, offer: item.offer, travellers });
    return deps.stays(item.supplier).book({ ...common, offer: item.offer, guests: travellers });
  }

  async function compensate(run: StepRun): Promise<StepOutcome> {
    const item = itemOf(run.booking);
    const orderId = item.supplierOrderId ?? (await lookUp(run, item))?.orderId;
    if (!orderId) return { kind: 'done' };
    const order = await portOf(item).get(orderId);
    if (order.state !== 'cancelled') {
      const outcome =
        item.product === 'flight'
          ? await cancelFlight(item.supplier, orderId)
          : await deps.stays(item.supplier).cancel(orderId);
      if (outcome.outcome === 'refused' && outcome.code !== 'already_cancelled')
        return { kind: 'park', reason: `The order could not be cancelled: ${outcome.reason}` };
      if (outcome.outcome === 'not_done' || outcome.outcome === 'unknown')
        return { kind: 'wait', seconds: 10, why: outcome.reason };
    }
    await database.withTenant(run.tenant, async (sql) => {
      await updateItem(sql, item.id, { state: 'cancelled', supplierOrderId: orderId });
      await addTimelineEvent(sql, run.booking.id, 'reservation_cancelled', 'system', { supplier: item.supplier });
    });
    return { kind: 'done' };
  }

  async function cancelFlight(supplier: string, orderId: string) {
    const quote = await deps.flights(supplier).cancelQuote(orderId);
    return deps.flights(supplier).cancelConfirm(quote.id);
  }

  return { id: 'reserve', forward, compensate };
}

function openTravellers(deps: BookingDeps, tenant: StepRun['tenant'], booking: Booking): TravellerDetails[] {
  const vault = deps.vaultOf(tenant);
  return booking.travellers.map((traveller) => {
    const document = openDocument(vault, traveller);
    return {
      type: traveller.type,
      title: traveller.title,
      gender: traveller.gender,
      givenName: traveller.givenName,
      familyName: traveller.familyName,
      bornOn: must(openBirth(vault, traveller), `the day of birth of traveller ${traveller.id}`),
      ...(document ? { document } : {}),
    };
  });
}
