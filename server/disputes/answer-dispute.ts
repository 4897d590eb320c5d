import { createHash } from 'node:crypto';
import { abilityFor, authorize, narrow } from '../access/index.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { TIME_CURSOR, decodeCursor, readTimeKey, timeKey, toPage } from '../kernel/http/cursor.ts';
import type { Tenant } from '../kernel/http/context.ts';
import { OPEN_STATES, awaitsAnswer } from './dispute.ts';
import { DisputeClosed } from './errors.ts';
import { followDispute, type DisputeDeps } from './follow-dispute.ts';
import { findDispute, selectDisputes, writeSubmission, type DisputeRow } from './repository.ts';
import type { DisputeQuery } from './schema.ts';
import type { Evidence } from './stripe-disputes.ts';

/** A page of disputes, newest first: the reseller's, who is merchant of record. */
export async function listDisputes(sql: TenantSql, actor: Actor, query: DisputeQuery) {
  const page = narrow(selectDisputes(), abilityFor(actor), 'read', 'Payment', {})
    .orderBy('d.opened_at', 'desc')
    .orderBy('d.id', 'desc')
    .limit(query.limit + 1);
  const before = decodeCursor(query.cursor, TIME_CURSOR);
  if (before !== undefined) {
    const { at, id } = readTimeKey(before);
    void page.whereRaw('(d.opened_at, d.id) < (?, ?::uuid)', [at, id]);
  }
  if (query.open === true) void page.whereIn('d.state', [...OPEN_STATES]);
  return toPage(await sql.all<DisputeRow>(page), query.limit, (row) => timeKey({ at: row.opened_at, id: row.id }));
}

/** @throws NotFound */
export async function readDispute(sql: TenantSql, actor: Actor, id: string): Promise<DisputeRow> {
  const row = await findDispute(sql, id);
  authorize(actor, 'read', 'Payment', row && {});
  return row as DisputeRow;
}

interface Who {
  tenant: Tenant;
  actor: Actor;
}

async function openForAnswer(sql: TenantSql, actor: Actor, id: string): Promise<DisputeRow> {
  const row = await readDispute(sql, actor, id);
  authorize(actor, 'update', 'Payment', {});
  if (!awaitsAnswer(row.state)) throw DisputeClosed({ state: row.state });
  return row;
}

const follow = (deps: DisputeDeps, tenant: Tenant, row: DisputeRow) =>
  followDispute(deps, tenant, { providerId: row.provider_id, paymentId: row.payment_id });

/** Of what is answered and when: an inquiry that became a dispute is answered anew, and another text is another answer. */
const keyOf = (row: DisputeRow, answer: object | 'accept'): string =>
  [row.id, row.state, answer === 'accept' ? answer : digestOf(answer)].join(':');
const digestOf = (answer: object): string => createHash('sha256').update(JSON.stringify(answer)).digest('hex');

/**
 * Sends evidence to the bank, for good. What the bank makes of it comes by event.
 * @throws NotFound, Forbidden, DisputeClosed, DisputeRefused, DisputeProviderAway
 */
export async function submitEvidence(
  deps: DisputeDeps,
  { tenant, actor }: Who,
  { id, evidence }: { id: string; evidence: Evidence },
  audit: AuditPen = noAudit,
): Promise<void> {
  const row = await openForAnswer(deps.database.tenant(tenant), actor, id);
  await deps.stripe.submit(row.provider_id, evidence, {
    stripeAccount: row.stripe_account,
    key: keyOf(row, evidence),
  });
  await deps.database.withTenant(tenant, (sql) => writeSubmission(sql, id, actor.id, deps.clock.now()));
  audit.note({ subject: { label: row.booking_reference }, before: { state: row.state }, after: { state: 'answered' } });
  await follow(deps, tenant, row);
}

/** Accepts the dispute: it is lost at once. @throws NotFound, Forbidden, DisputeClosed, DisputeProviderAway */
export async function acceptDispute(
  deps: DisputeDeps,
  { tenant, actor }: Who,
  id: string,
  audit: AuditPen = noAudit,
): Promise<void> {
  const row = await openForAnswer(deps.database.tenant(tenant), actor, id);
  await deps.stripe.accept(row.provider_id, { stripeAccount: row.stripe_account, key: keyOf(row, 'accept') });
  audit.note({ subject: { label: row.booking_reference }, before: { state: row.state }, after: { state: 'accepted' } });
  await follow(deps, tenant, row);
}
