import { applyBasisPoints, sum } from '../kernel/money.ts';

/** What is paid once the measure is above a step. */
export type BonusReward =
  /** Of the commissionable base; 1 % is 100 basis points. */
  { readonly kind: 'rate'; readonly basisPoints: number } | { readonly kind: 'fixed'; readonly amountMinor: number };

export interface BonusStep {
  /** Reached by more than this: above 50 bookings is reached by the 51st. Bookings, or minor units. */
  readonly above: number;
  readonly reward: BonusReward;
}

export interface BonusTerms {
  readonly measure: 'bookings' | 'volume';
  /** `retroactive`: the highest step reached pays for all bookings of the period; `marginal`: each step pays for the bookings above it. */
  readonly mode: 'retroactive' | 'marginal';
  /** From the lowest. */
  readonly steps: readonly BonusStep[];
  /** Most that an agency gets in a period, minor units. */
  readonly capMinor: number | null;
}

/** A booking that counts, in minor units of the campaign's currency. */
export interface CountedSale {
  readonly volumeMinor: number;
  readonly baseMinor: number;
}

export interface BonusOutcome {
  readonly bookings: number;
  readonly volumeMinor: number;
  readonly baseMinor: number;
  /** Bookings or volume, as the campaign measures. */
  readonly measured: number;
  /** How many steps are reached. */
  readonly reached: number;
  readonly amountMinor: number;
  /** What the next step asks, and how much is missing until it is reached; null at the top. */
  readonly next: { readonly above: number; readonly missing: number } | null;
}

/** What counted sales, in the order they were made, come to. Each step's amount is rounded once. Pure. */
export function evaluateBonus(terms: BonusTerms, sales: readonly CountedSale[]): BonusOutcome {
  const { steps } = terms;
  const baseOf = steps.map(() => 0);
  let volumeMinor = 0;
  let baseMinor = 0;
  let reached = 0;
  for (const [at, sale] of sales.entries()) {
    volumeMinor = sum([volumeMinor, sale.volumeMinor]);
    baseMinor = sum([baseMinor, sale.baseMinor]);
    const measured = terms.measure === 'bookings' ? at + 1 : volumeMinor;
    while (measured > (steps[reached]?.above ?? Infinity)) reached += 1;
    if (reached > 0) baseOf[reached - 1] = sum([baseOf[reached - 1] ?? 0, sale.baseMinor]);
  }
  const pay = ({ reward }: BonusStep, base: number) =>
    reward.kind === 'fixed' ? reward.amountMinor : applyBasisPoints(base, reward.basisPoints);
  const highest = steps[reached - 1];
  const uncapped =
    terms.mode === 'marginal'
      ? sum(steps.slice(0, reached).map((step, at) => pay(step, baseOf[at] ?? 0)))
      : highest
        ? pay(highest, baseMinor)
        : 0;
  const measured = terms.measure === 'bookings' ? sales.length : volumeMinor;
  const next = steps[reached];
  return {
    bookings: sales.length,
    volumeMinor,
    baseMinor,
    measured,
    reached,
    amountMinor: terms.capMinor === null ? uncapped : Math.min(uncapped, terms.capMinor),
    next: next ? { above: next.above, missing: next.above + 1 - measured } : null,
  };
}

/** A result of one campaign and period of an agency. */
export interface EarnedBonus {
  readonly id: string;
  readonly campaignId: string;
  /** Days; `endsBefore` is the day after the last. */
  readonly startsOn: string;
  readonly endsBefore: string;
  readonly earnedMinor: number;
  readonly overlap: 'stack' | 'best';
}

/**
 * What each result pays beside the others of the same agency. Campaigns that stack pay whatever they earned. Of the rest the best comes
 * first (of equals the earlier), and pays unless its period overlaps one that pays already. Pure, and the same in any order.
 */
export function payableBonuses(results: readonly EarnedBonus[]): Map<string, number> {
  const payable = new Map(results.map(({ id, overlap, earnedMinor }) => [id, overlap === 'stack' ? earnedMinor : 0]));
  const rivals = results
    .filter(({ overlap, earnedMinor }) => overlap === 'best' && earnedMinor > 0)
    .toSorted((a, b) => b.earnedMinor - a.earnedMinor || compare(keyOf(a), keyOf(b)));
  const paid: EarnedBonus[] = [];
  for (const rival of rivals) {
    if (paid.some((one) => one.startsOn < rival.endsBefore && rival.startsOn < one.endsBefore)) continue;
    paid.push(rival);
    payable.set(rival.id, rival.earnedMinor);
  }
  return payable;
}

const keyOf = ({ startsOn, campaignId, id }: EarnedBonus): string => `${startsOn}/${campaignId}/${id}`;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
