import { planRefund, type RefundPlan } from '../ledger/index.ts';
import type { StayOffer } from '../suppliers/index.ts';
import type { BuildUp } from '../pricing/index.ts';

/**
 * What a hotel refunds at an instant, of the net price: the first entry whose deadline is still to come; after the last, nothing.
 * Exactly at a deadline is too late. Minor units.
 */
export function stayRefundAt(offer: StayOffer, now: Date): { refundMinor: number; validUntil: Date | null } {
  const entry = offer.cancellation.find(({ before }) => now.getTime() < Date.parse(before));
  return entry
    ? { refundMinor: entry.refundNet.amount, validUntil: new Date(entry.before) }
    : { refundMinor: 0, validUntil: null };
}

/**
 * Who gives back what when the supplier refunds part of the net: every level its markup and commission in proportion, the platform its
 * fee likewise (money.md, example C). What the supplier refunds is in its own currency and counts at the booked rate. Pure.
 */
export function planCancellation(buildUp: BuildUp, supplierRefundMinor: number): RefundPlan {
  const agencies = Object.fromEntries(
    buildUp.levels.flatMap(({ agencyId }) => (agencyId ? [[agencyId, { policy: 'proportional' as const }]] : [])),
  );
  return planRefund({
    sale: buildUp,
    supplierRefund: supplierRefundMinor,
    platform: 'proportional',
    reseller: { policy: 'proportional' },
    agencies,
  });
}

/**
 * The same where nothing goes back to the customer, whose bank has taken the payment back for good: what supplier and platform return stays
 * with the reseller, who bore the loss. Commissions went with the dispute, and markups stay.
 */
export function withhold(plan: RefundPlan): RefundPlan {
  return {
    ...plan,
    margin: -(plan.supplier + plan.fxEarning + plan.platform),
    agencies: plan.agencies.map(({ agencyId }) => ({ agencyId, markup: 0, commission: 0, fromParent: 0, toChild: 0 })),
    customer: 0,
  };
}

/** What a level earned on a sale: its markup and commission, or the reseller's margin; less what it gave back when cancelled. */
export function earnedBy(level: string | null, buildUp: BuildUp, supplierRefundMinor: number | null): number {
  const plan = supplierRefundMinor === null ? undefined : planCancellation(buildUp, supplierRefundMinor);
  if (level === null) return buildUp.resellerMargin - (plan?.margin ?? 0);
  const own = buildUp.levels.find(({ agencyId }) => agencyId === level);
  const returned = plan?.agencies.find(({ agencyId }) => agencyId === level);
  return (own?.markup ?? 0) + (own?.commission ?? 0) - (returned?.markup ?? 0) - (returned?.commission ?? 0);
}
