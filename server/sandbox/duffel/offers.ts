import type { SandboxContext } from './context.ts';
import { airlineProblem, invalid, paginate } from './envelope.ts';
import { currentOffers, raiseOfferPrice, requireOffer, withdrawOffer } from './offer-book.ts';
import type { BuiltOffer } from './offer-builder.ts';
import { findOfferRequest } from './offer-requests.ts';
import type { Reply, SandboxRequest } from './router.ts';
import { risesOnEveryRead } from './scenarios.ts';
import { availableServices } from './services.ts';

const durationOf = (offer: BuiltOffer): number => offer.slices.reduce((sum, itinerary) => sum + itinerary.minutes, 0);
const totalOf = (offer: BuiltOffer): number => offer.baseCents + offer.taxCents;

export function listOffers(ctx: SandboxContext, request: SandboxRequest): Reply {
  const record = findOfferRequest(ctx, request.query.get('offer_request_id') ?? '');
  const sort = request.query.get('sort') ?? 'total_amount';
  const key = sort.replace(/^-/, '');
  if (key !== 'total_amount' && key !== 'total_duration')
    throw invalid('validation_inclusion', "Field 'sort' must be total_amount or total_duration", '/sort');
  const connections = request.query.get('max_connections');
  const valueOf = key === 'total_amount' ? totalOf : durationOf;
  const direction = sort.startsWith('-') ? -1 : 1;
  const now = ctx.now().getTime();
  const rows = currentOffers(ctx, record)
    .filter(({ offer }) => Date.parse(offer.expires_at) > now)
    .filter(
      (offer) =>
        connections === null || offer.slices.every((itinerary) => itinerary.flights.length - 1 <= Number(connections)),
    )
    .sort((a, b) => direction * (valueOf(a) - valueOf(b)) || (a.offer.id < b.offer.id ? -1 : 1));
  const page = paginate(rows, request.query);
  return { data: page.data.map(({ offer }) => offer), meta: page.meta };
}

/** The re-price step: the total may differ from the search's. */
export function getOffer(ctx: SandboxContext, request: SandboxRequest): Reply {
  const id = request.params['id'] ?? '';
  if (request.fault === 'gone' || request.fault === 'expired') withdrawOffer(ctx, id);
  const before = requireOffer(ctx, id);
  if (request.fault === 'price_change' || risesOnEveryRead(before.built.route))
    raiseOfferPrice(ctx, id, Math.max(500, Math.round(totalOf(before.built) * 0.04)));
  const { built, record } = requireOffer(ctx, id);
  const services =
    request.query.get('return_available_services') === 'true' ? availableServices(ctx, built, record) : [];
  return { data: { ...built.offer, available_services: services } };
}

/** Prices the offer with services and a card: this sandbox never adds a surcharge. */
export function priceOfferWithServices(ctx: SandboxContext, request: SandboxRequest): Reply {
  const { built, record } = requireOffer(ctx, request.params['id'] ?? '');
  const wanted = Array.isArray(request.body['intended_services'])
    ? (request.body['intended_services'] as { id: string; quantity: number }[])
    : [];
  const offered = availableServices(ctx, built, record);
  for (const { id } of wanted)
    if (!offered.some((service) => service.id === id))
      throw airlineProblem('service_not_available', `Service ${id} is not available for this offer.`);
  return {
    data: { ...built.offer, available_services: offered, intended_services: wanted, intended_payment_methods: [] },
  };
}
