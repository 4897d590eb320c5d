import { toCents, toDecimal } from './cents.ts';
import type { SandboxContext } from './context.ts';
import { invalidState, notFound, paginate } from './envelope.ts';
import { derivedToken, randomToken } from './hash.ts';
import { presentOrder } from './order-view.ts';
import { requireOrder } from './orders.ts';
import type { OrderRecord } from './records.ts';
import type { Reply, SandboxRequest } from './router.ts';
import { refundsAsCredits } from './scenarios.ts';
import { textOf } from './text-of.ts';
import type { OrderCancellation } from './wire.ts';

const quoteLifetime = 3_600_000;

/** What the fare's rule returns: everything less the penalty; only the taxes when the fare is not refundable; null when the airline does not say. */
function refundCents(record: OrderRecord): number | null {
  const { order } = record;
  if (!order.payment_status.paid_at) return 0;
  const rule = order.conditions.refund_before_departure;
  if (rule === null) return null;
  const total = toCents(order.total_amount) ?? 0;
  if (!rule.allowed) return Math.min(total, toCents(order.tax_amount) ?? 0);
  return rule.penalty_amount === null ? null : Math.max(0, total - (toCents(rule.penalty_amount) ?? 0));
}

function routeOf(record: OrderRecord): string {
  const { slices } = record.order;
  return `${slices[0]?.segments[0]?.origin.iata_code}-${slices[0]?.segments.at(-1)?.destination.iata_code}`;
}

function creditsFor(
  record: OrderRecord,
  cents: number,
  code: string | null,
  at: string,
): OrderCancellation['airline_credits'] {
  const { passengers, owner, total_currency: currency } = record.order;
  const share = Math.floor(cents / passengers.length);
  return passengers.map((passenger, index) => ({
    id: `acr_${derivedToken(22, record.order.id, index)}`,
    credit_name: `${owner.name} travel credit`,
    credit_code: code === null ? (null as unknown as string) : `${code}${index}`,
    credit_amount: toDecimal(index === 0 ? cents - share * (passengers.length - 1) : share),
    credit_currency: currency,
    issued_on: at.slice(0, 10),
    passenger_id: passenger.id,
  }));
}

/** Quotes a cancellation; nothing happens until it is confirmed. */
export function createCancellation(ctx: SandboxContext, request: SandboxRequest): Reply {
  const record = requireOrder(ctx, textOf(request.body['order_id']));
  if (record.order.cancelled_at) throw invalidState('already_cancelled', 'The order has already been cancelled.');
  if (!presentOrder(ctx, record).available_actions.includes('cancel'))
    throw invalidState('order_not_cancellable', 'The order can no longer be cancelled.');
  const now = ctx.now();
  const cents = refundCents(record);
  const asCredits = refundsAsCredits(routeOf(record)) && cents !== null;
  const cancellation: OrderCancellation = {
    id: `ore_${randomToken(22)}`,
    order_id: record.order.id,
    live_mode: false,
    created_at: now.toISOString(),
    expires_at: new Date(now.getTime() + quoteLifetime).toISOString(),
    confirmed_at: null as unknown as string,
    refund_amount: cents === null ? null : toDecimal(cents),
    refund_currency: cents === null ? null : record.order.total_currency,
    refund_to: !record.order.payment_status.paid_at ? 'awaiting_payment' : asCredits ? 'airline_credits' : 'balance',
    airline_credits: asCredits ? creditsFor(record, cents, null, now.toISOString()) : [],
  };
  ctx.store.put('cancellations', cancellation.id, cancellation, true);
  return { status: 201, data: cancellation };
}

function requireCancellation(ctx: SandboxContext, id: string): OrderCancellation {
  const cancellation = ctx.store.get('cancellations', id);
  if (!cancellation) throw notFound('order cancellation');
  return cancellation;
}

/** Confirms the newest quote of an order while it is valid. */
export function confirmCancellation(ctx: SandboxContext, request: SandboxRequest): Reply {
  const cancellation = requireCancellation(ctx, request.params['id'] ?? '');
  const record = requireOrder(ctx, cancellation.order_id);
  if (record.order.cancelled_at) throw invalidState('already_cancelled', 'The order has already been cancelled.');
  const newest = ctx.store
    .list('cancellations')
    .filter((other) => other.order_id === cancellation.order_id)
    .at(-1);
  if (newest?.id !== cancellation.id)
    throw invalidState(
      'order_cancellation_stale',
      'A newer cancellation quote exists for this order; confirm that one.',
    );
  const now = ctx.now();
  if (Date.parse(cancellation.expires_at) <= now.getTime())
    throw invalidState('order_cancellation_expired', 'The cancellation quote has expired; ask for a new one.');
  const confirmed: OrderCancellation = {
    ...cancellation,
    confirmed_at: now.toISOString(),
    airline_credits:
      cancellation.refund_to === 'airline_credits'
        ? creditsFor(record, toCents(cancellation.refund_amount) ?? 0, randomToken(8).toUpperCase(), now.toISOString())
        : [],
  };
  ctx.store.put('cancellations', confirmed.id, confirmed, true);
  ctx.store.put(
    'orders',
    record.order.id,
    { ...record, order: { ...record.order, cancelled_at: confirmed.confirmed_at, cancellation: confirmed } },
    true,
  );
  return { data: confirmed };
}

export const getCancellation = (ctx: SandboxContext, request: SandboxRequest): Reply => ({
  data: requireCancellation(ctx, request.params['id'] ?? ''),
});

export function listCancellations(ctx: SandboxContext, request: SandboxRequest): Reply {
  const orderId = request.query.get('order_id');
  const page = paginate(
    ctx.store
      .list('cancellations')
      .reverse()
      .filter((row) => orderId === null || row.order_id === orderId),
    request.query,
  );
  return { data: page.data, meta: page.meta };
}
