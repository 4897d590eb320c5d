import { useI18n } from 'vue-i18n';
import type { RuleInput, RuleMatch } from '../api/pricing.ts';
import { otherConditions } from '../pages/pricing/rule-values.ts';
import { useFormats } from './use-formats.ts';

/** A markup rule as a sentence. */
export function useRuleWords() {
  const { t } = useI18n();
  const { money, rate, day } = useFormats();
  const anyOf = (items: readonly string[]): string =>
    items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${t('rules.or')} ${items.at(-1)}`;

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

  function travelWords({ travelFrom, travelTo }: RuleMatch): string[] {
    const range = [
      ...(travelFrom ? [t('rules.from', { from: day(travelFrom) })] : []),
      ...(travelTo ? [t('rules.until', { to: day(travelTo) })] : []),
    ];
    return range.length > 0 ? [t('rules.words.travel', { range: range.join(' ') })] : [];
  }

  function matchWords(match: RuleMatch): string {
    const listed = (name: string, items: readonly string[] | undefined) =>
      items && items.length > 0 ? [t(`rules.words.${name}`, { list: anyOf(items) })] : [];
    const agencies = match.childAgencyId?.length ?? 0;
    const other = otherConditions(match);
    const parts = [
      ...listed(
        'product',
        match.product?.map((product) => t(`product.${product}`).toLowerCase()),
      ),
      ...listed('carrier', match.carrier),
      ...listed('origin', match.origin),
      ...listed('destination', match.destination),
      ...(agencies > 0 ? listed('childAgencyId', [t('rules.words.agencies', { count: agencies }, agencies)]) : []),
      ...listed(
        'childTier',
        match.childTier?.map((tier) => t(`tier.${tier}`)),
      ),
      ...travelWords(match),
      ...(other.length > 0 ? [t('rules.words.other', { list: other.join(', ') })] : []),
    ];
    return parts.length > 0 ? parts.join(', ') : t('rules.everything');
  }

  return { valueWords, matchWords };
}
