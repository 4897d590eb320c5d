import { BASIS_POINTS, allocate, applyBasisPoints, sum } from '../kernel/money.ts';
import { PricingError } from './errors.ts';

export interface PackagePrice {
  /** Of the whole, rounded once. */
  readonly discount: number;
  /** Each part's share of it, by largest remainder. */
  readonly shares: readonly number[];
  /** What each part costs within the package, and gives back when it alone is cancelled. */
  readonly prices: readonly number[];
  readonly total: number;
}

/**
 * Takes a percentage off a package and splits it over its parts in proportion to their prices.
 * @param parts customer prices in minor units of one currency
 * @throws PricingError `package_shape` for no part, a negative one, or more than 100 %
 */
export function discountPackage(parts: readonly number[], basisPoints: number): PackagePrice {
  const whole = sum(parts);
  if (whole === 0 || parts.some((part) => part < 0) || basisPoints < 0 || basisPoints > BASIS_POINTS)
    throw new PricingError('package_shape', 'A package has parts of zero or more and a discount of 0 to 100 %.');
  const discount = applyBasisPoints(whole, basisPoints);
  const shares = allocate(discount, parts);
  return { discount, shares, prices: parts.map((part, n) => part - (shares[n] ?? 0)), total: whole - discount };
}
