import { toCents, toDecimal } from './cents.ts';
import type { SandboxContext } from './context.ts';
import { ApiProblem, airlineProblem, invalid, invalidState, notFound, offerGone, paginate } from './envelope.ts';
import { randomReference, randomToken } from './hash.ts';
import { raiseOfferPrice, requireOffer, withdrawOffer } from './offer-book.ts';
import type { BuiltOffer } from './offer-builder.ts';
import { checkPayment, parseMetadata, parseServices } from './order-input.ts';
import { parseOrderPassengers } from './order-passengers.ts';
import { presentOrder, ticketsFor } from './order-view.ts';
import type { OrderRecord } from './records.ts';
import type { Reply, SandboxRequest } from './router.ts';
import { orderScenarioOf } from './scenarios.ts';
import type { Order, OrderPassenger, OrderService } from './wire.ts';

type Input = Record<string, unknown>;

function playScenario(ctx: SandboxContext, built: BuiltOffer): void {
  switch (orderScenarioOf(built.route)) {
    case 'times_out':
      throw new ApiProblem(
        504,
        'api_error',
        'gateway_timeout',
        'Gateway timeout',
        'The airline did not answer in time. The order may or may not have been created.',
      );
    case 'offer_gone':
      withdrawOffer(ctx, built.offer.id);
      throw offerGone();
    case 'airline_fails':
      throw airlineProblem('airline_unknown', 'The airline could not create the order.', 502);
    case 'insufficient_balance':
      throw invalidState('insufficient_balance', 'Your balance is not enough to pay for this order.');
    case undefined:
  }
}

function playFault(ctx: SandboxContext, request: SandboxRequest, built: BuiltOffer): void {
  if (request.fault === 'price_change') {
    raiseOfferPrice(ctx, built.offer.id, Math.max(500, Math.round((built.baseCents + built.taxCents) * 0.06)));
    throw airlineProblem(
      'price_changed',
      'The price of the offer has changed. Get the offer again and confirm its new price.',
    );
  }
  if (request.fault === 'expired' || request.fault === 'gone') {
    withdrawOffer(ctx, built.offer.id);
    throw offerGone(request.fault === 'expired' ? 'The provided offer has expired. Please search again.' : undefined);
  }
}

function buildOrder(
  ctx: SandboxContext,
  built: BuiltOffer,
  passengers: OrderPassenger[],
  services: OrderService[],
  hold: boolean,
  metadata: Record<string, string>,
): Order {
  const { offer } = built;
  const at = ctx.now().toISOString();
  const total =
    built.baseCents + built.taxCents + services.reduce((sum, service) => sum + (toCents(service.total_amount) ?? 0), 0);
  const order: Order = {
    id: `ord_${randomToken(22)}`,
    live_mode: false,
    content: 'managed',
    booking_reference: freshReference(ctx),
    owner: offer.owner,
    created_at: at,
    synced_at: at,
    base_amount: offer.base_amount,
    base_currency: offer.base_currency,
    tax_amount: offer.tax_amount ?? '0.00',
    tax_currency: offer.tax_currency ?? 'EUR',
    total_amount: toDecimal(total),
    total_currency: offer.total_currency,
    slices: offer.slices.map((slice) => ({
      ...slice,
      conditions: { change_before_departure: slice.conditions.change_before_departure },
      segments: slice.segments.map((segment) => ({
        ...segment,
        origin_terminal: segment.origin_terminal ?? '',
        destination_terminal: segment.destination_terminal ?? '',
        distance: segment.distance ?? '0',
        duration: segment.duration ?? '',
      })),
    })),
    passengers,
    services,
    payment_status: hold
      ? {
          awaiting_payment: true,
          payment_required_by: offer.payment_requirements.payment_required_by ?? at,
          ...(offer.payment_requirements.price_guarantee_expires_at
            ? { price_guarantee_expires_at: offer.payment_requirements.price_guarantee_expires_at }
            : {}),
          paid_at: null,
        }
      : { awaiting_payment: false, paid_at: at },
    documents: [],
    conditions: offer.conditions,
    metadata,
    airline_initiated_changes: [],
    available_actions: [],
    cancelled_at: null,
    cancellation: null,
  };
  return { ...order, documents: hold ? [] : ticketsFor(order) };
}

function freshReference(ctx: SandboxContext): string {
  const taken = new Set(ctx.store.list('orders').map(({ order }) => order.booking_reference));
  for (;;) {
    const reference = randomReference();
    if (!taken.has(reference)) return reference;
  }
}

