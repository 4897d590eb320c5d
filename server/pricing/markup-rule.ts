import { assertMinor } from '../kernel/money.ts';
import { PricingError } from './errors.ts';

/** What a rule may ask of an offer. AND across fields, OR within one; a field left out, or an empty list, asks nothing. */
export interface MarkupMatch {
  readonly product?: readonly string[];
  readonly supplier?: readonly string[];
  readonly carrier?: readonly string[];
  readonly cabin?: readonly string[];
  readonly fareBrand?: readonly string[];
  /** Airport, city, country or zone codes: whatever the offer's facts carry for its origin. */
  readonly origin?: readonly string[];
  readonly destination?: readonly string[];
  /** "MAD-JFK": any of the offer's origin codes, a hyphen, any of its destination codes. */
  readonly route?: readonly string[];
  readonly hotelIds?: readonly string[];
  readonly hotelChain?: readonly string[];
  readonly stars?: readonly number[];
  /** Local calendar dates YYYY-MM-DD, both inclusive, compared with the first day of travel. */
  readonly travelFrom?: string;
  readonly travelTo?: string;
  /** Whole days between the sale and the first day of travel, both inclusive. */
  readonly leadDaysMin?: number;
  readonly leadDaysMax?: number;
  readonly segment?: readonly string[];
  readonly pointOfSale?: readonly string[];
  readonly childAgencyId?: readonly string[];
  readonly childTier?: readonly string[];
}

export type FixedPer = 'booking' | 'traveller' | 'segment' | 'night';

export type MarkupValue =
  | { readonly kind: 'fixed'; readonly amountMinor: number; readonly per: FixedPer }
  /** `total` is the owner's own buy price, `base` that price without the taxes passed through. */
  | { readonly kind: 'percent'; readonly basisPoints: number; readonly of: 'total' | 'base' };

export interface MarkupRule {
  readonly id: string;
  readonly version: number;
  /** The level that earns it; null is the reseller. */
  readonly ownerAgencyId: string | null;
  readonly name: string;
  readonly match: MarkupMatch;
  readonly value: MarkupValue;
  /** Currency of amountMinor, minMinor and maxMinor. When given, the rule prices only offers in that currency. */
  readonly currency?: string;
  readonly minMinor?: number;
  readonly maxMinor?: number;
  /** A stacking rule adds to the winner instead of competing with it. */
  readonly stack: boolean;
  readonly priority: number;
  /** Instants (ISO 8601 UTC); from is inclusive, to is exclusive. */
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly createdAt: string;
}

/** The match fields that hold lists; ranges are the other two kinds. */
export const LIST_FIELDS = [
  'product',
  'supplier',
  'carrier',
  'cabin',
  'fareBrand',
  'origin',
  'destination',
  'route',
  'hotelIds',
  'hotelChain',
  'stars',
  'segment',
  'pointOfSale',
  'childAgencyId',
  'childTier',
] as const satisfies readonly (keyof MarkupMatch)[];

export type ListField = (typeof LIST_FIELDS)[number];

/** How many fields a rule narrows: a range of dates, or of days, counts as one. The most specific rule wins. */
export function countMatchedFields(match: MarkupMatch): number {
  const lists = LIST_FIELDS.filter((field) => (match[field]?.length ?? 0) > 0).length;
  const travel = match.travelFrom !== undefined || match.travelTo !== undefined ? 1 : 0;
  const lead = match.leadDaysMin !== undefined || match.leadDaysMax !== undefined ? 1 : 0;
  return lists + travel + lead;
}

/** Refuses a rule that could not be applied as written; the message names the rule and the field. */
export function checkRule(rule: MarkupRule): void {
  const where = `Markup rule "${rule.name}" (${rule.id})`;
  const number = rule.value.kind === 'fixed' ? rule.value.amountMinor : rule.value.basisPoints;
  assertMinor(number, `value of ${where}`);
  if (number < 0) throw new PricingError('rule_negative', `${where} has a negative value; a markup is zero or more.`);
  const { minMinor: min, maxMinor: max } = rule;
  for (const bound of [min, max]) {
    if (bound !== undefined && assertMinor(bound, `bound of ${where}`) < 0) {
      throw new PricingError('rule_negative', `${where} has a negative minimum or maximum; use zero or more.`);
    }
  }
  if (min !== undefined && max !== undefined && min > max) {
    throw new PricingError('rule_bounds', `${where} has a minimum above its maximum; swap or drop one.`);
  }
  for (const instant of [rule.validFrom, rule.validTo, rule.createdAt]) {
    if (instant !== undefined && Number.isNaN(Date.parse(instant))) {
      throw new PricingError('rule_instant', `${where} has "${instant}" where an ISO 8601 UTC instant belongs.`);
    }
  }
}
