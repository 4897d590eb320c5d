import { BASIS_POINTS, assertMinor } from '../../kernel/money.ts';
import { exactRate } from '../../pricing/index.ts';

/** What a parent pays for a currency: `mid` less its spread. One unit of `from` is `mid` units of `to`. */
export interface WalletRate {
  readonly from: string;
  readonly to: string;
  /** Decimal string. */
  readonly mid: string;
  readonly spreadBp: number;
  readonly source: string;
  /** Instant of the rate, ISO 8601 UTC. */
  readonly at: string;
}

export interface Exchanged {
  /** Minor units of `from`. */
  readonly given: number;
  /** Minor units of `to`: given × mid × (1 − spread), rounded once. */
  readonly got: number;
  /** Minor units of `to`: given × mid, rounded once. What is between is the parent's earning. */
  readonly atMid: number;
}

const half = (numerator: bigint, denominator: bigint): bigint => (2n * numerator + denominator) / (2n * denominator);

function fractionOf(rate: WalletRate) {
  const { numerator, denominator } = exactRate(rate);
  return {
    numerator,
    denominator,
    soldNumerator: numerator * BigInt(BASIS_POINTS - rate.spreadBp),
    soldDenominator: denominator * BigInt(BASIS_POINTS),
  };
}

/** What an amount is exchanged for. `got` is zero where the amount is worth less than half a minor unit. */
export function exchange(given: number, rate: WalletRate): Exchanged {
  const { numerator, denominator, soldNumerator, soldDenominator } = fractionOf(rate);
  const exact = BigInt(assertMinor(given, 'amount to exchange'));
  return {
    given,
    got: assertMinor(Number(half(exact * soldNumerator, soldDenominator)), 'exchanged amount'),
    atMid: assertMinor(Number(half(exact * numerator, denominator)), 'amount at mid'),
  };
}

/** The least amount that is exchanged for at least `wanted` (more than zero, minor units of `to`). */
export function leastFor(wanted: number, rate: WalletRate): number {
  const { soldNumerator, soldDenominator } = fractionOf(rate);
  // round(x) ≥ wanted exactly when x ≥ wanted − ½.
  const numerator = (2n * BigInt(wanted) - 1n) * soldDenominator;
  const denominator = 2n * soldNumerator;
  return assertMinor(Number((numerator + denominator - 1n) / denominator), 'amount to exchange');
}

/** A balance that may be exchanged, with the rate of now. */
export interface Spendable {
  readonly balance: number;
  readonly rate: WalletRate;
}

/**
 * What is exchanged to get at least what is missing: from the balance that is worth most first, so that there are few exchanges; only the
 * last one is of a part, the least that will do. Undefined when all of them together are not enough.
 */
export function planExchanges(missing: number, balances: readonly Spendable[]): (Exchanged & Spendable)[] | undefined {
  const byWorth = balances
    .map((one) => ({ ...one, ...exchange(one.balance, one.rate) }))
    .filter(({ got }) => got > 0)
    .sort((a, b) => b.got - a.got || (a.rate.from < b.rate.from ? -1 : 1));
  const plan: (Exchanged & Spendable)[] = [];
  let left = missing;
  for (const whole of byWorth) {
    if (left <= 0) break;
    const part = whole.got > left ? { ...whole, ...exchange(leastFor(left, whole.rate), whole.rate) } : whole;
    plan.push(part);
    left -= part.got;
  }
  return left <= 0 ? plan : undefined;
}
