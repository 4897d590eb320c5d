import { listSales, type Sale } from '../bookings/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { fitsMatch } from '../pricing/index.ts';
import { soldFacts } from '../search/index.ts';
import type { CountedSale } from './campaign.ts';
import { addDays, dayOf, type Period } from './period.ts';
import type { CampaignRow } from './repository.ts';

type Counting = Pick<CampaignRow, 'basis' | 'currency' | 'match'>;

/** The sales window of a period of a campaign. A trip counts as travelled once its last day is over. */
export const windowOf = ({ basis, currency }: Counting, period: Period, now?: Date) => ({
  basis,
  currency,
  from: period.startsOn,
  to: now && basis === 'travelled' && dayOf(now) < period.endsBefore ? dayOf(now) : period.endsBefore,
});

/** Sales of an agency that count for a campaign in a period, in the order they count, with the day of each. */
export async function countSales(
  sql: TenantSql,
  campaign: Counting,
  given: { agencyId: string; period: Period; now?: Date },
): Promise<(CountedSale & { day: string })[]> {
  const withOffers = Object.keys(campaign.match).length > 0;
  const window = windowOf(campaign, given.period, given.now);
  if (window.to <= window.from) return [];
  const sales = await listSales(sql, window, { agencyId: given.agencyId, withOffers });
  return sales
    .filter((sale) => !withOffers || fits(campaign, sale))
    .map(({ day, totalMinor, commissionableMinor }) => ({
      day,
      volumeMinor: totalMinor,
      baseMinor: commissionableMinor,
    }));
}

const fits = ({ match, currency }: Counting, { offers, confirmedAt }: Sale): boolean =>
  offers.some((offer) => fitsMatch(match, soldFacts(offer, new Date(confirmedAt).getTime()), currency));

/** The day on which a period is reckoned for the first time. */
export const dueOn = ({ graceDays }: { graceDays: number }, { endsBefore }: Period): string =>
  addDays(endsBefore, graceDays);
