import type { BuildUp } from './build-up.ts';
import { presentExchange } from './exchange/present-exchange.ts';
import type { MarkupRule } from './markup-rule.ts';
import type { Sample } from './preview.ts';
import type { SellerRow } from './repository.ts';
import type { PreviewView } from './schema.ts';
import { viewBuildUp } from './view-build-up.ts';

interface Priced {
  readonly actorAgencyId: string | null;
  readonly resellerName: string;
  /** Levels to show below the reseller; of an agency its own. */
  readonly agencies: SellerRow['chain'];
  readonly sample: Sample;
  readonly buildUp: BuildUp;
  readonly byTier: PreviewView['byTier'];
  readonly rules: readonly MarkupRule[];
  readonly draft: MarkupRule | undefined;
}

type Level = PreviewView['levels'][number];

/** What the actor may see of a preview; every figure comes from the view of a level that is the actor's to see. */
export const presentPreview = (priced: Priced): PreviewView =>
  priced.actorAgencyId === null ? forReseller(priced) : forAgency(priced);

const namedRules = (used: readonly { id: string; amount: number }[], { rules, draft }: Priced): Level['rules'] =>
  used.map(({ id, amount }) => ({
    id,
    name: rules.find((rule) => rule.id === id)?.name ?? '',
    amount,
    draft: id === draft?.id,
  }));

const discountOf = ({ levels }: BuildUp, agencyId: string | null): number =>
  levels.find((level) => level.agencyId === agencyId)?.tierDiscount ?? 0;

function forReseller(priced: Priced): PreviewView {
  const { buildUp } = priced;
  const top = viewBuildUp(buildUp, null);
  const first: Level = {
    agencyId: null,
    name: priced.resellerName,
    tier: null,
    buyPrice: top.buyPrice,
    markup: top.markup,
    sellPrice: top.childPrice,
    rules: namedRules(top.rules, priced),
    tierDiscount: discountOf(buildUp, null),
    commission: null,
    earnings: top.earnings,
  };
  return {
    currency: buildUp.currency,
    outcome: top.guard.outcome,
    ...warningOf(buildUp),
    net: { ...top.net },
    fx: top.fx ? presentExchange(top.fx) : null,
    platformFee: top.platformFee,
    total: buildUp.customerTotal,
    levels: [first, ...priced.agencies.map((agency) => agencyLevel(priced, agency))],
    byTier: priced.byTier,
  };
}

function forAgency(priced: Priced): PreviewView {
  const { buildUp, sample } = priced;
  const levels = priced.agencies.map((agency) => {
    const level = agencyLevel(priced, agency);
    // Of a price it typed itself nothing above is known, hence no commission either.
    return sample.netOf === 'own' ? { ...level, commission: null, earnings: level.markup } : level;
  });
  return {
    currency: buildUp.currency,
    outcome: buildUp.guard.outcome === 'blocked' ? 'blocked' : 'kept',
    ...(levels[0]?.rules.length === 0 ? NO_RULE : NO_WARNING),
    net: sample.netOf === 'own' ? { ...buildUp.net } : null,
    fx: null,
    platformFee: null,
    total: levels[0]?.sellPrice ?? 0,
    levels,
    byTier: priced.byTier,
  };
}

function agencyLevel(priced: Priced, { id, name, tier }: SellerRow['chain'][number]): Level {
  const view = viewBuildUp(priced.buildUp, id);
  if (view.viewer !== 'agency') throw new Error("An agency's view was asked for");
  const { buyPrice, markup, childPrice, commission, earnings } = view;
  return {
    agencyId: id,
    name,
    tier,
    buyPrice,
    markup,
    sellPrice: childPrice,
    rules: namedRules(view.rules, priced),
    tierDiscount: discountOf(priced.buildUp, id),
    commission,
    earnings,
  };
}

type Warning = Pick<PreviewView, 'warning' | 'warningCode'>;
const NO_WARNING: Warning = { warning: null, warningCode: null };
const NO_RULE: Warning = {
  warning: 'None of your rules matches this sample: you add nothing to it.',
  warningCode: 'no_rule',
};

function warningOf({ guard, levels }: BuildUp): Warning {
  if (guard.outcome === 'blocked')
    return {
      warning: 'Your margin would fall under its floor: this would not be sold. Raise your markup.',
      warningCode: 'blocked',
    };
  if (guard.outcome === 'capped')
    return {
      warning: 'Commission is lowered, from the top of the chain, so that your margin does not fall under its floor.',
      warningCode: 'capped',
    };
  return levels[0]?.rules.length === 0 ? NO_RULE : NO_WARNING;
}
