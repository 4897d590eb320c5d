import { toCents } from './cents.ts';
import type { SandboxContext } from './context.ts';
import { airlineProblem, invalidState } from './envelope.ts';
import { randomToken } from './hash.ts';
import { checkPayment } from './order-input.ts';
import { hasLapsed, ticketsFor } from './order-view.ts';
import { requireOrder } from './orders.ts';
import type { OrderRecord } from './records.ts';
import type { Reply, SandboxRequest } from './router.ts';
import { textOf } from './text-of.ts';
import type { Payment } from './wire.ts';

/** Pays a held order in full and issues its tickets. */
export function createPayment(ctx: SandboxContext, request: SandboxRequest): Reply {
  const record = requireOrder(ctx, textOf(request.body['order_id']));
  const { order } = record;
  if (order.cancelled_at) throw invalidState('already_cancelled', 'The order has been cancelled.');
  if (record.type !== 'hold')
    throw invalidState('order_type_not_eligible_for_payment', 'Only held orders are paid afterwards.');
  if (order.payment_status.paid_at) throw invalidState('already_paid', 'The order has already been paid.');
  if (hasLapsed(ctx, record))
    throw invalidState(
      'past_payment_required_by_date',
      'The time to pay for this order is over and its space was released.',
    );
  if (request.fault === 'price_change')
    throw airlineProblem(
      'price_changed',
      'The price of the order has changed. Get the order again and confirm its new price.',
    );
  const payment = request.body['payment'] as Record<string, unknown> | undefined;
  checkPayment(payment, toCents(order.total_amount) ?? 0, order.total_currency, '/payment');
  const paidAt = ctx.now().toISOString();
  const paid: OrderRecord = {
    ...record,
    order: {
      ...order,
      documents: ticketsFor(order),
      synced_at: paidAt,
      payment_status: { ...order.payment_status, awaiting_payment: false, paid_at: paidAt },
    },
  };
  const saved: Payment = {
    id: `pay_${randomToken(22)}`,
    type: payment?.['type'] as Payment['type'],
    amount: order.total_amount,
    currency: order.total_currency,
    created_at: paidAt,
  };
  ctx.store.put('payments', saved.id, { ...saved, order_id: order.id }, true);
  ctx.store.put('orders', order.id, paid, true);
  return { status: 201, data: saved };
}
