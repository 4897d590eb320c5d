import { BASIS_POINTS, allocate, applyBasisPoints } from '../kernel/money.ts';
import type { BuildUp, PromoDiscount } from '../pricing/index.ts';

export type PromoValue =
  | { readonly kind: 'percent'; readonly basisPoints: number; readonly capMinor: number | null }
  | { readonly kind: 'fixed'; readonly amountMinor: number };

/** What of a code decides how much it takes off, and from whom. */
export interface PromoTerms {
  readonly id: string;
  readonly code: string;
  readonly value: PromoValue;
  /** Share the reseller bears, basis points; the selling agency bears the rest. */
  readonly resellerBp: number;
}

/** How far a price may fall: the reseller's least markup; its margin floor stands in the build-up. */
export interface PromoFloor {
  readonly minMarginMinor: number;
}

const wantedOf = (value: PromoValue, total: number): number => {
  if (value.kind === 'fixed') return Math.min(value.amountMinor, total);
  const part = applyBasisPoints(total, value.basisPoints);
  return value.capMinor === null ? part : Math.min(part, value.capMinor);
};

/** What reseller and seller can still give: neither below its buy price and its least margin, the public never below a suggested price. */
function roomOf(buildUp: BuildUp, floor: PromoFloor): { reseller: number; seller: number; whole: number } {
  const [top] = buildUp.levels;
  const seller = buildUp.levels.length > 1 ? buildUp.levels.at(-1) : undefined;
  const { parity } = buildUp;
  return {
    reseller: Math.max(
      0,
      Math.min((top?.markup ?? 0) - floor.minMarginMinor, buildUp.resellerMargin - Math.max(0, buildUp.guard.floor)),
    ),
    seller: Math.max(0, seller?.markup ?? 0),
    whole: parity?.audience === 'public' ? Math.max(0, buildUp.customerTotal - parity.suggestedMinor) : Infinity,
  };
}

/**
 * The price with codes taken off: the reseller's share comes off its own markup, so that every level below buys and sells so much lower;
 * the seller's off its. Each code is reckoned on the price without codes, so that their order does not matter; whoever would fall below
 * its floor gives what it can. Pure; parts always sum to the discount.
 */
export function applyPromoCodes(
  buildUp: BuildUp,
  codes: readonly PromoTerms[],
  floor: PromoFloor,
): { buildUp: BuildUp; discounts: PromoDiscount[] } {
  const discounts: PromoDiscount[] = [];
  let price = buildUp;
  for (const { id, code, value, resellerBp } of codes) {
    const room = roomOf(price, floor);
    const ofReseller = price.levels.length > 1 ? resellerBp : BASIS_POINTS;
    const wanted = Math.min(wantedOf(value, buildUp.customerTotal), room.whole);
    const [reseller = 0, seller = 0] = wanted > 0 ? allocate(wanted, [ofReseller, BASIS_POINTS - ofReseller]) : [];
    const shares = { reseller: Math.min(reseller, room.reseller), seller: Math.min(seller, room.seller) };
    if (shares.reseller + shares.seller === 0) continue;
    discounts.push({ codeId: id, code, amount: shares.reseller + shares.seller, shares });
    price = lower(price, shares);
  }
  return discounts.length === 0 ? { buildUp, discounts } : { buildUp: { ...price, promo: discounts }, discounts };
}

function lower(buildUp: BuildUp, { reseller, seller }: { reseller: number; seller: number }): BuildUp {
  const last = buildUp.levels.length - 1;
  return {
    ...buildUp,
    resellerMargin: buildUp.resellerMargin - reseller,
    customerTotal: buildUp.customerTotal - reseller - seller,
    levels: buildUp.levels.map((level, at) => {
      const own = (at === 0 ? reseller : 0) + (at === last ? seller : 0);
      return {
        ...level,
        buyPrice: level.buyPrice - (at === 0 ? 0 : reseller),
        markup: level.markup - own,
        sellPrice: level.sellPrice - reseller - (at === last ? seller : 0),
      };
    }),
  };
}

/** Why a code gives nothing. The storefront has a sentence for each. */
export const REFUSALS = [
  'unknown',
  'not_yet',
  'over',
  'other_trips',
  'below_minimum',
  'used_up',
  'used_by_you',
  'not_together',
  'not_on_this_price',
] as const;
export type Refusal = (typeof REFUSALS)[number];
