import { noAudit, type AuditPen } from '../../kernel/http/audit.ts';
import type { Actor } from '../../kernel/http/actor.ts';
import type { TenantSql } from '../../kernel/database/sql.ts';
import { emitEvent } from '../../kernel/outbox/emit.ts';
import { adjust } from '../change-wallet.ts';
import { adjustForeign } from '../foreign/adjust-foreign.ts';
import { OwnTopUp, TopUpOver } from './errors.ts';
import { openTopUp } from './read-top-ups.ts';
import { updateTopUp, type TopUpRow } from './repository.ts';
import { entryKeyOf, referenceOf } from './top-up.ts';

interface Decision {
  id: string;
  now: Date;
}

const noteOf = (row: TopUpRow) => ({
  subject: { label: row.agency_name },
  details: { reference: referenceOf(row.number), amountMinor: row.amount_minor, currency: row.currency },
});

/** An announced transfer that still waits, locked. A card is decided by its payer's bank alone. */
async function openWaiting(sql: TenantSql, actor: Actor, id: string, action: 'update' | 'adjust'): Promise<TopUpRow> {
  const row = await openTopUp(sql, actor, id, action, { lock: true });
  if (row.state !== 'pending') throw TopUpOver({ state: row.state });
  if (row.method !== 'transfer') throw TopUpOver({ state: 'a card payment' });
  return row;
}

async function openToDecide(sql: TenantSql, actor: Actor, id: string): Promise<TopUpRow> {
  const row = await openWaiting(sql, actor, id, 'adjust');
  if (row.asked_by === actor.id) throw OwnTopUp();
  return row;
}

/**
 * Credits a transfer that arrived, with its posting in both books, in the caller's transaction.
 * @throws TopUpOver, OwnTopUp, and 404 or 403 as for any wallet
 */
export async function approveTopUp(
  sql: TenantSql,
  actor: Actor,
  { id, now }: Decision,
  audit: AuditPen = noAudit,
): Promise<void> {
  const row = await openToDecide(sql, actor, id);
  const credit = {
    agencyId: row.agency_id,
    amountMinor: row.amount_minor,
    kind: 'top_up',
    reason: referenceOf(row.number),
    key: entryKeyOf(id),
    topUpId: id,
    actorId: actor.id,
    occurredAt: now,
  } as const;
  if (row.currency === row.wallet_currency) await adjust(sql, credit);
  else await adjustForeign(sql, { ...credit, currency: row.currency });
  await updateTopUp(sql, id, { state: 'credited', decided_by: actor.id, decided_at: now });
  audit.note(noteOf(row));
}

/** Says that a transfer did not arrive, with the reason its agency is told. @throws TopUpOver, OwnTopUp */
export async function refuseTopUp(
  sql: TenantSql,
  actor: Actor,
  { id, now, reason }: Decision & { reason: string },
  audit: AuditPen = noAudit,
): Promise<void> {
  const row = await openToDecide(sql, actor, id);
  await updateTopUp(sql, id, { state: 'refused', refusal: reason, decided_by: actor.id, decided_at: now });
  await emitEvent(sql, { kind: 'wallet.top_up_refused@1', payload: { agencyId: row.agency_id, topUpId: id } });
  audit.note(noteOf(row));
}

/** Takes an announcement back. @throws TopUpOver */
export async function withdrawTopUp(
  sql: TenantSql,
  actor: Actor,
  { id, now }: Decision,
  audit: AuditPen = noAudit,
): Promise<void> {
  const row = await openWaiting(sql, actor, id, 'update');
  await updateTopUp(sql, id, { state: 'withdrawn', decided_by: actor.id, decided_at: now });
  audit.note(noteOf(row));
}
