import { findBooking, itemOf } from '../bookings/index.ts';
import { readNetwork, totalsOf, type CreditNoteBooks, type InvoiceLine, type InvoiceRow } from '../invoicing/index.ts';
import { buildCreditNote, buildMarginVat, lockLedger, postTransaction, readTripFigures } from '../ledger/index.ts';
import { recordIssued } from './record-issued.ts';
import { tripVat } from './trip-vat.ts';

/** A credit note, or what it will say beside the invoice it corrects: both name the same two parties. */
function postingOf(
  key: string,
  lines: readonly InvoiceLine[],
  of: Pick<InvoiceRow, 'currency' | 'issuer' | 'customer'>,
) {
  const { net, tax } = totalsOf(lines);
  return buildCreditNote({
    key,
    currency: of.currency,
    issuerAgencyId: of.issuer.agencyId,
    billedAgencyId: of.customer.agencyId,
    net: 0 - net,
    tax: 0 - tax,
  });
}

/** What a credit note by hand means for the books: the issuer's margin bears it, and the VAT inside that margin goes down with it. */
export const creditNoteBooks: CreditNoteBooks = {
  lock: lockLedger,
  async post(sql, { key, lines, corrected, now }) {
    const posting = postingOf(key, lines, corrected);
    const isMargin = lines.some((line) => (line.tax?.scheme ?? 'margin') === 'margin');
    const booking = isMargin && corrected.booking_id ? await findBooking(sql, corrected.booking_id) : undefined;
    const agencyIds = booking ? itemOf(booking).buildUp.levels.flatMap((level) => level.agencyId ?? []) : [];
    const vat =
      booking &&
      buildMarginVat(
        posting,
        await readTripFigures(sql, booking.id),
        tripVat(itemOf(booking).offer, await readNetwork(sql, agencyIds), booking.confirmedAt ?? now),
      );
    const about = { bookingId: corrected.booking_id, occurredAt: now, whenClosed: 'move' } as const;
    if (vat) await postTransaction(sql, vat, { ...about, description: `VAT in the margin, ${corrected.full_number}` });
    await postTransaction(sql, posting, { ...about, description: `Credit note for ${corrected.full_number}` });
  },
  issued: (sql, note, now) => recordIssued(sql, [note], postingOf(note.key, note.lines, note), now),
};
