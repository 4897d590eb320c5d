import type { Duffel } from '@duffel/api';
import type { CreateOrder } from '@duffel/api/types';
import { formatDecimalAmount } from '../../kernel/money.ts';
import { currencyExponent } from '../../reference/index.ts';

import type { FlightOffer, NetPrice } from '../offer.ts';
import type {
  BookFlightInput,
  BookOutcome,
  FlightCriteria,
  FlightResults,
  FlightSupplier,
  SupplierOrder,
} from '../ports.ts';
import type { SearchClaims } from '../search-claims.ts';
import { readAmount } from './amounts.ts';
import { SUPPLIER, check, type DuffelClient } from './client.ts';
import { isAlreadyBooked, toBookOutcome, toCancelOutcome, toSupplierError } from './errors.ts';
import { toOrderPassengers } from './from-travellers.ts';
import { toFlightOffer } from './to-flight-offer.ts';
import { WireCancellation, WireOffer, WireOfferRequest, WireOrder } from './wire.ts';

/** Searching stops at the supplier before our own time is up, so that what it has by then still reaches us. */
const SUPPLIER_TIMEOUT_MARGIN_MS = 5_000;
const LIST_PAGE = 50;
/** Clocks differ: an order stamped this much before the attempt may still be its own. */
const CLOCK_SLACK_MS = 120_000;

/** Flights over Duffel's `air/*`. */
export function createDuffelFlights(deps: {
  client: DuffelClient;
  account: string;
  claims: SearchClaims;
}): FlightSupplier {
  const { client, claims } = deps;

  async function findByBookingId(bookingId: string, since: Date): Promise<SupplierOrder | null> {
    const oldest = since.getTime() - CLOCK_SLACK_MS;
    let after: string | undefined;
    do {
      const page = await sendReading('orders.list', (duffel) =>
        duffel.orders.list({ limit: LIST_PAGE, ...(after ? { after } : {}) }),
      );
      const orders = page.data.map((order) => check(WireOrder, order, 'orders.list'));
      const found = orders.find((order) => order.metadata?.['booking_id'] === bookingId);
      if (found) return toOrder(found);
      // Newest first: once an order is older than the attempt, so are the rest.
      if (orders.some((order) => Date.parse(order.created_at) < oldest)) return null;
      after = page.meta?.after ?? undefined;
    } while (after);
    return null;
  }

  async function sendReading<T>(operation: string, work: Parameters<typeof client.send<T>>[2]): Promise<T> {
    try {
      return await client.send('read', operation, work);
    } catch (error) {
      throw toSupplierError(error);
    }
  }

  const readOffer = (id: string) => client.read('read', 'offers.get', WireOffer, (duffel) => duffel.offers.get(id));

  /** The price the supplier wants now, when it refused because of the price. */
  async function readNewNet(offer: FlightOffer): Promise<NetPrice | undefined> {
    try {
      return toFlightOffer(await readOffer(offer.supplierOfferId), offer.supplierSearchId).net;
    } catch {
      return undefined;
    }
  }

  async function explainRefusal(error: unknown, input: BookFlightInput, startedAt: Date): Promise<BookOutcome> {
    if (isAlreadyBooked(error)) {
      // The first of two attempts may have won: adopt its order instead of failing a booking that exists.
      const ours = await findByBookingId(input.bookingId, new Date(startedAt.getTime() - 24 * 3_600_000)).catch(
        () => undefined,
      );
      if (ours === undefined)
        return { outcome: 'unknown', reason: 'An order exists for this search, but it could not be looked up.' };
      await claims.spend(input.offer.supplierSearchId);
      if (ours) return { outcome: 'ok', ...ours };
    }
    const outcome = toBookOutcome(error);
    if (outcome.outcome !== 'refused' || outcome.code !== 'price_changed') return outcome;
    const priceChanged = await readNewNet(input.offer);
    return priceChanged ? { ...outcome, priceChanged } : outcome;
  }

  return {
    code: SUPPLIER,
    account: deps.account,

    async search(criteria, signal) {
      const request = await client.read(
        'search',
        'offer_requests.create',
        WireOfferRequest,
        (duffel) => duffel.offerRequests.create(toOfferRequest(criteria, client.timeouts.search)),
        signal,
      );
      return readResults(request);
    },

    claim: (offer, owner) => claims.claim(offer.supplierSearchId, owner),

    reprice: async (offer) => toFlightOffer(await readOffer(offer.supplierOfferId), offer.supplierSearchId),

    async book(input) {
      const startedAt = new Date();
      let payload: CreateOrder;
      try {
        payload = toCreateOrder(input);
      } catch (error) {
        return { outcome: 'refused', code: 'invalid_travellers', reason: (error as Error).message };
      }
      try {
        const answer = await client.send('order', 'orders.create', (duffel) => duffel.orders.create(payload));
        // 202: accepted, but the airline has not confirmed; the order shows up (or not) later.
        if ((answer as { status?: number }).status === 202)
          return {
            outcome: 'unknown',
            reason: 'The supplier accepted the order but the airline has not confirmed it yet.',
          };
        const parsed = WireOrder.safeParse(answer.data);
        if (!parsed.success)
          return { outcome: 'unknown', reason: 'The supplier made an order but its answer could not be read.' };
        await claims.spend(input.offer.supplierSearchId);
        return { outcome: 'ok', ...toOrder(parsed.data) };
      } catch (error) {
        return explainRefusal(error, input, startedAt);
      }
    },

    findByBookingId,

    get: async (orderId) =>
      toOrder(await client.read('read', 'orders.get', WireOrder, (duffel) => duffel.orders.get(orderId))),

    async cancelQuote(orderId) {
      const quote = await client.read('read', 'order_cancellations.create', WireCancellation, (duffel) =>
        duffel.orderCancellations.create({ order_id: orderId }),
      );
      return {
        id: quote.id,
        refund: toRefund(quote),
        refundTo: quote.refund_to ?? 'unknown',
        expiresAt: new Date(quote.expires_at ?? Date.now() + 3_600_000).toISOString(),
      };
    },

    async cancelConfirm(quoteId) {
      try {
        const { data } = await client.send('order', 'order_cancellations.confirm', (duffel) =>
          duffel.orderCancellations.confirm(quoteId),
        );
        const confirmed = check(WireCancellation, data, 'order_cancellations.confirm');
        return {
          outcome: 'ok',
          cancelledAt: new Date(confirmed.confirmed_at ?? Date.now()).toISOString(),
          refund: toRefund(confirmed),
        };
      } catch (error) {
        return toCancelOutcome(error);
      }
    },
  };
}

