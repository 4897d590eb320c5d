import { authorize } from '../../access/index.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { NotFound, ValidationFailed } from '../../kernel/errors.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../../kernel/http/audit.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import { findAgency } from '../repository.ts';
import type { Tier } from '../schema.ts';
import {
  deleteOverride,
  insertReviews,
  listReviews,
  putOverride,
  readReviewSettings,
  readThresholds,
  selectReviewed,
  takeDue,
  writeReviewSettings,
  writeTier,
  type ReviewedAgency,
} from './repository.ts';
import type { TierOverridePut, TierReviewSettingsChange } from './schema.ts';
import {
  WINDOW_DAYS,
  decideReview,
  earnedTier,
  monthAfter,
  monthBefore,
  monthOf,
  nextTier,
  windowBefore,
  type Review,
  type Threshold,
  type Travelled,
} from './tier-review.ts';

/** What travelled by path of the selling agency, in a window of days, below a path if one is given; the bookings module's. */
export type ReadTravelled = (
  sql: TenantSql,
  window: { from: string; to: string; below?: string },
) => Promise<readonly { agencyPath: string; valueMinor: number; bookings: number }[]>;

/** Runs work in a transaction of the tenant's. */
type InTransaction = <T>(work: (sql: TenantSql) => Promise<T>) => Promise<T>;

/** Agencies reviewed in one transaction. */
const AT_ONCE = 200;
const NOTHING: Travelled = { valueMinor: 0, bookings: 0 };
const HISTORY = 12;

/** Sales of an agency count for every agency above it: a network is worth what all of it sells. */
async function travelledByAgency(
  read: ReadTravelled,
  sql: TenantSql,
  day: string,
  below?: string,
): Promise<Map<string, Travelled>> {
  const sums = new Map<string, Travelled>();
  for (const { agencyPath, valueMinor, bookings } of await read(sql, {
    ...windowBefore(day),
    ...(below ? { below } : {}),
  }))
    for (const id of agencyPath.split('/').filter(Boolean)) {
      const sum = sums.get(id) ?? NOTHING;
      sums.set(id, { valueMinor: sum.valueMinor + valueMinor, bookings: sum.bookings + bookings });
    }
  return sums;
}

function reviewOf(agency: ReviewedAgency, thresholds: readonly Threshold[], travelled: Travelled, day: string): Review {
  const isOverridden = agency.overrideUntil !== null && agency.overrideUntil >= day;
  return decideReview({
    tier: agency.tier,
    earned: earnedTier(thresholds, travelled),
    outcomeBefore: agency.outcomeBefore ?? undefined,
    override: isOverridden ? (agency.overrideTier ?? undefined) : undefined,
    isNew: agency.createdAt.getTime() > Date.parse(day) - WINDOW_DAYS * 86_400_000,
  });
}

/**
 * Reviews every agency of the tenant for the month of `now`, a few in each transaction. Only months that began after reviews were turned on,
 * and agencies that were there when the month began. Each agency and month once: a run again changes nothing, and a run that was missed is
 * made good by the next of the same month. Sales made keep the tier they were made at.
 * @returns how many tiers moved
 */
export async function reviewTiers(read: ReadTravelled, inTransaction: InTransaction, now: Date): Promise<number> {
  const month = monthOf(now);
  const given = await inTransaction(async (sql) => {
    const { isOn, onSince } = await readReviewSettings(sql);
    if (!isOn || (onSince && onSince > new Date(month))) return undefined;
    if ((await takeDue(sql, month, monthBefore(month), 1)).length === 0) return undefined;
    return { month, thresholds: await readThresholds(sql), travelled: await travelledByAgency(read, sql, month) };
  });
  if (!given) return 0;
  let moved = 0;
  for (;;) {
    const done = await inTransaction((sql) => reviewSome(sql, given));
    moved += done.moved;
    if (done.reviewed < AT_ONCE) return moved;
  }
}

async function reviewSome(
  sql: TenantSql,
  given: { month: string; thresholds: readonly Threshold[]; travelled: ReadonlyMap<string, Travelled> },
): Promise<{ reviewed: number; moved: number }> {
  const { month } = given;
  const agencies = await takeDue(sql, month, monthBefore(month), AT_ONCE);
  if (agencies.length === 0) return { reviewed: 0, moved: 0 };
  const rows = agencies.map((agency) => {
    const sum = given.travelled.get(agency.id) ?? NOTHING;
    const { before, earned, after, outcome } = reviewOf(agency, given.thresholds, sum, month);
    return { agencyId: agency.id, month, ...sum, tierBefore: before, tierEarned: earned, tierAfter: after, outcome };
  });
  const written = await insertReviews(sql, rows);
  const moving = rows.filter((row) => written.has(row.agencyId) && row.tierAfter !== row.tierBefore);
  for (const { agencyId, tierBefore: before, tierAfter: after, outcome: cause } of moving) {
    await writeTier(sql, agencyId, after);
    await emitEvent(sql, { kind: 'agency.tier_changed@1', payload: { agencyId, before, after, cause } });
  }
  return { reviewed: agencies.length, moved: moving.length };
}