/** Creates an order. There is no idempotency key: a second attempt for the same search is refused as already booked. */
export function createOrder(ctx: SandboxContext, request: SandboxRequest): Reply {
  const input = request.body;
  const selected = Array.isArray(input['selected_offers']) ? (input['selected_offers'] as unknown[]) : [];
  if (selected.length !== 1)
    throw invalid('validation_length', "Field 'selected_offers' must name exactly one offer", '/selected_offers');
  const hold = input['type'] === 'hold' || input['type'] === 'pay_later';
  if (!hold && input['type'] !== 'instant')
    throw invalid('validation_inclusion', "Field 'type' must be instant or hold", '/type');
  const { built, record } = requireOffer(ctx, String(selected[0]));
  const offerRequestId = `orq_${record.token}000000`;
  if (ctx.store.list('orders').some((other) => other.offerRequestId === offerRequestId))
    throw invalid(
      'offer_request_already_booked',
      'An order was already created from this offer request. Search again to book another.',
      '/selected_offers',
    );
  const metadata = parseMetadata(input['metadata']);
  const passengers = parseOrderPassengers(input['passengers'], built.offer, record);
  const services = parseServices(ctx, input['services'], built, record);
  if (hold && built.offer.payment_requirements.requires_instant_payment)
    throw invalidState('order_type_not_eligible_for_payment', 'This offer must be paid at once; it cannot be held.');
  if (hold && (services.length > 0 || (Array.isArray(input['payments']) && input['payments'].length > 0)))
    throw invalid('validation_absence', 'A held order is created without payments and services', '/payments');
  playFault(ctx, request, built);
  if (!hold) {
    const due =
      built.baseCents +
      built.taxCents +
      services.reduce((sum, service) => sum + (toCents(service.total_amount) ?? 0), 0);
    const payments = Array.isArray(input['payments']) ? (input['payments'] as Input[]) : [];
    checkPayment(payments[0], due, built.offer.total_currency, '/payments/0');
  }
  playScenario(ctx, built);
  const order = buildOrder(ctx, built, passengers, services, hold, metadata);
  const departure = built.slices[0]?.flights[0]?.departure ?? 0;
  const saved: OrderRecord = {
    order,
    type: hold ? 'hold' : 'instant',
    offerId: built.offer.id,
    offerRequestId,
    departsAt: new Date(departure).toISOString(),
  };
  ctx.store.put('orders', order.id, saved, true);
  return { status: 201, data: presentOrder(ctx, saved) };
}

export function requireOrder(ctx: SandboxContext, id: string): OrderRecord {
  const record = ctx.store.get('orders', id);
  if (!record) throw notFound('order');
  return record;
}

export const getOrder = (ctx: SandboxContext, request: SandboxRequest): Reply => ({
  data: presentOrder(ctx, requireOrder(ctx, request.params['id'] ?? '')),
});

export function listOrders(ctx: SandboxContext, request: SandboxRequest): Reply {
  const { query } = request;
  const reference = query.get('booking_reference');
  const offerId = query.get('offer_id');
  const awaiting = query.get('awaiting_payment');
  const names = query.getAll('passenger_name[]').map((name) => name.toLowerCase());
  const rows = ctx.store
    .list('orders')
    .reverse()
    .filter((row) => reference === null || row.order.booking_reference === reference)
    .filter((row) => offerId === null || row.offerId === offerId)
    .filter((row) => awaiting === null || String(presentOrder(ctx, row).payment_status.awaiting_payment) === awaiting)
    .filter(
      (row) =>
        names.length === 0 ||
        row.order.passengers.some((passenger) =>
          names.some((name) => `${passenger.given_name} ${passenger.family_name}`.toLowerCase().includes(name)),
        ),
    );
  const page = paginate(rows, query);
  return { data: page.data.map((row) => presentOrder(ctx, row)), meta: page.meta };
}

/** Replaces metadata. The client wraps it in `options`; both shapes are taken. */
export function updateOrder(ctx: SandboxContext, request: SandboxRequest): Reply {
  const record = requireOrder(ctx, request.params['id'] ?? '');
  const options = (request.body['options'] ?? request.body) as Input;
  const updated: OrderRecord = { ...record, order: { ...record.order, metadata: parseMetadata(options['metadata']) } };
  ctx.store.put('orders', record.order.id, updated, true);
  return { data: presentOrder(ctx, updated) };
}
