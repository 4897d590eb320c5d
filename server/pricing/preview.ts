import type { Clock } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import { draftRule } from './draft-rule.ts';
import type { MarkupRule } from './markup-rule.ts';
import { presentPreview } from './present-preview.ts';
import { compileRules } from './compile-rules.ts';
import { priceOffer, type PriceOfferInput } from './price-offer.ts';
import { ExchangeRateMissing } from './exchange/errors.ts';
import { exchangeNet, type ExchangeTable, type FrozenExchange } from './exchange/exchange-table.ts';
import { toChain, toExchange, toGuard, toTierTable } from './pricing-for.ts';
import { SellerNotApproved } from './problems.ts';
import { findRulesOf, readSeller, toMarkupRule, type SellerRow } from './repository.ts';
import { TierName, type MarkupRuleDraft, type PreviewRequest, type PreviewView } from './schema.ts';
import type { OfferFacts } from './select-rules.ts';

type Scope = Pick<RequestContext, 'sql' | 'tenant' | 'actor'>;

/** What is priced: a sample somebody typed, or an offer that was found. */
export interface Sample {
  readonly net: PriceOfferInput['net'];
  readonly facts: OfferFacts;
  /** Of a net that came out of another currency. */
  readonly fx?: FrozenExchange;
  /** `supplier`: the net is a supplier's. `own`: an agency typed what it pays itself. */
  readonly netOf: 'supplier' | 'own';
}

interface PreviewWish {
  /** Who sells, at or below the actor's level; left out: the actor's own level. */
  readonly agencyId?: string | null | undefined;
  readonly draft?: MarkupRuleDraft | undefined;
}

/**
 * Prices a typed sample by the rules as they are now, or as they would be with a draft. The reseller sees the whole chain. An agency gives
 * what it pays itself and sees its own level: were it to give a supplier's price and read its own buy price, it could read the margins
 * above it from the difference.
 * @throws NotFound for a seller outside the actor's subtree, SellerNotApproved, ExchangeRateMissing, ValidationFailed for a draft that cannot be saved
 */
export function previewPrice(scope: Scope, clock: Clock, request: PreviewRequest): Promise<PreviewView> {
  const sample: Sample = {
    net: { ...request.net, currency: scope.tenant.currency },
    facts: toFacts(request, clock.now()),
    netOf: scope.actor.agencyId === null ? 'supplier' : 'own',
  };
  return previewSample(scope, sample, request);
}

/** The same of any sample; an agency's preview of a supplier's offer tells its own level alone. @throws as `previewPrice` */
export async function previewSample(scope: Scope, asked: Sample, wish: PreviewWish): Promise<PreviewView> {
  const { sql, tenant, actor } = scope;
  const sellerId = wish.agencyId === undefined ? actor.agencyId : wish.agencyId;
  const seller = await readSeller(sql, sellerId);
  const own = seller.chain.findIndex(({ id }) => id === actor.agencyId);
  const isReseller = actor.agencyId === null;
  if (isReseller ? sellerId !== null && seller.chain.length === 0 : own < 0) throw NotFound({ what: 'This agency' });
  if (seller.chain.some(({ state }) => state !== 'approved')) throw SellerNotApproved();

  const sample = inSellingCurrency(asked, toExchange(seller, tenant));
  const saved = (
    await findRulesOf(
      sql,
      seller.chain.map(({ id }) => id),
    )
  ).map(toMarkupRule);
  const draft = wish.draft && (await draftRule(scope, wish.draft, saved));
  const rules = draft ? [...saved.filter(({ id }) => id !== draft.id), draft] : saved;
  const input = sampleInput(sample, { seller, own, tenant, rules });
  return presentPreview({
    actorAgencyId: actor.agencyId,
    resellerName: tenant.name,
    agencies: isReseller ? seller.chain : seller.chain.slice(own, own + 1),
    sample,
    buildUp: priceOffer(input),
    byTier: previewTiers(input, actor.agencyId),
    rules,
    draft,
  });
}

/** The sample as it would be sold now. @throws ExchangeRateMissing for a supplier's price in a currency without a usable rate */
function inSellingCurrency(sample: Sample, table: ExchangeTable): Sample {
  const { base, taxes, currency } = sample.net;
  const exchanged = exchangeNet({ base, taxes, total: base + taxes, currency }, table, sample.facts.at);
  if (!exchanged.ok) throw ExchangeRateMissing({ currency, reason: exchanged.reason });
  return { ...sample, net: exchanged.net, ...(exchanged.fx ? { fx: exchanged.fx } : {}) };
}

/** All that prices the sample: down the whole chain, or from the agency's own price on, where that is what it gave. */
function sampleInput(
  { net, facts, netOf, fx }: Sample,
  given: { seller: SellerRow; own: number; tenant: Scope['tenant']; rules: readonly MarkupRule[] },
): PriceOfferInput {
  const { seller, own, tenant, rules } = given;
  const input: PriceOfferInput = {
    net,
    facts,
    chain: toChain(seller),
    rulesByOwner: compileRules(rules),
    tiers: toTierTable(seller.tiers),
    platformFee: {
      percentOfNetBp: tenant.plan.feePercentBp,
      fixedMinor: tenant.plan.feeFixedMinor,
      paidFrom: 'margin',
    },
    guard: toGuard(seller),
    ...(fx ? { fx } : {}),
  };
  if (netOf === 'supplier') return input;
  // No level above adds anything, and commission, which is reckoned above, is left out.
  return {
    ...input,
    chain: [{ agencyId: null }, ...input.chain.slice(1 + own)],
    rulesByOwner: compileRules(rules.filter(({ ownerAgencyId }) => ownerAgencyId !== null)),
    tiers: {
      ...input.tiers,
      commissionBp: Object.fromEntries(Object.keys(input.tiers.commissionBp).map((tier) => [tier, 0])),
    },
    platformFee: { percentOfNetBp: 0, fixedMinor: 0 },
    guard: { mode: 'allowed', floorMinor: 0 },
  };
}

/** The sample sold by an agency of each tier directly below the actor's level. */
function previewTiers(input: PriceOfferInput, actorAgencyId: string | null): PreviewView['byTier'] {
  const at = input.chain.findIndex(({ agencyId }) => agencyId === actorAgencyId);
  return TierName.options.map((tier) => {
    const chain = [...input.chain.slice(0, at + 1), { agencyId: 'of this tier', tier }];
    const { levels, resellerMargin, guard } = priceOffer({ ...input, chain });
    const [level, child] = levels.slice(at);
    if (!level || !child) throw new Error('A chain of a level and its child has two levels');
    const isReseller = actorAgencyId === null;
    return {
      tier,
      markup: level.markup,
      sellPrice: level.sellPrice,
      commission: isReseller ? child.commission : null,
      margin: isReseller ? resellerMargin : null,
      outcome: isReseller ? guard.outcome : null,
    };
  });
}

function toFacts({ product, facts }: PreviewRequest, now: Date): OfferFacts {
  const { travelDate, ...rest } = JSON.parse(JSON.stringify(facts)) as PreviewRequest['facts'];
  const at = now.getTime();
  const today = Date.parse(now.toISOString().slice(0, 10));
  const timing = travelDate ? { travelDate, leadDays: Math.round((Date.parse(travelDate) - today) / 86_400_000) } : {};
  return { ...(rest as Omit<OfferFacts, 'product' | 'at'>), product, ...timing, at };
}
