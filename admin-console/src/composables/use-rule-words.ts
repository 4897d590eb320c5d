import { useI18n } from 'vue-i18n';
import type { RuleInput, RuleMatch } from '../api/pricing.ts';
import { otherConditions } from '../pages/pricing/rule-values.ts';
import { useFormats } from './use-formats.ts';

/** Conditions that are lists of codes, in the order a sentence has them. */
const CODES = [
  'carrier',
  'origin',
  'destination',
  'route',
  'fareBrand',
  'supplier',
  'hotelChain',
  'hotelIds',
  'pointOfSale',
] as const;

/** A markup rule as a sentence. */
export function useRuleWords() {
  const { t } = useI18n();
  const { money, rate, day } = useFormats();
  const anyOf = (items: readonly (string | number)[]): string =>
    items.length < 2 ? String(items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${t('rules.or')} ${items.at(-1)}`;

  function valueWords(rule: Pick<RuleInput, 'value' | 'minMinor' | 'maxMinor'>, currency: string): string {
    const { value, minMinor, maxMinor } = rule;
    const inMoney = (amount: number) => money({ amount, currency });
    const main =
      value.kind === 'percent'
        ? t('rules.percentOf', { rate: rate(value.basisPoints), of: t(`rules.of.${value.of}`) })
        : t('rules.fixedPer', { amount: inMoney(value.amountMinor), per: t(`rules.per.${value.per}`) });
    const min = minMinor === null || Number.isNaN(minMinor) ? [] : [t('rules.atLeast', { amount: inMoney(minMinor) })];
    const max = maxMinor === null || Number.isNaN(maxMinor) ? [] : [t('rules.atMost', { amount: inMoney(maxMinor) })];
    return [main, ...min, ...max].join(', ');
  }

  function rangeWords({ travelFrom, travelTo, leadDaysMin: min, leadDaysMax: max }: RuleMatch): string[] {
    const range = [
      ...(travelFrom ? [t('rules.from', { from: day(travelFrom) })] : []),
      ...(travelTo ? [t('rules.until', { to: day(travelTo) })] : []),
    ];
    return [
      ...(range.length > 0 ? [t('rules.words.travel', { range: range.join(' ') })] : []),
      ...(min === undefined ? [] : [t('rules.words.leadMin', { count: min }, min)]),
      ...(max === undefined ? [] : [t('rules.words.leadMax', { count: max }, max)]),
    ];
  }

  /** "flights with IB from MAD": what the rule is about, then what narrows it. */
  function matchWords(match: RuleMatch): string {
    const listed = (name: string, items: readonly (string | number)[] | undefined) =>
      items && items.length > 0 ? [t(`rules.words.${name}`, { list: anyOf(items) })] : [];
    const agencies = match.childAgencyId?.length ?? 0;
    const other = otherConditions(match);
    const about =
      match.product && match.product.length === 1
        ? t(`rules.words.products.${match.product[0]}`)
        : match.product && match.product.length > 1
          ? anyOf(match.product.map((product) => t(`rules.words.products.${product}`)))
          : t('rules.everything');
    const narrowing = [
      ...CODES.flatMap((name) => listed(name, match[name])),
      ...listed(
        'cabin',
        match.cabin?.map((cabin) => t(`rules.cabins.${cabin}`)),
      ),
      ...listed('stars', match.stars),
      ...listed(
        'segment',
        match.segment?.map((segment) => t(`rules.segments.${segment}`)),
      ),
      ...(agencies > 0 ? listed('childAgencyId', [t('rules.words.agencies', { count: agencies }, agencies)]) : []),
      ...listed(
        'childTier',
        match.childTier?.map((tier) => t(`tier.${tier}`)),
      ),
      ...rangeWords(match),
      ...(other.length > 0 ? [t('rules.words.other', { list: other.join(', ') })] : []),
    ];
    return [about, ...narrowing].join(' ');
  }

  return { valueWords, matchWords };
}
