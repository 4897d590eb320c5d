/**
 * Money is an integer count of a currency's minor unit (ISO 4217), held in a JavaScript safe integer.
 * Rates are integer basis points. Nothing in this file, or built on it, ever touches a fraction in binary floating point.
 */

export interface Money {
  readonly amount: number;
  /** ISO 4217 alphabetic code. */
  readonly currency: string;
}

/** Raised when an amount cannot be represented or two currencies are mixed; the message says how to mend it. */
export class MoneyError extends Error {
  override readonly name = 'MoneyError';
}

export const BASIS_POINTS = 10_000;

/** Returns the amount unchanged, or throws when it is not a safe integer of minor units. */
export function assertMinor(amount: number, what = 'amount'): number {
  if (!Number.isSafeInteger(amount)) {
    throw new MoneyError(
      `The ${what} ${String(amount)} is not a whole number of minor units within ±${Number.MAX_SAFE_INTEGER}; send cents, not decimals.`,
    );
  }
  // -0 would survive JSON as 0 but fail strict comparison; keep one zero.
  return amount === 0 ? 0 : amount;
}

/** Builds a Money after checking the amount and the shape of the currency code. */
export function money(amount: number, currency: string): Money {
  if (!/^[A-Z]{3}$/.test(currency)) {
    throw new MoneyError(`"${currency}" is not an ISO 4217 currency code; use three capital letters such as EUR.`);
  }
  return { amount: assertMinor(amount), currency };
}

function fromBigInt(value: bigint): number {
  const amount = Number(value);
  return assertMinor(amount, 'computed amount');
}

/** Divides integers and rounds half away from zero (so −0.5 becomes −1). */
function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const rounded = (2n * n + d) / (2n * d);
  return negative ? -rounded : rounded;
}

/**
 * amount × numerator ÷ denominator, rounded once, half away from zero.
 * Throws MoneyError for a zero denominator, a non-integer argument, or a result outside the safe range.
 */
export function multiplyRational(amount: number, numerator: number, denominator: number): number {
  assertMinor(amount);
  assertMinor(numerator, 'numerator');
  assertMinor(denominator, 'denominator');
  if (denominator === 0) throw new MoneyError('An amount cannot be divided by zero.');
  const product = amount * numerator;
  if (Number.isSafeInteger(product) && denominator > 0) {
    // The remainder of two safe integers is exact, therefore so is the quotient below.
    const remainder = product % denominator;
    const quotient = (product - remainder) / denominator;
    const size = remainder < 0 ? -remainder : remainder;
    // size ≥ denominator − size says 2·size ≥ denominator without leaving the safe range.
    if (size !== 0 && size >= denominator - size) return quotient + (remainder < 0 ? -1 : 1);
    return quotient === 0 ? 0 : quotient;
  }
  return fromBigInt(divideRounded(BigInt(amount) * BigInt(numerator), BigInt(denominator)));
}

/** The part of an amount that a rate in basis points gives (100 bp = 1 %), rounded once, half away from zero. */
export function applyBasisPoints(amount: number, basisPoints: number): number {
  return multiplyRational(amount, basisPoints, BASIS_POINTS);
}

/** Adds amounts of one currency, refusing an unsafe result. */
export function sum(amounts: Iterable<number>): number {
  let total = 0;
  for (const amount of amounts) total = assertMinor(total + assertMinor(amount), 'sum');
  return total;
}

/** Adds two Money of the same currency; throws MoneyError when the currencies differ. */
export function addMoney(a: Money, b: Money): Money {
  if (a.currency !== b.currency) {
    throw new MoneyError(`Cannot add ${a.currency} and ${b.currency}; convert one at a stored rate first.`);
  }
  return money(a.amount + b.amount, a.currency);
}

interface Share {
  readonly index: number;
  readonly floor: bigint;
  /** Numerator of the fractional part; all shares of one call have the same denominator. */
  readonly fraction: bigint;
}

function floorDivide(numerator: bigint, denominator: bigint): { floor: bigint; fraction: bigint } {
  let floor = numerator / denominator;
  let fraction = numerator % denominator;
  if (fraction < 0n) {
    floor -= 1n;
    fraction += denominator;
  }
  return { floor, fraction };
}

