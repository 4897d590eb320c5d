import type { Clock } from '../kernel/clock.ts';
import { NotFound } from '../kernel/errors.ts';
import type { RequestContext } from '../kernel/http/context.ts';
import type { BuildUp } from './build-up.ts';
import { compileRules } from './compile-rules.ts';
import { priceOffer, type PriceOfferInput } from './price-offer.ts';
import { SellerNotApproved } from './problems.ts';
import { findRulesOf, readSeller, toMarkupRule, type RuleRow, type SellerRow } from './repository.ts';
import { toTierTable } from './pricing-for.ts';
import type { PreviewRequest, PreviewView } from './schema.ts';
import type { OfferFacts } from './select-rules.ts';
import { viewBuildUp } from './view-build-up.ts';

type Scope = Pick<RequestContext, 'sql' | 'tenant' | 'actor'>;

/**
 * Prices a sample by the rules as they are now. The reseller sees the whole chain. An agency gives what it pays itself and sees its own
 * level: were it to give a supplier's price and read its own buy price, it could read the margins above it from the difference.
 * @throws NotFound for a seller outside the actor's subtree, SellerNotApproved
 */
export async function previewPrice(scope: Scope, clock: Clock, request: PreviewRequest): Promise<PreviewView> {
  const { sql, tenant, actor } = scope;
  const sellerId = request.agencyId === undefined ? actor.agencyId : request.agencyId;
  const seller = await readSeller(sql, sellerId);
  const own = seller.chain.findIndex(({ id }) => id === actor.agencyId);
  const isReseller = actor.agencyId === null;
  if (isReseller ? sellerId !== null && seller.chain.length === 0 : own < 0) throw NotFound({ what: 'This agency' });
  if (seller.chain.some(({ state }) => state !== 'approved')) throw SellerNotApproved();

  const shown = isReseller ? seller.chain : seller.chain.slice(own);
  const rules = (
    await findRulesOf(
      sql,
      shown.map(({ id }) => id),
    )
  ).filter(({ ownerAgencyId }) => isReseller || ownerAgencyId !== null);
  const sample: PriceOfferInput = {
    net: { ...request.net, currency: tenant.currency },
    facts: toFacts(request, clock.now()),
    chain: [{ agencyId: null }, ...shown.map(({ id, tier }) => ({ agencyId: id, tier }))],
    rulesByOwner: compileRules(rules.map(toMarkupRule)),
    tiers: toTierTable(seller.tiers),
    platformFee: { percentOfNetBp: tenant.plan.feePercentBp, fixedMinor: tenant.plan.feeFixedMinor },
  };
  return isReseller
    ? asReseller(priceOffer(sample), { name: tenant.name, seller, rules })
    : asAgency(priceOffer(belowOwnPrice(sample)), shown, rules);
}

/** The sample's price is the agency's own: no level above adds anything, and commission, which is reckoned above, is left out. */
const belowOwnPrice = (sample: PriceOfferInput): PriceOfferInput => ({
  ...sample,
  tiers: {
    ...sample.tiers,
    commissionBp: Object.fromEntries(Object.keys(sample.tiers.commissionBp).map((tier) => [tier, 0])),
  },
  platformFee: { percentOfNetBp: 0, fixedMinor: 0 },
});

function toFacts({ product, facts }: PreviewRequest, now: Date): OfferFacts {
  const { travelDate, ...rest } = JSON.parse(JSON.stringify(facts)) as PreviewRequest['facts'];
  const at = now.getTime();
  const today = Date.parse(now.toISOString().slice(0, 10));
  const timing = travelDate ? { travelDate, leadDays: Math.round((Date.parse(travelDate) - today) / 86_400_000) } : {};
  return { ...(rest as Omit<OfferFacts, 'product' | 'at'>), product, ...timing, at };
}

const namedRules = (used: readonly { id: string; amount: number }[], rules: readonly RuleRow[]) =>
  used.map(({ id, amount }) => ({ id, name: rules.find((rule) => rule.id === id)?.name ?? '', amount }));

function asReseller(
  buildUp: BuildUp,
  { name, seller, rules }: { name: string; seller: SellerRow; rules: readonly RuleRow[] },
): PreviewView {
  const top = viewBuildUp(buildUp, null);
  const first = {
    agencyId: null,
    name,
    tier: null,
    buyPrice: top.buyPrice,
    markup: top.markup,
    sellPrice: top.childPrice,
    rules: namedRules(top.rules, rules),
    commission: null,
    earnings: top.earnings,
  };
  const below = seller.chain.map(({ id, name: agency, tier }) => {
    const { buyPrice, markup, childPrice, rules: used, commission, earnings } = agencyView(buildUp, id);
    return {
      agencyId: id,
      name: agency,
      tier,
      buyPrice,
      markup,
      sellPrice: childPrice,
      rules: namedRules(used, rules),
      commission,
      earnings,
    };
  });
  return {
    currency: buildUp.currency,
    outcome: top.guard.outcome,
    warning: warningOf(buildUp),
    net: { ...top.net },
    platformFee: top.platformFee,
    total: buildUp.customerTotal,
    levels: [first, ...below],
  };
}

function asAgency(buildUp: BuildUp, [agency]: SellerRow['chain'], rules: readonly RuleRow[]): PreviewView {
  if (!agency) throw NotFound({ what: 'This agency' });
  const { buyPrice, markup, childPrice, rules: used } = agencyView(buildUp, agency.id);
  const level = {
    agencyId: agency.id,
    name: agency.name,
    tier: agency.tier,
    buyPrice,
    markup,
    sellPrice: childPrice,
    rules: namedRules(used, rules),
    commission: null,
    earnings: markup,
  };
  return {
    currency: buildUp.currency,
    outcome: 'kept',
    warning: null,
    net: { ...buildUp.net },
    platformFee: null,
    total: childPrice,
    levels: [level],
  };
}

function agencyView(buildUp: BuildUp, agencyId: string) {
  const view = viewBuildUp(buildUp, agencyId);
  if (view.viewer !== 'agency') throw new Error("An agency's view was asked for");
  return view;
}

function warningOf({ guard, levels }: BuildUp): string | null {
  if (guard.outcome === 'blocked')
    return 'Your margin would fall under its floor even without commission: this would not be sold. Raise your markup.';
  if (guard.outcome === 'capped')
    return 'Commission is lowered, from the top of the chain, so that your margin does not fall under its floor.';
  return levels[0]?.rules.length === 0 ? 'None of your rules matches this sample: you add nothing to it.' : null;
}
