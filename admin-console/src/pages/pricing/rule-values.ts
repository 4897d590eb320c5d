import type { Tier } from '../../api/agencies.ts';
import type { MarkupRule, Product, RuleInput, RuleMatch, RuleValue } from '../../api/pricing.ts';
import { addDays, dayOf, startOfDay } from '../../format/dates.ts';

export type RuleValues = {
  name: string;
  kind: 'percent' | 'fixed';
  basisPoints: number | null;
  of: 'total' | 'base';
  amountMinor: number | null;
  per: 'booking' | 'traveller' | 'segment' | 'night';
  minMinor: number | null;
  maxMinor: number | null;
  product: Product[];
  carrier: string;
  origin: string;
  destination: string;
  childAgencyId: string[];
  childTier: Tier[];
  travelFrom: string;
  travelTo: string;
  leadDaysMin: number | string;
  leadDaysMax: number | string;
  cabin: string[];
  fareBrand: string;
  route: string;
  supplier: string;
  hotelIds: string;
  hotelChain: string;
  stars: number[];
  segment: string[];
  pointOfSale: string;
  priority: number | string;
  stack: boolean;
  validFrom: string;
  validTo: string;
};

/** Conditions this form edits; others came through the API and are kept as they are. */
const EDITED = [
  'product',
  'carrier',
  'origin',
  'destination',
  'childAgencyId',
  'childTier',
  'travelFrom',
  'travelTo',
  'leadDaysMin',
  'leadDaysMax',
  'cabin',
  'fareBrand',
  'route',
  'supplier',
  'hotelIds',
  'hotelChain',
  'stars',
  'segment',
  'pointOfSale',
];
/** Lists that are typed, in the form the API takes them. */
const TYPED = ['fareBrand', 'supplier', 'hotelIds', 'hotelChain', 'pointOfSale'] as const;

export const otherConditions = (match: RuleMatch): string[] =>
  Object.keys(match).filter((name) => !EDITED.includes(name));

const textOf = (codes: string[] | undefined): string => (codes ?? []).join(', ');
const codesOf = (text: string): string[] =>
  text
    .split(',')
    .map((code) => code.trim())
    .filter(Boolean);

export function valuesOf(rule: MarkupRule | null): RuleValues {
  const match = rule?.match ?? {};
  const value: RuleValue = rule?.value ?? { kind: 'percent', basisPoints: 0, of: 'total' };
  return {
    name: rule?.name ?? '',
    kind: value.kind,
    basisPoints: rule && value.kind === 'percent' ? value.basisPoints : null,
    of: value.kind === 'percent' ? value.of : 'total',
    amountMinor: value.kind === 'fixed' ? value.amountMinor : null,
    per: value.kind === 'fixed' ? value.per : 'booking',
    minMinor: rule?.minMinor ?? null,
    maxMinor: rule?.maxMinor ?? null,
    product: match.product ?? [],
    carrier: textOf(match.carrier),
    origin: textOf(match.origin),
    destination: textOf(match.destination),
    childAgencyId: match.childAgencyId ?? [],
    childTier: match.childTier ?? [],
    travelFrom: match.travelFrom ?? '',
    travelTo: match.travelTo ?? '',
    leadDaysMin: match.leadDaysMin ?? '',
    leadDaysMax: match.leadDaysMax ?? '',
    cabin: match.cabin ?? [],
    fareBrand: textOf(match.fareBrand),
    route: textOf(match.route),
    supplier: textOf(match.supplier),
    hotelIds: textOf(match.hotelIds),
    hotelChain: textOf(match.hotelChain),
    stars: match.stars ?? [],
    segment: match.segment ?? [],
    pointOfSale: textOf(match.pointOfSale),
    priority: rule?.priority ?? 0,
    stack: rule?.stack ?? false,
    validFrom: rule?.validFrom ? dayOf(rule.validFrom) : '',
    // The API ends a rule at an instant that is no longer part of it, the form names the last day.
    validTo: rule?.validTo ? addDays(dayOf(rule.validTo), -1) : '',
  };
}

function matchOf(values: RuleValues, before: RuleMatch): RuleMatch {
  const kept = Object.fromEntries(Object.entries(before).filter(([name]) => !EDITED.includes(name)));
  const list = <T>(name: string, items: T[]) => (items.length > 0 ? { [name]: items } : {});
  const days = (name: string, value: number | string) => (value === '' ? {} : { [name]: Number(value) });
  const text = (name: string, value: string) => (value === '' ? {} : { [name]: value });
  return {
    ...kept,
    ...list('product', values.product),
    ...list(
      'carrier',
      codesOf(values.carrier).map((code) => code.toUpperCase()),
    ),
    ...list(
      'origin',
      codesOf(values.origin).map((code) => code.toUpperCase()),
    ),
    ...list('destination', codesOf(values.destination)),
    ...list('childAgencyId', values.childAgencyId),
    ...list('childTier', values.childTier),
    ...text('travelFrom', values.travelFrom),
    ...text('travelTo', values.travelTo),
    ...days('leadDaysMin', values.leadDaysMin),
    ...days('leadDaysMax', values.leadDaysMax),
    ...list('cabin', values.cabin),
    ...list(
      'route',
      codesOf(values.route).map((code) => code.toUpperCase()),
    ),
    ...list('stars', values.stars),
    ...list('segment', values.segment),
    ...Object.assign({}, ...TYPED.map((name) => list(name, codesOf(values[name])))),
  };
}

export function ruleOf(values: RuleValues, before: RuleMatch = {}): RuleInput {
  const value: RuleValue =
    values.kind === 'percent'
      ? { kind: 'percent', basisPoints: values.basisPoints ?? 0, of: values.of }
      : { kind: 'fixed', amountMinor: values.amountMinor ?? 0, per: values.per };
  return {
    name: values.name.trim(),
    match: matchOf(values, before),
    value,
    minMinor: values.minMinor,
    maxMinor: values.maxMinor,
    stack: values.stack,
    priority: Number(values.priority) || 0,
    validFrom: values.validFrom === '' ? null : startOfDay(values.validFrom),
    validTo: values.validTo === '' ? null : startOfDay(addDays(values.validTo, 1)),
  };
}

/** Where the API's faults stand in the form. */
export const RULE_ALIASES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(EDITED.map((name) => [`match.${name}`, name])),
  'value.basisPoints': 'basisPoints',
  'value.of': 'of',
  'value.amountMinor': 'amountMinor',
  'value.per': 'per',
};
