import { currencyExponent } from '../kernel/money-exponent.ts';
import { BASIS_POINTS, assertMinor, money, type Money } from '../kernel/money.ts';
import { PricingError } from './errors.ts';

/** A rate as it is frozen in a quote: one unit of `from` costs `mid` units of `to`, before the reseller's spread. */
export interface ExchangeRate {
  readonly from: string;
  readonly to: string;
  /** Decimal string, never a float: "0.006125". */
  readonly mid: string;
  readonly spreadBp: number;
  readonly source: string;
  /** Instant of the rate (ISO 8601 UTC). */
  readonly at: string;
}

export interface Converted {
  /** At mid × (1 + spread): what is priced on. */
  readonly amount: Money;
  /** What the spread earns: the amount less what mid alone gives. */
  readonly earningMinor: number;
  readonly rate: ExchangeRate;
}

const DECIMAL = /^(\d{1,12})(?:\.(\d{1,12}))?$/;
const half = (numerator: bigint, denominator: bigint): bigint => (2n * numerator + denominator) / (2n * denominator);

/**
 * A middle rate as an exact fraction of minor units: an amount of `from` × `numerator` ÷ `denominator` is what it is worth in `to`. Both
 * currencies' exponents count.
 * @throws PricingError `rate_invalid` for a rate of zero or none
 */
export function exactRate({ from, to, mid }: Pick<ExchangeRate, 'from' | 'to' | 'mid'>) {
  const [, whole = '', decimals = ''] = DECIMAL.exec(mid) ?? [];
  const digits = BigInt(`${whole}${decimals}` || '0');
  if (digits === 0n) throw new PricingError('rate_invalid', `"${mid}" is no exchange rate.`);
  return {
    numerator: digits * BigInt(10 ** currencyExponent(to)),
    denominator: BigInt(10 ** currencyExponent(from)) * 10n ** BigInt(decimals.length),
  };
}

/**
 * Converts what a supplier asks into the selling currency, exactly, each amount rounded once. Both currencies' exponents count: 45000 JPY
 * are 45000 whole yen.
 * @throws PricingError `rate_invalid` for a rate of zero or none, `rate_mismatch` for one of another currency: never a guess
 */
export function convertCurrency(net: Money, rate: ExchangeRate): Converted {
  const { numerator, denominator } = exactRate(rate);
  if (assertMinor(rate.spreadBp, 'spread') < 0)
    throw new PricingError('rate_invalid', `A spread of ${rate.spreadBp} basis points makes no exchange rate.`);
  if (rate.from !== net.currency)
    throw new PricingError('rate_mismatch', `The rate is of ${rate.from}, the price in ${net.currency}.`);
  if (assertMinor(net.amount, 'net') < 0)
    throw new PricingError('net_negative', 'A net price is zero or more: it cannot be converted below that.');
  const exact = BigInt(net.amount) * numerator;
  const atMid = Number(half(exact, denominator));
  const withSpread = Number(half(exact * BigInt(BASIS_POINTS + rate.spreadBp), denominator * BigInt(BASIS_POINTS)));
  return { amount: money(withSpread, rate.to), earningMinor: withSpread - assertMinor(atMid, 'amount at mid'), rate };
}
