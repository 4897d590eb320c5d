import { airlineByCode } from '../../reference/index.ts';
import type { SandboxContext } from './context.ts';
import { hash32 } from './hash.ts';
import type { OrderRecord } from './records.ts';
import type { Order } from './wire.ts';

/** One electronic ticket a passenger: the carrier's three-digit code (999 for the sandbox carrier) and a ten-digit serial. */
export function ticketsFor(order: Order): NonNullable<Order['documents']> {
  const code = airlineByCode(order.owner.iata_code ?? '')?.ticketingCode ?? '999';
  return order.passengers.map((passenger, at) => ({
    type: 'electronic_ticket',
    unique_identifier: `${code}${String(1_000_000_000 + (hash32(order.id, at) % 1_000_000_000))}`,
    passenger_ids: [passenger.id],
  }));
}

/** A held order whose time to pay is over: its space is released and it no longer awaits payment, though nobody paid. */
export function hasLapsed(ctx: SandboxContext, { order }: OrderRecord): boolean {
  const due = order.payment_status.payment_required_by;
  return order.payment_status.paid_at === null && due !== undefined && Date.parse(due) <= ctx.now().getTime();
}

/** The order as it stands at this moment. */
export function presentOrder(
  ctx: SandboxContext,
  record: OrderRecord,
): Order & { type: string; void_window_ends_at: string | null; offer_id: string } {
  const { order } = record;
  const lapsed = hasLapsed(ctx, record);
  const departed = Date.parse(record.departsAt) <= ctx.now().getTime();
  const live = !order.cancelled_at && !lapsed && !departed;
  return {
    ...order,
    type: record.type,
    offer_id: record.offerId,
    payment_status:
      lapsed || order.cancelled_at ? { ...order.payment_status, awaiting_payment: false } : order.payment_status,
    available_actions: live ? ['cancel', 'update'] : [],
    void_window_ends_at: null,
  };
}
