import { abilityFor, authorize, narrow } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { NotFound } from '../kernel/errors.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { TIME_CURSOR, decodeCursor, readTimeKey, timeKey, toPage } from '../kernel/http/cursor.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { buildCommissionAdjustment, lockLedger, postTransaction } from '../ledger/index.ts';
import { mayApprove, needsSecondPerson, type Adjustment } from './adjustment.ts';
import {
  ADJUSTMENT_COLUMNS,
  findAdjustment,
  insertAdjustment,
  listRows,
  selectAdjustments,
  signedAloneSince,
  tookPart,
  writeDecision,
} from './adjustment-repository.ts';
import type { AdjustmentCreate, AdjustmentQuery } from './adjustment-schema.ts';
import { AdjustmentBooking, AdjustmentCurrency, AdjustmentDecided, AuthorMayNotApprove } from './errors.ts';

const DAY_MS = 86_400_000;

/** A page of corrections, newest first. An agency sees its own, once they are approved. */
export async function listAdjustments(
  sql: TenantSql,
  actor: Actor,
  query: AdjustmentQuery,
): Promise<{ rows: readonly Adjustment[]; next: string | null }> {
  if (query.agencyId !== undefined) authorize(actor, 'read', 'Commission', { agencyId: query.agencyId });
  const before = decodeCursor(query.cursor, TIME_CURSOR);
  const page = narrow(selectAdjustments(), abilityFor(actor), 'read', 'Commission', ADJUSTMENT_COLUMNS)
    .orderBy('j.created_at', 'desc')
    .orderBy('j.id', 'desc')
    .limit(query.limit + 1);
  if (before !== undefined) {
    const { at, id } = readTimeKey(before);
    void page.whereRaw('(j.created_at, j.id) < (?, ?::uuid)', [at, id]);
  }
  if (query.agencyId !== undefined) void page.where('j.agency_id', query.agencyId);
  if (query.state !== undefined) void page.where('j.state', query.state);
  if (actor.agencyId !== null) void page.where('j.state', 'approved');
  return toPage(await listRows(sql, page), query.limit, ({ createdAt: at, id }) => timeKey({ at, id }));
}

/** @throws NotFound for what the actor may not see */
export async function readAdjustment(sql: TenantSql, actor: Actor, id: string): Promise<Adjustment> {
  const adjustment = await findAdjustment(sql, id);
  const isShown = adjustment && (actor.agencyId === null || adjustment.state === 'approved');
  authorize(actor, 'read', 'Commission', isShown ? adjustment : undefined);
  return adjustment as Adjustment;
}

export interface NewAdjustment {
  /** The same for every retry: a repeat answers the first. */
  id: string;
  input: AdjustmentCreate;
  /** Currency agencies are settled in. */
  currency: string;
  /** What one person may sign for alone. Minor units. */
  limitMinor: number;
  now: Date;
}

/**
 * Corrects what an agency has earned, in the caller's transaction: at once up to the limit, above it only when a second person approves.
 * @throws NotFound for an unknown agency; AdjustmentCurrency, AdjustmentBooking
 */
