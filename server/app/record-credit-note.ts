import { findBooking, itemOf } from '../bookings/index.ts';
import { readNetwork, type CreditNoteBooks } from '../invoicing/index.ts';
import { addMarginVat, buildCreditNote, lockLedger, postTransaction, readTripFigures } from '../ledger/index.ts';
import { tripVat } from './trip-vat.ts';

/** What a credit note by hand means for the books: the issuer's margin bears it, and the VAT inside that margin goes down with it. */
export const creditNoteBooks: CreditNoteBooks = {
  lock: lockLedger,
  async post(sql, { note, corrected, now }) {
    const tax = note.total_minor - note.lines.reduce((sum, line) => sum + line.amountMinor, 0);
    const issuerAgencyId = note.issuer.agencyId;
    const billedAgencyId = note.customer.agencyId;
    const posting = buildCreditNote({
      noteId: note.id,
      currency: note.currency,
      issuerAgencyId,
      billedAgencyId,
      net: tax - note.total_minor,
      tax: 0 - tax,
    });
    const isMargin = corrected.lines.some((line) => (line.tax?.scheme ?? 'margin') === 'margin');
    const booking = isMargin && corrected.booking_id ? await findBooking(sql, corrected.booking_id) : undefined;
    const withVat = booking
      ? addMarginVat(
          posting,
          await readTripFigures(sql, booking.id),
          tripVat(
            itemOf(booking).offer,
            await readNetwork(
              sql,
              itemOf(booking).buildUp.levels.flatMap((level) => level.agencyId ?? []),
            ),
            booking.confirmedAt ?? now,
          ),
        )
      : posting;
    await postTransaction(sql, withVat, {
      bookingId: corrected.booking_id,
      occurredAt: note.issued_at,
      whenClosed: 'move',
      description: `Credit note ${note.full_number}`,
    });
  },
};
