import { BASIS_POINTS, applyBasisPoints, assertMinor, multiplyRational } from '../kernel/money.ts';
import type { BuildUp, LevelBuildUp, MarginGuardMode, PlatformFeeShare, UsedRule } from './build-up.ts';
import { shareCommission } from './share-commission.ts';
import { ownerKey } from './compile-rules.ts';
import type { CompiledRules } from './compile-rules.ts';
import { PricingError } from './errors.ts';
import type { FrozenExchange } from './exchange/exchange-table.ts';
import { guardMargin } from './guard-margin.ts';
import type { MarkupRule } from './markup-rule.ts';
import { keepParity, type ParityFloor } from './parity.ts';
import { prepareFacts, selectRules } from './select-rules.ts';
import type { ChildFacts, OfferFacts, PreparedFacts } from './select-rules.ts';

export interface ChainLevel {
  /** null is the reseller, and stands first. */
  readonly agencyId: string | null;
  /** Tier of this level in its parent's eyes. */
  readonly tier?: string;
  /** Below this its own markup is not brought by the child's tier discount. */
  readonly minMarginMinor?: number;
}

export interface TierTable {
  /** Rate granted to a selling agency of the tier, in basis points. */
  readonly commissionBp: Readonly<Record<string, number>>;
  /** Discount on the parent's markup for a child of the tier, in basis points; a tier left out has none. */
  readonly markupDiscountBp?: Readonly<Record<string, number>>;
}

/** The tiers a reseller starts with: 5 / 7 / 10 / 12 % commission, no discount on the markup. */
export const DEFAULT_TIERS: TierTable = {
  commissionBp: { bronze: 500, silver: 700, gold: 1000, platinum: 1200 },
  markupDiscountBp: { bronze: 0, silver: 0, gold: 0, platinum: 0 },
};

export interface PlatformFeePlan {
  readonly percentOfNetBp: number;
  /** Percentage of the fare without tax, besides the percentage of the whole net. */
  readonly percentOfBaseBp?: number;
  readonly fixedMinor: number;
  /** The reseller's own tier with the operator: a discount on the fee. */
  readonly platformDiscountBp?: number;
  /** Default `margin`. */
  readonly paidFrom?: 'margin' | 'price';
}

export interface PriceOfferInput {
  readonly net: { readonly base: number; readonly taxes: number; readonly currency: string };
  readonly facts: OfferFacts;
  /** From the reseller (agencyId null) to the seller, at any depth. */
  readonly chain: readonly ChainLevel[];
  readonly rulesByOwner: CompiledRules;
  readonly tiers: TierTable;
  readonly platformFee: PlatformFeePlan;
  /** Default: capped at a floor of zero. */
  readonly guard?: { readonly mode: MarginGuardMode; readonly floorMinor: number };
  readonly parity?: ParityFloor;
  /** How `net` came out of the supplier's currency. */
  readonly fx?: FrozenExchange;
}

const DEFAULT_GUARD = { mode: 'capped', floorMinor: 0 } as const;

function computePlatformFee(plan: PlatformFeePlan, net: number, base: number): PlatformFeeShare {
  const ofNet = applyBasisPoints(net, plan.percentOfNetBp);
  const ofBase = plan.percentOfBaseBp ? applyBasisPoints(base, plan.percentOfBaseBp) : 0;
  const full = ofNet + ofBase + plan.fixedMinor;
  const amount = plan.platformDiscountBp ? applyBasisPoints(full, BASIS_POINTS - plan.platformDiscountBp) : full;
  return { amount, discount: full - amount, paidFrom: plan.paidFrom ?? 'margin' };
}

function countUnits(per: 'booking' | 'traveller' | 'segment' | 'night', facts: OfferFacts): number {
  if (per === 'booking') return 1;
  if (per === 'traveller') return facts.travellers;
  return (per === 'segment' ? facts.segments : facts.nights) ?? 0;
}

function applyRule(rule: MarkupRule, buyPrice: number, taxes: number, facts: OfferFacts): number {
  const { value } = rule;
  const raw =
    value.kind === 'fixed'
      ? multiplyRational(value.amountMinor, countUnits(value.per, facts), 1)
      : applyBasisPoints(value.of === 'base' ? Math.max(0, buyPrice - taxes) : buyPrice, value.basisPoints);
  const atLeast = rule.minMinor === undefined ? raw : Math.max(raw, rule.minMinor);
  return rule.maxMinor === undefined ? atLeast : Math.min(atLeast, rule.maxMinor);
}

/** A tier's discount may eat the markup down to the owner's minimum margin, and never raises a markup that is already lower. */
function discountMarkup(full: number, discountBp: number, minMargin: number): number {
  if (discountBp === 0) return full;
  return Math.max(applyBasisPoints(full, BASIS_POINTS - discountBp), Math.min(full, minMargin));
}