export async function proposeAdjustment(
  sql: TenantSql,
  actor: Actor,
  { id, input, currency, limitMinor, now }: NewAdjustment,
  audit: AuditPen = noAudit,
): Promise<Adjustment> {
  authorize(actor, 'adjust', 'Commission', { agencyId: input.agencyId });
  const agency = await sql.one<{ name: string }>(q('agencies').where({ id: input.agencyId }).select('name'));
  if (!agency) throw NotFound({ what: 'This agency' });
  if (input.amount.currency !== currency) throw AdjustmentCurrency({ expected: currency });
  if (input.bookingId !== undefined && !(await tookPart(sql, input.agencyId, input.bookingId)))
    throw AdjustmentBooking();
  // Two at once must see each other's amounts.
  await lockLedger(sql);
  const { amount } = input.amount;
  const alone = await signedAloneSince(sql, {
    agencyId: input.agencyId,
    currency,
    since: new Date(now.getTime() - DAY_MS),
  });
  const isProposed = needsSecondPerson(amount, alone, limitMinor);
  const written = await insertAdjustment(sql, {
    id,
    agencyId: input.agencyId,
    bookingId: input.bookingId ?? null,
    amount,
    currency,
    reason: input.reason,
    state: isProposed ? 'proposed' : 'approved',
    authorId: actor.id,
    decidedAt: isProposed ? null : now,
    createdAt: now,
  });
  const adjustment = await getAdjustment(sql, id);
  audit.note({
    subject: { label: agency.name },
    details: { amountMinor: amount, currency, reason: input.reason, state: adjustment.state },
  });
  if (written > 0 && !isProposed) await takeEffect(sql, adjustment, now);
  return adjustment;
}

/**
 * Approves or rejects a proposed correction in the caller's transaction; of several at once one wins.
 * @throws AdjustmentDecided, AuthorMayNotApprove, NotFound
 */
export async function decideAdjustment(
  sql: TenantSql,
  actor: Actor,
  { id, decision, now }: { id: string; decision: 'approve' | 'reject'; now: Date },
  audit: AuditPen = noAudit,
): Promise<Adjustment> {
  const before = await readAdjustment(sql, actor, id);
  authorize(actor, 'approve', 'Commission', before);
  if (decision === 'approve' && !mayApprove(actor, before)) throw AuthorMayNotApprove();
  await lockLedger(sql);
  const state = decision === 'approve' ? 'approved' : 'rejected';
  const written = await writeDecision(sql, id, { state, decidedBy: actor.id, decidedAt: now });
  const adjustment = await getAdjustment(sql, id);
  if (written === 0) throw AdjustmentDecided({ state: adjustment.state });
  audit.note({
    subject: { label: adjustment.agencyName },
    before: { state: before.state },
    after: { state },
    details: { amountMinor: adjustment.amount, currency: adjustment.currency },
  });
  if (state === 'approved') await takeEffect(sql, adjustment, now);
  return adjustment;
}

/**
 * Pays a bonus, or takes a part of it back, in the caller's transaction: a correction that nobody signs for, since the campaign promised
 * it. Each revision of a bonus once; the database refuses a second.
 */
export async function recordBonus(
  sql: TenantSql,
  bonus: {
    accrualId: string;
    revision: number;
    agencyId: string;
    /** Difference to what was posted before, minor units. */
    amount: number;
    currency: string;
    reason: string;
    now: Date;
  },
): Promise<void> {
  await lockLedger(sql);
  const { accrualId, revision, agencyId, amount, currency, reason, now } = bonus;
  const id = newId();
  await insertAdjustment(sql, {
    id,
    agencyId,
    bookingId: null,
    amount,
    currency,
    reason,
    state: 'approved',
    authorId: null,
    decidedAt: now,
    createdAt: now,
    bonus: { accrualId, revision },
  });
  await takeEffect(sql, await getAdjustment(sql, id), now);
}

async function takeEffect(sql: TenantSql, adjustment: Adjustment, now: Date): Promise<void> {
  const { id, agencyId, amount, currency } = adjustment;
  await postTransaction(sql, buildCommissionAdjustment({ adjustmentId: id, agencyId, amount, currency }), {
    bookingId: adjustment.booking?.id ?? null,
    occurredAt: now,
    description: `Commission adjustment of ${adjustment.agencyName}`,
  });
  await emitEvent(sql, { kind: 'commission.adjusted@1', payload: { agencyId, adjustmentId: id } });
}

async function getAdjustment(sql: TenantSql, id: string): Promise<Adjustment> {
  const adjustment = await findAdjustment(sql, id);
  if (!adjustment) throw new Error(`Adjustment ${id} was not written`);
  return adjustment;
}