function toOfferRequest(criteria: FlightCriteria, ourTimeoutMs: number) {
  return {
    slices: criteria.slices.map((slice) => ({
      origin: slice.origin,
      destination: slice.destination,
      departure_date: slice.departureDate,
      departure_time: null,
      arrival_time: null,
    })),
    passengers: criteria.passengers.map((passenger) =>
      passenger.type === 'adult' ? { type: 'adult' as const } : { age: passenger.age ?? 0 },
    ),
    cabin_class: criteria.cabin,
    return_offers: true as const,
    supplier_timeout: Math.max(2_000, Math.min(20_000, ourTimeoutMs - SUPPLIER_TIMEOUT_MARGIN_MS)),
  } as unknown as Parameters<Duffel['offerRequests']['create']>[0];
}

/** Offers that can be read; one bad offer does not cost the others. */
function readResults(request: { id: string; offers: unknown[] }): FlightResults {
  const offers: FlightOffer[] = [];
  let bad: Error | undefined;
  for (const data of request.offers) {
    try {
      offers.push(toFlightOffer(data, request.id));
    } catch (error) {
      bad = error as Error;
    }
  }
  if (offers.length === 0 && bad) throw bad;
  const expiresAt = offers.reduce(
    (earliest, offer) => (offer.expiresAt < earliest ? offer.expiresAt : earliest),
    new Date(Date.now() + 1_800_000).toISOString(),
  );
  return { supplierSearchId: request.id, offers, expiresAt };
}

function toCreateOrder(input: BookFlightInput): CreateOrder {
  const { amount, currency } = input.amount;
  return {
    type: 'instant',
    selected_offers: [input.offer.supplierOfferId],
    passengers: toOrderPassengers(input.offer, input.travellers, input.contact),
    payments: [{ type: 'balance', amount: formatDecimalAmount(amount, currencyExponent(currency)), currency }],
    metadata: { booking_id: input.bookingId, tenant_id: input.tenantId },
  };
}

function toOrder(wire: WireOrder): SupplierOrder {
  const positions = new Map(wire.passengers.map((passenger, at) => [passenger.id, at]));
  return {
    orderId: wire.id,
    reference: wire.booking_reference ?? null,
    state: wire.cancelled_at ? 'cancelled' : 'confirmed',
    documents: (wire.documents ?? []).map((document) => ({
      kind: document.type,
      number: document.unique_identifier,
      travellerPositions: document.passenger_ids.flatMap((id) => positions.get(id) ?? []),
    })),
    total: readAmount(wire.total_amount, wire.total_currency),
  };
}

const toRefund = (wire: WireCancellation) =>
  wire.refund_amount !== null && wire.refund_currency !== null
    ? readAmount(wire.refund_amount, wire.refund_currency)
    : null;
