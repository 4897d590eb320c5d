import { toCents, toDecimal } from './cents.ts';
import type { SandboxContext } from './context.ts';
import { airlineProblem, invalid, required } from './envelope.ts';
import { randomToken } from './hash.ts';
import type { BuiltOffer } from './offer-builder.ts';
import type { OfferRequestRecord } from './records.ts';
import { availableServices } from './services.ts';
import type { OrderService } from './wire.ts';

type Input = Record<string, unknown>;

/** Metadata as Duffel limits it. */
export function parseMetadata(value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  const entries = Object.entries(value as Input);
  if (entries.length > 50) throw invalid('validation_length', 'At most 50 metadata keys can be given', '/metadata');
  for (const [key, text] of entries) {
    if (!/^[A-Za-z0-9_-]{1,40}$/.test(key))
      throw invalid('validation_format', `Metadata key '${key}' must be 1 to 40 letters, digits, _ or -`, '/metadata');
    if (typeof text !== 'string' || text.length > 500)
      throw invalid(
        'validation_length',
        `Metadata value of '${key}' must be text of at most 500 characters`,
        `/metadata/${key}`,
      );
  }
  return Object.fromEntries(entries) as Record<string, string>;
}

/** The wanted extras of an offer, each with its price for the quantity. */
export function parseServices(
  ctx: SandboxContext,
  value: unknown,
  built: BuiltOffer,
  record: OfferRequestRecord,
): OrderService[] {
  const offered = availableServices(ctx, built, record);
  return (Array.isArray(value) ? (value as Input[]) : []).map((row, at) => {
    const service = offered.find((candidate) => candidate.id === row['id']);
    if (!service)
      throw airlineProblem('service_not_available', `Service ${String(row['id'])} is not available for this offer.`);
    const quantity = Number(row['quantity']);
    if (!Number.isInteger(quantity) || quantity < 1 || quantity > service.maximum_quantity)
      throw invalid(
        'validation_range',
        `Field 'quantity' must be between 1 and ${service.maximum_quantity}`,
        `/services/${at}/quantity`,
      );
    return {
      id: `ser_${randomToken(22)}`,
      type: 'baggage',
      quantity,
      passenger_ids: service.passenger_ids,
      segment_ids: service.segment_ids,
      total_amount: toDecimal((toCents(service.total_amount) ?? 0) * quantity),
      total_currency: service.total_currency,
      metadata: service.metadata,
    };
  });
}

/** The payment must equal offer plus services to the cent, in the offer's currency. */
export function checkPayment(payment: Input | undefined, dueCents: number, currency: string, pointer: string): void {
  if (!payment) throw required(pointer);
  if (payment['type'] !== 'balance' && payment['type'] !== 'arc_bsp_cash')
    throw invalid('validation_inclusion', "Field 'type' must be balance or arc_bsp_cash", `${pointer}/type`);
  if (payment['currency'] !== currency)
    throw invalid(
      'payment_currency_does_not_match_order_currency',
      `The payment currency must be ${currency}`,
      `${pointer}/currency`,
    );
  if (toCents(payment['amount']) !== dueCents)
    throw invalid(
      'payment_amount_does_not_match_order_amount',
      `The payment amount ${String(payment['amount'])} does not match the order amount ${toDecimal(dueCents)}`,
      `${pointer}/amount`,
    );
}
