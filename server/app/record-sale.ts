import type { BookingDeps } from '../bookings/index.ts';
import { recordCommissions } from '../commissions/index.ts';
import { issueSaleInvoices } from '../invoicing/index.ts';
import { buildCardSale, buildWalletSale, postTransaction } from '../ledger/index.ts';

/**
 * What a confirmed booking means for the books, in one transaction: the sale in every level's book, what each agency earned in
 * commission, the invoices. Every part is keyed by the booking: a repeat changes nothing.
 */
export const recordSale: BookingDeps['accounting']['recordSale'] = async (sql, { booking, confirmedAt }) => {
  const method = booking.paymentMethod === 'card' ? 'card' : 'wallet';
  for (const item of booking.items) {
    const posting = method === 'card' ? buildCardSale(item.buildUp, booking.id) : buildWalletSale(item.buildUp, booking.id);
    await postTransaction(sql, posting, { bookingId: booking.id, occurredAt: confirmedAt, description: `Sale ${booking.reference}` });
    await recordCommissions(sql, { bookingId: booking.id, buildUp: item.buildUp, dates: { travelEndAt: `${booking.endsOn}T23:59:59Z` } });
    await issueSaleInvoices(sql, {
      booking,
      method,
      buildUp: item.buildUp,
      customer: { name: `${booking.contact.givenName} ${booking.contact.familyName}`, email: booking.contact.email },
      description: `${booking.title}, ${booking.startsOn} – ${booking.endsOn}`,
      quantity: booking.travellers.length,
      now: confirmedAt,
    });
  }
};
