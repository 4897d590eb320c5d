import type { BookingDeps } from '../bookings/index.ts';
import { recordCommissions } from '../commissions/index.ts';
import { issueSaleInvoice } from '../invoicing/index.ts';
import { buildCardSale, buildWalletSale, postTransaction } from '../ledger/index.ts';

/**
 * What a confirmed booking means for the books, in one transaction: the sale in every level's book, what each agency earned in
 * commission, the invoice. Every part is keyed by the booking: a repeat changes nothing.
 */
export const recordSale: BookingDeps['accounting']['recordSale'] = async (sql, { tenant, brand, booking, confirmedAt }) => {
  for (const item of booking.items) {
    const posting = booking.paymentMethod === 'card' ? buildCardSale(item.buildUp, booking.id) : buildWalletSale(item.buildUp, booking.id);
    await postTransaction(sql, posting, { bookingId: booking.id, occurredAt: confirmedAt, description: `Sale ${booking.reference}` });
    await recordCommissions(sql, { bookingId: booking.id, buildUp: item.buildUp, dates: { confirmedAt: confirmedAt.toISOString(), travelEndsOn: booking.endsOn } as never });
  }
  await issueSaleInvoice(sql, { tenant, brand, booking, issuedAt: confirmedAt });
};
