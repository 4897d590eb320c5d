import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId, newReference } from '../kernel/ids.ts';
import type { TestAgency } from '../ledger/testing.ts';

/** Inserts sales an agency made, confirmed at an instant; answers their ids. Minor units. */
export async function addSales(
  sql: TenantSql,
  given: { brandId: string; agency: TestAgency; count: number; at: string; baseMinor: number; totalMinor?: number },
): Promise<string[]> {
  const { brandId, agency, at, baseMinor, totalMinor = baseMinor } = given;
  const sales = Array.from({ length: given.count }, () => ({ id: newId(), quoteId: newId() }));
  const sold = {
    product: 'stay',
    supplier: 'duffel',
    supplier_offer_id: 'off_1',
    offer: json({ product: 'stay' }),
    currency: 'EUR',
    build_up: json({ commissionable: baseMinor }),
    net_minor: baseMinor,
    total_minor: totalMinor,
  };
  await sql.run(
    q('quotes').insert(
      sales.map(({ quoteId }) => ({
        id: quoteId,
        brand_id: brandId,
        agency_id: agency.id,
        expires_at: new Date(at),
        ...sold,
      })),
    ),
  );
  await sql.run(
    q('bookings').insert(
      sales.map(({ id }) => ({
        id,
        reference: newReference(),
        state: 'confirmed',
        brand_id: brandId,
        agency_id: agency.id,
        agency_path: agency.path,
        title: 'Two nights',
        lead_name: 'Ana',
        lead_surname: 'Prieto',
        contact: json({ givenName: 'Ana', familyName: 'Prieto', email: 'ana@mail.test' }),
        locale: 'en',
        currency: 'EUR',
        total_minor: totalMinor,
        payment_method: 'card',
        starts_on: at.slice(0, 10),
        ends_on: at.slice(0, 10),
        confirmed_at: new Date(at),
      })),
    ),
  );
  await sql.run(
    q('booking_items').insert(
      sales.map(({ id, quoteId }) => ({ id: newId(), booking_id: id, position: 0, quote_id: quoteId, ...sold })),
    ),
  );
  return sales.map(({ id }) => id);
}

export const setBookingState = (sql: TenantSql, ids: readonly string[], state: 'confirmed' | 'cancelled') =>
  sql.run(q('bookings').whereIn('id', ids).update({ state, updated_at: q.fn.now() }));
