import { authorize } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { UUID_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import { evaluateBonus, type BonusOutcome, type CountedSale } from './campaign.ts';
import { countSales } from './count-sales.ts';
import { readCampaign } from './edit-campaigns.ts';
import { dayOf, periodsOf, type Period } from './period.ts';
import {
  selectAccruals,
  selectCampaignsOf,
  selectParticipants,
  type AccrualRow,
  type CampaignRow,
  type Participant,
} from './repository.ts';
import type { AgencyBonusQuery, BonusProgressQuery } from './schema.ts';

/** How far an agency is in a period. */
export interface Progress {
  period: Period;
  state: 'running' | 'waiting' | 'reckoned';
  outcome: BonusOutcome;
  /** What was posted; null until the period is reckoned. */
  paidMinor: number | null;
}

/** Agencies that take part in a campaign, with how far each is in a period, a page by id; and the periods that began. */
export async function listProgress(sql: TenantSql, actor: Actor, id: string, query: BonusProgressQuery, now: Date) {
  const campaign = await readCampaign(sql, actor, id);
  const periods = campaign.state === 'withdrawn' ? [] : periodsOf(campaign, dayOf(now)).toReversed();
  const period = query.startsOn ? periods.find(({ startsOn }) => startsOn === query.startsOn) : periods[0];
  if (query.startsOn && !period) throw NotFound({ what: 'This period' });
  if (!period) return { campaign, periods, rows: [], next: null };
  const after = decodeCursor(query.cursor, UUID_CURSOR);
  const agencies = selectParticipants(id)
    .orderBy('a.id')
    .limit(query.limit + 1);
  if (after) void agencies.where('a.id', '>', after);
  const page = toPage(await sql.all<Participant>(agencies), query.limit, (agency) => agency.id);
  const accruals = await sql.all<AccrualRow>(
    selectAccruals()
      .where({ 'r.campaign_id': id, 'r.starts_on': period.startsOn })
      .whereIn(
        'r.agency_id',
        page.rows.map((agency) => agency.id),
      ),
  );
  const rows: (Progress & { agency: Participant })[] = [];
  for (const agency of page.rows) {
    const sales = await countSales(sql, campaign, { agencyId: agency.id, period, now });
    const accrual = accruals.find(({ agencyId }) => agencyId === agency.id);
    rows.push({ agency, ...progressOf(campaign, period, { sales, accrual, now }) });
  }
  return { campaign, periods, rows, next: page.next };
}

const HISTORY = 12;

export interface AgencyBonus {
  campaign: CampaignRow;
  progress: Progress | null;
  days: { day: string; measured: number }[];
  history: AccrualRow[];
}

/** Campaigns that began and an agency takes part in, newest first, with how far it is. @throws NotFound for one the actor does not see */
export async function listAgencyBonuses(
  sql: TenantSql,
  actor: Actor,
  agencyId: string,
  { query, now }: { query: AgencyBonusQuery; now: Date },
): Promise<{ rows: AgencyBonus[]; next: string | null; withRates: boolean }> {
  authorize(actor, 'read', 'Commission', { agencyId });
  const agency = await sql.one<{ depth: number }>(q('agencies').where({ id: agencyId }).select('depth'));
  if (!agency) throw NotFound({ what: 'This agency' });
  const before = decodeCursor(query.cursor, UUID_CURSOR);
  const campaigns = selectCampaignsOf(agencyId, dayOf(now))
    .orderBy('c.id', 'desc')
    .limit(query.limit + 1);
  if (before) void campaigns.where('c.id', '<', before);
  const page = toPage(await sql.all<CampaignRow>(campaigns), query.limit, ({ id }) => id);
  const rows: AgencyBonus[] = [];
  for (const campaign of page.rows) {
    const history = await sql.all<AccrualRow>(
      selectAccruals()
        .where({ 'r.campaign_id': campaign.id, 'r.agency_id': agencyId })
        .whereNotNull('r.evaluated_at')
        .orderBy('r.starts_on', 'desc')
        .limit(HISTORY),
    );
    const period = periodsOf(campaign, dayOf(now)).at(-1);
    const sales = period ? await countSales(sql, campaign, { agencyId, period, now }) : [];
    const accrual = history.find(({ startsOn }) => startsOn === period?.startsOn);
    rows.push({
      campaign,
      progress: period ? progressOf(campaign, period, { sales, accrual, now }) : null,
      days: daysOf(campaign, sales),
      history,
    });
  }
  return { rows, next: page.next, withRates: actor.agencyId === null || agency.depth === 1 };
}

function progressOf(
  campaign: CampaignRow,
  period: Period,
  { sales, accrual, now }: { sales: readonly CountedSale[]; accrual: AccrualRow | undefined; now: Date },
): Progress {
  const isReckoned = accrual !== undefined && accrual.evaluatedAt !== null;
  return {
    period,
    state: isReckoned ? 'reckoned' : dayOf(now) < period.endsBefore ? 'running' : 'waiting',
    outcome: evaluateBonus(campaign, sales),
    paidMinor: isReckoned ? accrual.amountMinor : null,
  };
}

/** The measure at the end of each day with sales. Pure. */
function daysOf(
  { measure }: Pick<CampaignRow, 'measure'>,
  sales: readonly (CountedSale & { day: string })[],
): { day: string; measured: number }[] {
  const days = new Map<string, number>();
  let measured = 0;
  for (const { day, volumeMinor } of sales) {
    measured += measure === 'bookings' ? 1 : volumeMinor;
    days.set(day, measured);
  }
  return [...days].map(([day, at]) => ({ day, measured: at }));
}
