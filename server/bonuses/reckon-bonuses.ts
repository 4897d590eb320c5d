import { listSellers } from '../bookings/index.ts';
import { recordBonus } from '../commissions/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { newId } from '../kernel/ids.ts';
import { evaluateBonus, payableBonuses } from './campaign.ts';
import { countSales, dueOn, windowOf } from './count-sales.ts';
import { addDays, dayOf, periodsOf, type Period } from './period.ts';
import {
  insertAccrual,
  lockAccruals,
  selectAccruals,
  selectCampaigns,
  selectParticipants,
  writeAmount,
  writeOutcome,
  type AccrualRow,
  type CampaignRow,
  type Participant,
} from './repository.ts';

/** Runs each piece of work in a transaction of the tenant. */
type InTransaction = <T>(work: (sql: TenantSql) => Promise<T>) => Promise<T>;

/** A period is reckoned again for this long when one of its bookings changes: trips are sold up to a year ahead. */
const REOPEN_DAYS = 550;
const PORTION = 200;
/** A change that was written, but not committed, when a period was reckoned is seen by the next run; none takes an hour. */
const OVERLAP_MS = 3_600_000;

export interface BonusRun {
  reckoned: number;
  posted: number;
  failed: number;
}

/**
 * Reckons periods that ended and whose days of grace are over, and those reckoned before in which a booking changed since; posts the
 * differences as corrections of earnings. An agency and period a transaction: a run that dies is made up by the next, a repeat posts
 * nothing, one agency's fault does not hold the others up.
 */
export async function reckonBonuses(
  inTransaction: InTransaction,
  { now, onFault }: { now: Date; onFault: (error: unknown, agencyId: string) => void },
): Promise<BonusRun> {
  const run = { reckoned: 0, posted: 0, failed: 0 };
  const today = dayOf(now);
  const campaigns = await inTransaction((sql) =>
    sql.all<CampaignRow>(selectCampaigns().where('c.state', 'active').orderBy('c.id')),
  );
  for (const campaign of campaigns)
    for (const period of periodsOf(campaign, today)) {
      if (dueOn(campaign, period) > today || addDays(period.endsBefore, REOPEN_DAYS) < today) continue;
      let after: string | undefined;
      do {
        const portion = await inTransaction((sql) => listDue(sql, campaign, period, after));
        for (const agency of portion.due)
          try {
            run.posted += await inTransaction((sql) => reckonAgency(sql, { campaign, period, agency, now }));
            run.reckoned += 1;
          } catch (error) {
            run.failed += 1;
            onFault(error, agency.id);
          }
        after = portion.next;
      } while (after !== undefined);
    }
  return run;
}

/** Of a portion of the agencies with sales in a period, those that take part and have to be reckoned. */
async function listDue(
  sql: TenantSql,
  campaign: CampaignRow,
  period: Period,
  after: string | undefined,
): Promise<{ due: Participant[]; next: string | undefined }> {
  const sellers = await listSellers(sql, windowOf(campaign, period), { after, limit: PORTION });
  const ids = sellers.map(({ agencyId }) => agencyId);
  const next = sellers.length < PORTION ? undefined : ids.at(-1);
  const reckoned = await sql.all<AccrualRow>(
    selectAccruals()
      .where({ 'r.campaign_id': campaign.id, 'r.starts_on': period.startsOn })
      .whereIn('r.agency_id', ids),
  );
  const last = new Map(reckoned.map((row) => [row.agencyId, row.evaluatedAt?.getTime() ?? 0]));
  const stale = sellers
    .filter(({ agencyId, changedAt }) => changedAt.getTime() > (last.get(agencyId) ?? 0) - OVERLAP_MS)
    .map(({ agencyId }) => agencyId);
  const due = await sql.all<Participant>(selectParticipants(campaign.id).whereIn('a.id', stale).orderBy('a.id'));
  return { due, next };
}

/**
 * Reckons one period of an agency in the caller's transaction, and posts what its bonuses pay differently from before: also those of
 * other campaigns, where the best pays. Answers how many postings were made.
 */
export async function reckonAgency(
  sql: TenantSql,
  given: { campaign: CampaignRow; period: Period; agency: Participant; now: Date },
): Promise<number> {
  const { campaign, period, agency, now } = given;
  await insertAccrual(sql, { id: newId(), campaignId: campaign.id, agencyId: agency.id, ...period });
  const accruals = await lockAccruals(sql, agency.id, campaign.currency);
  const own = accruals.find((row) => row.campaignId === campaign.id && row.startsOn === period.startsOn);
  if (!own) throw new Error(`Campaign ${campaign.id} has no result of ${period.startsOn} to write to`);
  const outcome = evaluateBonus(campaign, await countSales(sql, campaign, { agencyId: agency.id, period }));
  await writeOutcome(sql, own.id, { ...outcome, earnedMinor: outcome.amountMinor });
  const payable = payableBonuses(
    accruals.map((row) => (row === own ? { ...row, earnedMinor: outcome.amountMinor } : row)),
  );
  let posted = 0;
  for (const row of accruals) {
    const amountMinor = payable.get(row.id) ?? 0;
    if (amountMinor === row.amountMinor) continue;
    await recordBonus(sql, {
      accrualId: row.id,
      revision: row.revision + 1,
      agencyId: agency.id,
      amount: amountMinor - row.amountMinor,
      currency: campaign.currency,
      reason: reasonOf(row),
      now,
    });
    await writeAmount(sql, row.id, amountMinor, row.revision + 1);
    posted += 1;
  }
  return posted;
}

/** What a statement says of it, in no language: the campaign's name and its days. */
const reasonOf = (row: { campaignName: string; startsOn: string; endsBefore: string }): string =>
  `${row.campaignName} · ${row.startsOn} – ${addDays(row.endsBefore, -1)}`;
