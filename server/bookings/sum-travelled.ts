import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';

/** What an agency sold of trips that ended in a window of days. Minor units of the tenant's currency. */
export interface TravelledSales {
  /** Of the selling agency. */
  agencyPath: string;
  valueMinor: number;
  bookings: number;
}

/**
 * Trips that ended from a day (inclusive) to a day (exclusive) and were not cancelled, by selling agency; the reseller's own are left out.
 * @param below path of an agency: its sales alone, and those of all below it
 */
export const sumTravelled = (
  sql: TenantSql,
  { from, to, below }: { from: string; to: string; below?: string },
): Promise<TravelledSales[]> =>
  sql.all<TravelledSales>(
    q('bookings')
      .whereIn('state', ['confirmed', 'ticketed', 'completed'])
      .whereNotNull('agency_id')
      .where('ends_on', '>=', from)
      .where('ends_on', '<', to)
      .where((only) => void (below && only.where('agency_path', 'like', `${below}%`)))
      .groupBy('agency_path')
      .select({
        agencyPath: 'agency_path',
        valueMinor: q.raw('sum(total_minor)::bigint'),
        bookings: q.raw('count(*)::int'),
      }),
  );
