import { findBooking, itemOf } from '../bookings/index.ts';
import { readNetwork, recordVerifactu, type InvoiceRow } from '../invoicing/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { bookOf, readTripFigures } from '../ledger/index.ts';
import { tripTax } from './trip-vat.ts';

/** What follows from invoices that were just issued, in their own transaction: their VeriFactu records, where an issuer chose them. */
export const recordIssued = (sql: TenantSql, invoices: readonly InvoiceRow[], now: Date): Promise<void> =>
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
      return tripTax(offer, network, booking.confirmedAt ?? now)(agencyId, figures);
    },
    now,
  );