/** Hands the units that flooring left over to the largest fractions; equal fractions go to the earliest. */
function distribute(total: bigint, shares: readonly Share[]): number[] {
  const parts = shares.map((share) => share.floor);
  let left = total - parts.reduce((a, b) => a + b, 0n);
  const order = [...shares].sort((a, b) =>
    a.fraction === b.fraction ? a.index - b.index : a.fraction > b.fraction ? -1 : 1,
  );
  for (const share of order) {
    if (left <= 0n) break;
    parts[share.index] = (parts[share.index] ?? 0n) + 1n;
    left -= 1n;
  }
  return parts.map(fromBigInt);
}

/** The same split where every product stays a safe integer, so that plain numbers are exact: the path of nearly all prices. */
function allocateSmall(total: number, weights: readonly number[], all: number): number[] {
  const parts: number[] = [];
  const fractions: number[] = [];
  let left = total;
  for (const weight of weights) {
    const fraction = (total * weight) % all;
    const floor = (total * weight - fraction) / all;
    parts.push(floor);
    fractions.push(fraction);
    left -= floor;
  }
  for (; left > 0; left--) {
    let best = 0;
    for (let i = 1; i < fractions.length; i++) if ((fractions[i] ?? 0) > (fractions[best] ?? 0)) best = i;
    parts[best] = (parts[best] ?? 0) + 1;
    fractions[best] = -1;
  }
  return parts;
}

/**
 * Splits a total in proportion to non-negative integer weights by largest remainder; ties go to the first.
 * The parts always sum to the total; a zero weight gets nothing. A negative total gives the negated split.
 */
export function allocate(total: number, weights: readonly number[]): number[] {
  assertMinor(total, 'total');
  let whole = 0;
  for (const weight of weights) {
    if (assertMinor(weight, 'weight') < 0) throw new MoneyError('A weight of an allocation cannot be negative.');
    whole += weight;
  }
  if (whole === 0) throw new MoneyError('An amount cannot be split: all weights are zero or there are none.');
  if (total < 0) return allocate(-total, weights).map((part) => (part === 0 ? 0 : -part));
  if (Number.isSafeInteger(whole) && Number.isSafeInteger(total * whole)) return allocateSmall(total, weights, whole);
  const all = weights.reduce((a, weight) => a + BigInt(weight), 0n);
  const shares = weights.map((weight, index) => ({ index, ...floorDivide(BigInt(total) * BigInt(weight), all) }));
  return distribute(BigInt(total), shares);
}

/**
 * Scales parts by a ratio so that they sum to their scaled (once rounded) total: each part is floored, then the units left
 * over go to the largest fractions. A part whose exact share is whole keeps it. Used for proportional refunds.
 */
export function scaleParts(parts: readonly number[], numerator: number, denominator: number): number[] {
  if (denominator <= 0 || numerator < 0)
    throw new MoneyError('A refund ratio needs a numerator ≥ 0 and a denominator > 0.');
  const total = multiplyRational(sum(parts), numerator, denominator);
  const shares = parts.map((part, index) => ({
    index,
    ...floorDivide(BigInt(part) * BigInt(numerator), BigInt(denominator)),
  }));
  return distribute(BigInt(total), shares);
}

/**
 * Reads a decimal string such as "472.15" exactly into minor units, with the currency's exponent (see currencyExponent).
 * Refuses more digits than the currency has ("1.005" EUR, "10.5" JPY), exponents, separators and blanks. Trailing zeros are fine
 * ("10.00" JPY is 10), because they lose nothing.
 */
export function parseDecimalAmount(text: string, currency: string, exponent: number): Money {
  const found = /^(-)?(\d+)(?:\.(\d+))?$/.exec(text);
  if (!found) {
    throw new MoneyError(`"${text}" is not a decimal amount; write digits with a point, for example 472.15.`);
  }
  const [, sign, whole = '0', decimals = ''] = found;
  if (/[1-9]/.test(decimals.slice(exponent))) {
    throw new MoneyError(`"${text}" has more decimals than ${currency} allows (${exponent}).`);
  }
  const minor = BigInt(whole + decimals.slice(0, exponent).padEnd(exponent, '0'));
  return money(fromBigInt(sign ? -minor : minor), currency);
}

/** Writes an amount of minor units as a plain decimal string: 47215 with exponent 2 is "472.15". Not for display. */
export function formatDecimalAmount(amount: number, exponent: number): string {
  assertMinor(amount);
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const sign = amount < 0 ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}
