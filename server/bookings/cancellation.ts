import { planRefund, type RefundPlan } from '../ledger/index.ts';
import type { StayOffer } from '../suppliers/index.ts';
import type { Booking } from './booking.ts';

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
 * fee likewise (money.md, example C). Pure.
 */
export function planCancellation(booking: Booking, supplierRefundMinor: number): RefundPlan {
  const { buildUp } = booking.items[0]!;
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