function checkInput({ net, chain, tiers }: PriceOfferInput): void {
  if (assertMinor(net.base, 'net base') < 0 || assertMinor(net.taxes, 'net taxes') < 0) {
    throw new PricingError('net_negative', 'A net price is zero or more: base and taxes cannot be negative.');
  }
  if (chain[0]?.agencyId !== null || chain.some((level, i) => i > 0 && level.agencyId === null)) {
    throw new PricingError(
      'chain_shape',
      'A chain runs from the reseller (agencyId null, once, first) down to the seller.',
    );
  }
  for (const { agencyId, tier } of chain) {
    if (agencyId !== null && tier !== undefined && tiers.commissionBp[tier] === undefined) {
      throw new PricingError(
        'tier_unknown',
        `Tier "${tier}" has no commission rate; define it in the reseller's tiers.`,
      );
    }
  }
}

/** A level before its commission is known. */
type Draft = { -readonly [K in keyof LevelBuildUp]: LevelBuildUp[K] };

function buildLevel(
  input: PriceOfferInput,
  facts: PreparedFacts,
  level: ChainLevel,
  next: ChainLevel | undefined,
  buyPrice: number,
): Draft {
  const child: ChildFacts = { agencyId: next?.agencyId ?? undefined, tier: next?.tier };
  const owner = input.rulesByOwner.byOwner.get(ownerKey(level.agencyId));
  const rules: UsedRule[] = [];
  let full = 0;
  for (const rule of selectRules(owner, facts, child)) {
    const amount = applyRule(rule, buyPrice, input.net.taxes, facts.facts);
    full += amount;
    rules.push({ id: rule.id, version: rule.version, amount });
  }
  const discountBp = next?.tier === undefined ? 0 : (input.tiers.markupDiscountBp?.[next.tier] ?? 0);
  const markup = discountMarkup(full, discountBp, level.minMarginMinor ?? 0);
  return {
    agencyId: level.agencyId,
    buyPrice,
    markup,
    tierDiscount: full - markup,
    sellPrice: assertMinor(buyPrice + markup, 'price'),
    rules,
    tier: level.agencyId === null ? null : (level.tier ?? null),
    commissionRateBp:
      level.agencyId === null || level.tier === undefined ? 0 : (input.tiers.commissionBp[level.tier] ?? 0),
    commission: 0,
  };
}

/**
 * Prices one offer down a chain of any depth: net → reseller → agencies → customer. Pure and deterministic.
 * The reseller's `of: total` is the net (plus the platform's fee when that is in the price); every other level's is its own buy
 * price. Commission: the seller's tier rate on the commissionable amount, each ancestor the positive difference to the highest
 * rate below it. Throws PricingError for a malformed chain, an unknown tier or a negative net.
 * A result with guard.outcome "blocked" must not be sold. A suggested selling price (`parity`) is never undercut in public: what it adds
 * is the seller's.
 */
export function priceOffer(input: PriceOfferInput): BuildUp {
  checkInput(input);
  const { net, chain } = input;
  const total = assertMinor(net.base + net.taxes, 'net');
  const platformFee = computePlatformFee(input.platformFee, total, net.base);
  const facts = prepareFacts(input.facts, net.currency, input.rulesByOwner.asked);
  const levels: Draft[] = [];
  let price = total + (platformFee.paidFrom === 'price' ? platformFee.amount : 0);
  for (let i = 0; i < chain.length; i++) {
    const level = buildLevel(input, facts, chain[i] as ChainLevel, chain[i + 1], price);
    levels.push(level);
    price = level.sellPrice;
  }
  const parity = input.parity && keepParity(price, input.parity);
  const seller = levels.at(-1);
  if (parity && seller && parity.surplus > 0) {
    seller.markup += parity.surplus;
    price = seller.sellPrice = assertMinor(price + parity.surplus, 'price');
  }
  const resellerPrice = levels[0]?.sellPrice ?? price;
  const commissionable = Math.max(0, resellerPrice - net.taxes);
  const rates = levels.map((level) => level.commissionRateBp);
  const wanted = shareCommission(commissionable, rates);
  const guarded = guardMargin(resellerPrice - total - platformFee.amount, wanted, input.guard ?? DEFAULT_GUARD);
  levels.forEach((level, i) => (level.commission = guarded.commissions[i] ?? 0));
  const buildUp: BuildUp = {
    currency: net.currency,
    net: { base: net.base, taxes: net.taxes, total },
    platformFee,
    levels,
    commissionable,
    resellerMargin: guarded.margin,
    guard: guarded.result,
    customerTotal: price,
  };
  return { ...buildUp, ...(parity ? { parity } : {}), ...(input.fx ? { fx: input.fx } : {}) };
}
