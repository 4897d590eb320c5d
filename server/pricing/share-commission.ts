import { allocate, applyBasisPoints } from '../kernel/money.ts';

/**
 * Splits the commission over a chain given its rates from reseller to seller (the reseller's own entry is 0). The seller earns
 * its rate; each ancestor the difference between its rate and the highest one below, if positive. The whole chain earns exactly
 * the highest rate, rounded once; the parts come by largest remainder, so they always sum to it.
 */
export function shareCommission(commissionable: number, ratesBp: readonly number[]): number[] {
  const steps = ratesBp.map(() => 0);
  let highest = 0;
  for (let i = ratesBp.length - 1; i >= 0; i--) {
    const rate = ratesBp[i] ?? 0;
    if (rate > highest) {
      steps[i] = rate - highest;
      highest = rate;
    }
  }
  if (highest === 0 || commissionable === 0) return ratesBp.map(() => 0);
  const total = applyBasisPoints(commissionable, highest);
  const earners = steps.filter((step) => step > 0).length;
  return earners === 1 ? steps.map((step) => (step > 0 ? total : 0)) : allocate(total, steps);
}
