import { useI18n } from 'vue-i18n';
import type { Money } from '../api/types.ts';
import { formatDay, formatInstant, formatLocalTime } from '../format/dates.ts';
import { formatMoney } from '../format/money.ts';
import { formatRate } from '../format/rates.ts';

/** Formatting in the reader's language. */
export function useFormats() {
  const { locale } = useI18n();
  return {
    money: (money: Money) => formatMoney(money, locale.value),
    day: (day: string) => formatDay(day, locale.value),
    instant: (instant: string) => formatInstant(instant, locale.value),
    localTime: (local: string) => formatLocalTime(local, locale.value),
    rate: (basisPoints: number) => formatRate(basisPoints, locale.value),
  };
}
