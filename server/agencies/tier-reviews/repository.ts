import { q } from '../../kernel/database/builder.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { VersionChanged } from '../../kernel/http/entity-tag.ts';
import type { Tier } from '../schema.ts';
import type { ReviewOutcome, Threshold } from './tier-review.ts';

export interface ReviewSettings {
  isOn: boolean;
  /** Null while off, or on since before it was noted. */
  onSince: Date | null;
  version: number;
}

export const readReviewSettings = async (sql: TenantSql): Promise<ReviewSettings> => {
  const settings = await sql.one<ReviewSettings>(
    q('tier_review_settings').select({ isOn: 'is_on', onSince: 'on_since', version: 'version' }),
  );
  if (!settings) throw new Error('The tenant has no row of tier review settings');
  return settings;
};

/** From silver to platinum. */
export const readThresholds = (sql: TenantSql) =>
  sql.all<Threshold>(
    q('tier_thresholds')
      .orderByRaw(`array_position(array['silver', 'gold', 'platinum'], tier)`)
      .select({ tier: 'tier', minValueMinor: 'min_value_minor', minBookings: 'min_bookings' }),
  );

/** @throws VersionChanged */
export async function writeReviewSettings(
  sql: TenantSql,
  version: number,
  change: { isOn: boolean; thresholds: readonly Threshold[] },
  now: Date,
): Promise<void> {
  const written = await sql.run(
    q('tier_review_settings')
      .where({ version })
      .update({
        is_on: change.isOn,
        on_since: change.isOn ? q.raw('case when is_on then on_since else ?::timestamptz end', [now]) : null,
        version: q.raw('version + 1'),
      }),
  );
  if (written === 0) throw VersionChanged();
  for (const { tier, minValueMinor, minBookings } of change.thresholds)
    await sql.run(
      q('tier_thresholds').where({ tier }).update({ min_value_minor: minValueMinor, min_bookings: minBookings }),
    );
}

export interface ReviewedAgency {
  id: string;
  name: string;
  path: string;
  tier: Tier;
  createdAt: Date;
  overrideTier: Tier | null;
  overrideUntil: string | null;
  overrideReason: string | null;
  /** Of the month asked before; null without a review. */
  outcomeBefore: ReviewOutcome | null;
}

/** Agencies that sell, with their exception and the outcome of a month's review. */
export const selectReviewed = (month: string) =>
  q('agencies as a')
    .leftJoin('tier_overrides as o', 'o.agency_id', 'a.id')
    .leftJoin(
      'tier_reviews as r',
      (on) => void on.on('r.agency_id', 'a.id').andOn('r.month', q.raw('?::date', [month])),
    )
    .orderBy('a.path')
    .select({
      id: 'a.id',
      name: 'a.name',
      path: 'a.path',
      tier: 'a.tier',
      createdAt: 'a.created_at',
      overrideTier: 'o.tier',
      overrideUntil: q.raw('o.until::text'),
      overrideReason: 'o.reason',
      outcomeBefore: 'r.outcome',
    });

/** Those that were there when a month began and were not reviewed for it; locked, as far as their tier goes, until the transaction ends. */
export const takeDue = (sql: TenantSql, month: string, monthBefore: string, limit: number) =>
  sql.all<ReviewedAgency>(
    selectReviewed(monthBefore)
      .where('a.state', 'approved')
      .where('a.created_at', '<', new Date(month))
      .whereNotExists(
        q('tier_reviews as done').whereRaw('done.agency_id = a.id').where('done.month', month).select(q.raw('1')),
      )
      .limit(limit)
      .forNoKeyUpdate('a'),
  );

export interface ReviewRow {
  month: string;
  valueMinor: number;
  bookings: number;
  tierBefore: Tier;
  tierEarned: Tier;
  tierAfter: Tier;
  outcome: ReviewOutcome;
}

/** Newest first. */
export const listReviews = (sql: TenantSql, agencyId: string, limit: number) =>
  sql.all<ReviewRow>(
    q('tier_reviews')
      .where({ agency_id: agencyId })
      .orderBy('month', 'desc')
      .limit(limit)
      .select({
        month: q.raw('month::text'),
        valueMinor: 'value_minor',
        bookings: 'bookings',
        tierBefore: 'tier_before',
        tierEarned: 'tier_earned',
        tierAfter: 'tier_after',
        outcome: 'outcome',
      }),
  );

/** Writes reviews, once an agency and month; answers the agencies whose review it wrote. */
export async function insertReviews(
  sql: TenantSql,
  rows: readonly (ReviewRow & { agencyId: string })[],
): Promise<Set<string>> {
  const written = await sql.all<{ agency_id: string }>(
    q('tier_reviews')
      .insert(
        rows.map((row) => ({
          agency_id: row.agencyId,
          month: row.month,
          value_minor: row.valueMinor,
          bookings: row.bookings,
          tier_before: row.tierBefore,
          tier_earned: row.tierEarned,
          tier_after: row.tierAfter,
          outcome: row.outcome,
        })),
      )
      .onConflict(['agency_id', 'month'])
      .ignore()
      .returning('agency_id'),
  );
  return new Set(written.map(({ agency_id }) => agency_id));
}

export const writeTier = (sql: TenantSql, agencyId: string, tier: Tier) =>
  sql.run(
    q('agencies')
      .where({ id: agencyId })
      .update({ tier, version: q.raw('version + 1'), updated_at: q.fn.now() }),
  );

export const putOverride = (
  sql: TenantSql,
  row: { agencyId: string; tier: Tier; until: string; reason: string; setBy: string | null },
) =>
  sql.run(
    q('tier_overrides')
      .insert({ agency_id: row.agencyId, tier: row.tier, until: row.until, reason: row.reason, set_by: row.setBy })
      .onConflict('agency_id')
      .merge(),
  );

export const deleteOverride = (sql: TenantSql, agencyId: string): Promise<number> =>
  sql.run(q('tier_overrides').where({ agency_id: agencyId }).delete());
