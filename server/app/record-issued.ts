import { findBooking, itemOf } from '../bookings/index.ts';
import { readNetwork, recordVerifactu, type InvoiceRow } from '../invoicing/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { bookOf, figuresBefore, readTripFigures, type Posting } from '../ledger/index.ts';
import { tripTax } from './trip-vat.ts';

/**
 * What follows from invoices that were just issued, in their own transaction: their VeriFactu records, where an issuer chose them.
 * @param posting what was posted for them: a record states what it changed of the VAT inside the trip's margin
 */
export const recordIssued = (
  sql: TenantSql,
  invoices: readonly InvoiceRow[],
  posting: Posting,
  now: Date,
): Promise<void> =>
  recordVerifactu(
    sql,
    invoices,
    async (bookingId, agencyId) => {
      const booking = await findBooking(sql, bookingId);
      const figures = (await readTripFigures(sql, bookingId)).get(bookOf(agencyId));
      if (!booking || !figures) return null;
      const { buildUp, offer } = itemOf(booking);
      const network = await readNetwork(
        sql,
        buildUp.levels.flatMap((level) => level.agencyId ?? []),
      );
      const taxOf = tripTax(offer, network, booking.confirmedAt ?? now);
      const after = taxOf(agencyId, figures);
      const before = taxOf(agencyId, figuresBefore(figures, posting, bookOf(agencyId)));
      return (
        after &&
        before && {
          base: after.base - before.base,
          exempt: after.exempt - before.exempt,
          vat: after.vat - before.vat,
          rateBp: after.rateBp,
        }
      );
    },
    now,
  );
