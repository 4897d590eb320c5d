import { LRUCache } from 'lru-cache';
import { toDecimal } from './cents.ts';
import type { SandboxContext } from './context.ts';
import { notFound, offerGone } from './envelope.ts';
import { buildOffers } from './offer-builder.ts';
import type { BuiltOffer } from './offer-builder.ts';
import type { OfferRequestRecord } from './records.ts';

/** Offers follow from the request, so they are worked out again after a restart and merely kept for speed. */
const built = new WeakMap<SandboxContext, LRUCache<string, BuiltOffer[]>>();

function builtOffers(ctx: SandboxContext, record: OfferRequestRecord): BuiltOffer[] {
  let cache = built.get(ctx);
  if (!cache) built.set(ctx, (cache = new LRUCache({ max: 120 })));
  let offers = cache.get(record.token);
  if (!offers) cache.set(record.token, (offers = buildOffers(ctx, record)));
  return offers;
}

/** The offer with what happened to it since: a raised price moves base and total alike. */
function applyState(ctx: SandboxContext, built: BuiltOffer): BuiltOffer {
  const state = ctx.store.get('offer_states', built.offer.id);
  if (!state || state.raisedCents === 0) return built;
  const baseCents = built.baseCents + state.raisedCents;
  return {
    ...built,
    baseCents,
    offer: {
      ...built.offer,
      updated_at: state.createdAt,
      base_amount: toDecimal(baseCents),
      total_amount: toDecimal(baseCents + built.taxCents),
    },
  };
}

/** The request's offers as they stand now; those withdrawn since are left out. */
export const currentOffers = (ctx: SandboxContext, record: OfferRequestRecord): BuiltOffer[] =>
  builtOffers(ctx, record)
    .filter(({ offer }) => ctx.store.get('offer_states', offer.id)?.gone !== true)
    .map((offer) => applyState(ctx, offer));

export function raiseOfferPrice(ctx: SandboxContext, offerId: string, cents: number): void {
  const state = ctx.store.get('offer_states', offerId) ?? { createdAt: '', raisedCents: 0, gone: false };
  ctx.store.put('offer_states', offerId, {
    ...state,
    createdAt: ctx.now().toISOString(),
    raisedCents: state.raisedCents + cents,
  });
}

export function withdrawOffer(ctx: SandboxContext, offerId: string): void {
  const state = ctx.store.get('offer_states', offerId) ?? { createdAt: '', raisedCents: 0, gone: false };
  ctx.store.put('offer_states', offerId, { ...state, createdAt: ctx.now().toISOString(), gone: true });
}

/** A sellable offer by id. Throws not_found when it never existed, offer_no_longer_available when it expired or was withdrawn. */
export function requireOffer(ctx: SandboxContext, id: string): { built: BuiltOffer; record: OfferRequestRecord } {
  const record = /^off_\w{22}$/.test(id) ? ctx.store.get('offer_requests', id.slice(4, 20)) : undefined;
  const found = record ? builtOffers(ctx, record).find(({ offer }) => offer.id === id) : undefined;
  if (!record || !found) throw notFound('offer');
  if (ctx.store.get('offer_states', id)?.gone) throw offerGone();
  if (Date.parse(found.offer.expires_at) <= ctx.now().getTime())
    throw offerGone('The provided offer has expired. Please search again.');
  return { built: applyState(ctx, found), record };
}
