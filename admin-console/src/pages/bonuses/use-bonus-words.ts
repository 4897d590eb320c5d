import { useI18n } from 'vue-i18n';
import type { BonusInput, BonusReward } from '../../api/bonuses.ts';
import { useFormats } from '../../composables/use-formats.ts';

/** What a campaign promises, in the reader's language. */
export function useBonusWords() {
  const { t } = useI18n();
  const { money, rate, day } = useFormats();
  const measureWords = (count: number, measure: BonusInput['measure'], currency: string): string =>
    measure === 'volume' ? money({ amount: count, currency }) : t('bonuses.bookings', { count }, count);

  function stepWords(
    { above, reward }: { above: number; reward: BonusReward | null },
    measure: BonusInput['measure'],
    currency: string,
  ): string {
    const from = measureWords(above, measure, currency);
    if (reward === null) return t('bonuses.stepAbove', { from });
    const what = reward.kind === 'rate' ? rate(reward.basisPoints) : money({ amount: reward.amountMinor, currency });
    return t('bonuses.step', { from, what });
  }

  const daysWords = ({ period, startsOn, endsOn }: Pick<BonusInput, 'period' | 'startsOn' | 'endsOn'>): string =>
    t(`bonuses.dayWords.${period}.${endsOn === null ? 'open' : 'closed'}`, {
      from: day(startsOn),
      to: endsOn === null ? '' : day(endsOn),
    });

  return { stepWords, daysWords, measureWords };
}
