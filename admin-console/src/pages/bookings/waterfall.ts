import type { Earnings } from '../../api/bookings.ts';
import type { Money } from '../../api/types.ts';

export type WaterfallStep = { key: string; name: string; amount: Money; start: number; end: number; isSum: boolean };

/**
 * Price steps from the supplier's net to the customer's total: each level's markup stands on what it buys at. What the
 * markups leave unexplained (a cap, a discount of tier) stays visible because every step starts at the level's own buy price.
 */
export function buildWaterfall(
  earnings: Earnings,
  total: Money,
  names: { net: string; fee: string; customer: string; reseller: string },
): WaterfallStep[] {
  const { chain, net, platformFee } = earnings;
  if (!chain || !net) return [];
  const steps: WaterfallStep[] = [{ key: 'net', name: names.net, amount: net, start: 0, end: net.amount, isSum: true }];
  if (platformFee && feeIsInPrice(earnings)) {
    steps.push({
      key: 'fee',
      name: names.fee,
      amount: platformFee,
      start: net.amount,
      end: net.amount + platformFee.amount,
      isSum: false,
    });
  }
  for (const level of chain) {
    steps.push({
      key: level.agencyId ?? 'reseller',
      name: level.agencyId === null ? names.reseller : level.agencyName,
      amount: level.markup,
      start: level.buyPrice.amount,
      end: level.buyPrice.amount + level.markup.amount,
      isSum: false,
    });
  }
  steps.push({ key: 'total', name: names.customer, amount: total, start: 0, end: total.amount, isSum: true });
  return steps;
}

/** Whether the platform's fee raises the price: then the reseller buys at net plus fee. Else it is paid out of the reseller's margin. */
export function feeIsInPrice({ chain, net, platformFee }: Earnings): boolean {
  const buysAt = chain?.[0]?.buyPrice.amount;
  return (
    net !== undefined &&
    platformFee !== undefined &&
    platformFee.amount !== 0 &&
    buysAt === net.amount + platformFee.amount
  );
}

/** Left edge of the drawing: small markups on a large net price would not be seen from zero. */
export function scaleOf(steps: readonly WaterfallStep[]): { from: number; to: number } {
  const parts = steps.filter((step) => !step.isSum);
  const to = Math.max(1, ...steps.map((step) => step.end));
  const lowest = Math.min(to, ...parts.map((step) => step.start));
  const room = Math.max(1, to - lowest);
  return { from: Math.max(0, lowest - room), to };
}
