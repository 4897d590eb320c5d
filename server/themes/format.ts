/** An amount in minor units with the currency's ISO 4217 exponent, as the caller knows it. */
export type ThemedMoney = { amount: number; currency: string; exponent: number };

/** Without a region, English and Spanish are those of Europe: day before month, 24 hours. */
const regional = (locale: string): string => ({ en: 'en-GB', es: 'es-ES' })[locale] ?? locale;

/** Money in the locale's manner, exact for any safe integer: the decimal is written, never divided. */
export function formatMoney(money: ThemedMoney, locale: string): string {
  const { amount, currency, exponent } = money;
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const whole = digits.slice(0, digits.length - exponent);
  const decimal = `${amount < 0 ? '-' : ''}${whole}${exponent === 0 ? '' : `.${digits.slice(-exponent)}`}`;
  return new Intl.NumberFormat(regional(locale), {
    style: 'currency',
    currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  }).format(decimal as `${number}`);
}

/** An instant (ISO 8601 UTC or Date) as date and time in `timeZone`, with the zone's name. */
export function formatInstant(instant: string | Date, locale: string, timeZone: string): string {
  return new Intl.DateTimeFormat(regional(locale), {
    dateStyle: 'long',
    timeStyle: 'long',
    timeZone,
  })
    .format(new Date(instant))
    .replace(/:\d\d (?=\S)/, (seconds) => seconds.slice(3));
}

/** A local date or date-time (`2026-07-04`, `2026-07-04T09:35`) as a date; it has no zone and none is applied. */
export function formatLocalDate(local: string, locale: string): string {
  return new Intl.DateTimeFormat(regional(locale), {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${local.slice(0, 10)}T00:00:00Z`));
}

/** The hour and minute of a local date-time, 24-hour clock as on tickets. */
export function formatLocalTime(local: string): string {
  return local.slice(11, 16);
}
