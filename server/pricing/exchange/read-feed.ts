import { isCurrency } from './is-currency.ts';

/** Rates of one day against one currency: `1 base = rates[c] c`, decimal strings. */
export interface RateFeed {
  readonly source: string;
  /** Instant the rates were taken, ISO 8601 UTC. */
  readonly at: string;
  readonly base: string;
  readonly rates: ReadonlyMap<string, string>;
}

/** The European Central Bank takes its reference rates at about 14:15 in Frankfurt and publishes them at 16:00. */
const TAKEN_AT = 'T13:15:00Z';
const DIGITS = 12;

/**
 * Reads the daily reference rates of the European Central Bank (eurofxref-daily.xml): `<Cube time="2026-11-24">` with
 * `<Cube currency="USD" rate="1.0823"/>` in it, all against the euro.
 * @throws Error naming what is missing, so that a page of another kind is never taken for rates
 */
export function readRateFeed(xml: string): RateFeed {
  const day = /<Cube\s+time=['"](\d{4}-\d{2}-\d{2})['"]/.exec(xml)?.[1];
  if (!day) throw new Error('The feed of exchange rates names no day: it is not in the form of eurofxref-daily.xml.');
  const found = xml.matchAll(/<Cube\s+currency=['"]([A-Z]{3})['"]\s+rate=['"](\d{1,8}(?:\.\d{1,12})?)['"]/g);
  const rates = new Map(
    [...found].flatMap(([, currency = '', rate = '']) => (Number(rate) > 0 ? [[currency, rate] as const] : [])),
  );
  if (rates.size === 0) throw new Error('The feed of exchange rates has no rate.');
  return { source: 'ECB', at: `${day}${TAKEN_AT}`, base: 'EUR', rates: rates.set('EUR', '1') };
}

function toInteger(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(DIGITS, '0'));
}

function toDecimal(value: bigint): string {
  const text = value.toString().padStart(DIGITS + 1, '0');
  const [whole, fraction] = [text.slice(0, -DIGITS), text.slice(-DIGITS)];
  const places = [...fraction].findLastIndex((digit) => digit !== '0') + 1;
  return places === 0 ? whole : `${whole}.${fraction.slice(0, places)}`;
}

/**
 * What one unit of each currency of the feed costs in the selling currency, to twelve decimals, half away from zero; empty when the feed
 * does not know the selling currency. Rates too small to be told in twelve decimals are left out.
 */
export function crossRates(feed: RateFeed, to: string): Map<string, string> {
  const own = feed.rates.get(to);
  if (own === undefined) return new Map();
  const numerator = toInteger(own) * 10n ** BigInt(DIGITS);
  return new Map(
    [...feed.rates].flatMap(([currency, rate]) => {
      if (currency === to || !isCurrency(currency)) return [];
      const divisor = toInteger(rate);
      const mid = (2n * numerator + divisor) / (2n * divisor);
      return mid === 0n ? [] : [[currency, toDecimal(mid)] as const];
    }),
  );
}
