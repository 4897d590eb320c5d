import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { SupplierOffer } from '../suppliers/index.ts';

/** Sales of agencies by the day (UTC) they were confirmed on, or the day their trip ended. `to` is the day after the last. */
export interface SalesWindow {
  basis: 'confirmed' | 'travelled';
  from: string;
  to: string;
  currency: string;
}

/** A sale that stands: confirmed and not cancelled. Minor units. */
export interface Sale {
  id: string;
  /** Day it counts on. */
  day: string;
  confirmedAt: Date;
  totalMinor: number;
  commissionableMinor: number;
  /** What was sold; empty unless asked for. */
  offers: readonly SupplierOffer[];
}

const PORTION = 500;
const STANDING = ['confirmed', 'ticketed', 'completed', 'changing'];

const within = ({ basis, from, to, currency }: SalesWindow) => {
  const sales = q('bookings as b').whereNotNull('b.agency_id').where('b.currency', currency);
  return basis === 'confirmed'
    ? sales
        .where('b.confirmed_at', '>=', new Date(`${from}T00:00:00Z`))
        .where('b.confirmed_at', '<', new Date(`${to}T00:00:00Z`))
    : sales.where('b.ends_on', '>=', from).where('b.ends_on', '<', to);
};

/** Standing sales an agency made itself, in the order they count, read in portions. */
export async function listSales(
  sql: TenantSql,
  window: SalesWindow,
  { agencyId, withOffers }: { agencyId: string; withOffers: boolean },
): Promise<Sale[]> {
  // Instants as texts keep their microseconds from page to page.
  const [at, day] =
    window.basis === 'confirmed'
      ? [q.raw('b.confirmed_at'), q.raw(`(b.confirmed_at at time zone 'UTC')::date::text`)]
      : [q.raw(`(b.ends_on::timestamp at time zone 'UTC')`), q.raw('b.ends_on::text')];
  const sales: Sale[] = [];
  let last: { key: string; id: string } | undefined;
  for (;;) {
    const page = within(window)
      .where('b.agency_id', agencyId)
      .whereIn('b.state', STANDING)
      .orderByRaw('?, b.id', [at])
      .limit(PORTION)
      .select({
        id: 'b.id',
        key: q.raw('(?)::text', [at]),
        day,
        confirmedAt: q.raw('coalesce(b.confirmed_at, b.created_at)'),
        totalMinor: 'b.total_minor',
        commissionableMinor: q.raw(
          `(select coalesce(sum((i.build_up->>'commissionable')::bigint), 0)::bigint from booking_items i where i.booking_id = b.id)`,
        ),
        offers: withOffers
          ? q.raw(
              `(select coalesce(jsonb_agg(i.offer order by i.position), '[]') from booking_items i where i.booking_id = b.id)`,
            )
          : q.raw(`'[]'::jsonb`),
      });
    if (last) void page.whereRaw('(?, b.id) > (?::timestamptz, ?::uuid)', [at, last.key, last.id]);
    const rows = await sql.all<Sale & { key: string }>(page);
    sales.push(...rows);
    last = rows.at(-1);
    if (rows.length < PORTION) return sales;
  }
}

/** Agencies with sales in a window, standing or not, with the instant one of those last changed; by id, a portion after one. */
export const listSellers = (
  sql: TenantSql,
  window: SalesWindow,
  { after, limit }: { after: string | undefined; limit: number },
): Promise<{ agencyId: string; changedAt: Date }[]> => {
  const sellers = within(window)
    .groupBy('b.agency_id')
    .orderBy('b.agency_id')
    .limit(limit)
    .select({ agencyId: 'b.agency_id', changedAt: q.raw('max(b.updated_at)') });
  if (after !== undefined) void sellers.where('b.agency_id', '>', after);
  return sql.all(sellers);
};
