import type { TenantSql } from '../kernel/database/sql.ts';
import type { ProviderLine } from './ports.ts';
import type { Case, Comparison } from './reconciliation.ts';
import { BOOKED, movedUnder, postedUnder } from './repository.ts';

/** What a movement of no booking is called in the books. */
export const nameOf = ({ key }: Pick<Comparison, 'key'>): string => key.slice('line/'.length);

/**
 * Movements that are no sale and no refund (top-ups, disputes, transfers), or of no booking: what moved under their name on all days beside
 * what is posted under it, as what is lost on one day may be won on a later one.
 */
export async function compareOthers(
  sql: TenantSql,
  own: readonly ProviderLine[],
  waiting: readonly Case[],
): Promise<Comparison[]> {
  const found = new Map<string, Comparison>();
  for (const { type, ourId, reference, currency, bookingId } of own) {
    if (bookingId && BOOKED.includes(type)) continue;
    const key = `line/${ourId ?? reference}`;
    found.set(key, { key, bookingId, reference, currency, ours: null, theirs: null });
  }
  for (const { key, bookingId, reference, currency, theirsMinor } of waiting)
    if (key.startsWith('line/') && !found.has(key))
      found.set(key, { key, bookingId, reference, currency, ours: null, theirs: theirsMinor });
  return lookUpOthers(sql, [...found.values()]);
}

/** Both sides of movements of no booking, as they stand now; without a line what the comparison has of theirs is kept. */
export async function lookUpOthers(sql: TenantSql, others: readonly Comparison[]): Promise<Comparison[]> {
  const names = others.map(nameOf);
  const [posted, moved] = [await postedUnder(sql, 'psp_clearing', names), await movedUnder(sql, names)];
  return others.map((one) => ({
    ...one,
    ours: posted.get(nameOf(one)) ?? null,
    theirs: moved.get(nameOf(one)) ?? one.theirs,
  }));
}