/** What the next review would make of each agency if it were today: those whose tier would move or is in danger first. */
export async function previewReviews(read: ReadTravelled, sql: TenantSql, now: Date) {
  const day = now.toISOString().slice(0, 10);
  const [thresholds, agencies, travelled] = [
    await readThresholds(sql),
    await sql.all<ReviewedAgency>(selectReviewed(monthOf(now)).where('a.state', 'approved')),
    await travelledByAgency(read, sql, day),
  ];
  const rows = agencies.map((agency) => {
    const sum = travelled.get(agency.id) ?? NOTHING;
    return { agency, travelled: sum, review: reviewOf(agency, thresholds, sum, day) };
  });
  const weight = ({ review }: (typeof rows)[number]) =>
    ['down', 'grace', 'up', 'overridden', 'kept'].indexOf(review.outcome);
  return { nextReviewOn: monthAfter(monthOf(now)), rows: rows.toSorted((a, b) => weight(a) - weight(b)) };
}

/** How far one agency is, and what its reviews were. @throws NotFound for one the actor does not see */
export async function readProgress(read: ReadTravelled, sql: TenantSql, actor: Actor, agencyId: string, now: Date) {
  authorize(actor, 'read', 'Agency', await findAgency(sql, agencyId));
  const day = now.toISOString().slice(0, 10);
  const { isOn } = await readReviewSettings(sql);
  const thresholds = await readThresholds(sql);
  const agency = await sql.one<ReviewedAgency>(selectReviewed(monthOf(now)).where('a.id', agencyId));
  if (!agency) throw NotFound({ what: 'This agency' });
  const travelled = (await travelledByAgency(read, sql, day, agency.path)).get(agencyId) ?? NOTHING;
  return {
    isOn,
    agency,
    travelled,
    window: windowBefore(day),
    review: reviewOf(agency, thresholds, travelled, day),
    next: nextTier(agency.tier, thresholds, travelled),
    nextReviewOn: monthAfter(monthOf(now)),
    history: await listReviews(sql, agencyId, HISTORY),
  };
}

export async function readSettings(sql: TenantSql) {
  const { isOn, version } = await readReviewSettings(sql);
  return { isOn, version, thresholds: await readThresholds(sql) };
}

/** Takes effect with the next review; turned on, that of the next month. @throws VersionChanged */
export async function changeSettings(
  sql: TenantSql,
  version: number,
  change: TierReviewSettingsChange,
  now: Date,
  audit: AuditPen = noAudit,
): Promise<void> {
  const before = await readSettings(sql);
  await writeReviewSettings(sql, version, change, now);
  audit.note({ before: { ...before }, after: { ...change } });
}

/** Gives an agency a tier until a day, whatever it sells; at once. @throws NotFound, ValidationFailed for a day that is over */
export async function overrideTier(
  sql: TenantSql,
  actor: Actor,
  agencyId: string,
  put: TierOverridePut,
  now: Date,
  audit: AuditPen = noAudit,
): Promise<void> {
  const agency = await findAgency(sql, agencyId);
  authorize(actor, 'update', 'Agency', agency);
  if (put.until <= now.toISOString().slice(0, 10))
    throw ValidationFailed({
      errors: [{ pointer: '/until', code: 'past', detail: 'until: choose a day after today' }],
    });
  await putOverride(sql, { agencyId, ...put, setBy: actor.id });
  if (agency.tier !== put.tier) await moveTier(sql, agencyId, agency.tier, put.tier);
  audit.note({ subject: { label: agency.name }, before: { tier: agency.tier }, after: { ...put } });
}

async function moveTier(sql: TenantSql, agencyId: string, before: Tier, after: Tier): Promise<void> {
  await writeTier(sql, agencyId, after);
  await emitEvent(sql, { kind: 'agency.tier_changed@1', payload: { agencyId, before, after, cause: 'overridden' } });
}

/** Ends an exception: the tier stays until the next review. @throws NotFound */
export async function endOverride(
  sql: TenantSql,
  actor: Actor,
  agencyId: string,
  audit: AuditPen = noAudit,
): Promise<void> {
  const agency = await findAgency(sql, agencyId);
  authorize(actor, 'update', 'Agency', agency);
  if ((await deleteOverride(sql, agencyId)) === 0) throw NotFound({ what: 'This exception' });
  audit.note({ subject: { label: agency.name } });
}
