import type { Knex } from 'knex';
import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { VersionChanged } from '../kernel/http/entity-tag.ts';
import type { EarnedBonus } from './campaign.ts';
import type { BonusCampaignInput } from './schema.ts';

export type CampaignRow = BonusCampaignInput & {
  id: string;
  currency: string;
  state: 'active' | 'withdrawn';
  createdAt: Date;
  version: number;
};

const COLUMNS = {
  id: 'c.id',
  name: 'c.name',
  period: 'c.period',
  startsOn: q.raw('c.starts_on::text'),
  endsOn: q.raw('c.ends_on::text'),
  audience: 'c.audience',
  match: 'c.match',
  basis: 'c.basis',
  measure: 'c.measure',
  mode: 'c.mode',
  steps: 'c.steps',
  capMinor: 'c.cap_minor',
  overlap: 'c.overlap',
  graceDays: 'c.grace_days',
  currency: 'c.currency',
  state: 'c.state',
  createdAt: 'c.created_at',
  version: 'c.version',
};

const toColumns = (input: BonusCampaignInput) => ({
  name: input.name,
  period: input.period,
  starts_on: input.startsOn,
  ends_on: input.endsOn,
  audience: json(input.audience),
  match: json(input.match),
  basis: input.basis,
  measure: input.measure,
  mode: input.mode,
  steps: json(input.steps),
  cap_minor: input.capMinor,
  overlap: input.overlap,
  grace_days: input.graceDays,
});

export const selectCampaigns = (): Knex.QueryBuilder => q('bonus_campaigns as c').select(COLUMNS);

export const findCampaign = (sql: TenantSql, id: string): Promise<CampaignRow | undefined> =>
  sql.one<CampaignRow>(selectCampaigns().where('c.id', id));

export const insertCampaign = (
  sql: TenantSql,
  { id, currency }: { id: string; currency: string },
  input: BonusCampaignInput,
): Promise<number> =>
  sql.run(
    q('bonus_campaigns')
      .insert({ id, currency, ...toColumns(input) })
      .onConflict('id')
      .ignore(),
  );

/** @throws VersionChanged */
export async function updateCampaign(
  sql: TenantSql,
  { id, version }: { id: string; version: number },
  change: BonusCampaignInput | 'withdraw',
): Promise<void> {
  const columns = change === 'withdraw' ? { state: 'withdrawn' } : toColumns(change);
  const written = await sql.run(
    q('bonus_campaigns')
      .where({ id, version })
      .update({ ...columns, version: q.raw('version + 1'), updated_at: q.fn.now() }),
  );
  if (written === 0) throw VersionChanged();
}

/** Whether agency `a` is meant by campaign `c`, or was reckoned once: then it stays in. */
const TAKES_PART = `(case c.audience->>'kind'
    when 'all' then true
    when 'tier' then c.audience->'tiers' @> to_jsonb(a.tier)
    when 'subtree' then strpos(a.path, '/' || (c.audience->>'agencyId') || '/') > 0
    else c.audience->'agencyIds' @> to_jsonb(a.id::text) end
  or exists (select 1 from bonus_accruals r where r.campaign_id = c.id and r.agency_id = a.id))`;

export interface Participant {
  id: string;
  name: string;
}

/** Agencies that take part in a campaign. */
export const selectParticipants = (campaignId: string): Knex.QueryBuilder =>
  q('agencies as a')
    .join('bonus_campaigns as c', (on) => void on.onVal('c.id', campaignId))
    .whereRaw(TAKES_PART)
    .select({ id: 'a.id', name: 'a.name' });

/** Campaigns an agency takes part in that began by a day. */
export const selectCampaignsOf = (agencyId: string, day: string): Knex.QueryBuilder =>
  selectCampaigns()
    .join('agencies as a', (on) => void on.onVal('a.id', agencyId))
    .where('c.state', 'active')
    .where('c.starts_on', '<=', day)
    .whereRaw(TAKES_PART);

export interface AccrualRow {
  id: string;
  campaignId: string;
  agencyId: string;
  startsOn: string;
  endsBefore: string;
  bookings: number;
  volumeMinor: number;
  baseMinor: number;
  earnedMinor: number;
  amountMinor: number;
  revision: number;
  evaluatedAt: Date | null;
}

const ACCRUAL = {
  id: 'r.id',
  campaignId: 'r.campaign_id',
  agencyId: 'r.agency_id',
  startsOn: q.raw('r.starts_on::text'),
  endsBefore: q.raw('r.ends_before::text'),
  bookings: 'r.bookings',
  volumeMinor: 'r.volume_minor',
  baseMinor: 'r.base_minor',
  earnedMinor: 'r.earned_minor',
  amountMinor: 'r.amount_minor',
  revision: 'r.revision',
  evaluatedAt: 'r.evaluated_at',
};
export const selectAccruals = (): Knex.QueryBuilder => q('bonus_accruals as r').select(ACCRUAL);

export const insertAccrual = (
  sql: TenantSql,
  row: { id: string; campaignId: string; agencyId: string; startsOn: string; endsBefore: string },
): Promise<number> =>
  sql.run(
    q('bonus_accruals')
      .insert({
        id: row.id,
        campaign_id: row.campaignId,
        agency_id: row.agencyId,
        starts_on: row.startsOn,
        ends_before: row.endsBefore,
      })
      .onConflict(['campaign_id', 'starts_on', 'agency_id'])
      .ignore(),
  );

/** All results of an agency in a currency, locked until the transaction ends: of several runs one goes on. */
export const lockAccruals = (
  sql: TenantSql,
  agencyId: string,
  currency: string,
): Promise<(AccrualRow & Pick<EarnedBonus, 'overlap'> & { campaignName: string })[]> =>
  sql.all(
    selectAccruals()
      .join('bonus_campaigns as c', 'c.id', 'r.campaign_id')
      .where({ 'r.agency_id': agencyId, 'c.currency': currency })
      .orderBy('r.id')
      .forUpdate('r')
      .select({ overlap: 'c.overlap', campaignName: 'c.name' }),
  );

/** What a period came to, as of this transaction. */
export const writeOutcome = (
  sql: TenantSql,
  id: string,
  row: Pick<AccrualRow, 'bookings' | 'volumeMinor' | 'baseMinor' | 'earnedMinor'>,
): Promise<number> =>
  sql.run(
    q('bonus_accruals').where({ id }).update({
      bookings: row.bookings,
      volume_minor: row.volumeMinor,
      base_minor: row.baseMinor,
      earned_minor: row.earnedMinor,
      evaluated_at: q.fn.now(),
    }),
  );

export const writeAmount = (sql: TenantSql, id: string, amountMinor: number, revision: number): Promise<number> =>
  sql.run(q('bonus_accruals').where({ id }).update({ amount_minor: amountMinor, revision }));
