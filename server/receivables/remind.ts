import type { TenantSql } from '../kernel/database/sql.ts';
import { q } from '../kernel/database/builder.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { noAudit, type AuditPen } from '../kernel/http/audit.ts';
import { newId } from '../kernel/ids.ts';
import { emitEvent } from '../kernel/outbox/emit.ts';
import { RemindedToday, ReminderPaused } from './errors.ts';
import { openReceivable } from './read-receivables.ts';
import { reachedLevel, type ReminderLevel } from './receivable.ts';
import { deletePause, insertReminders, putPause, selectOpen, type ReceivableRow } from './repository.ts';

/** Wallets whose reminders are written in one transaction. */
const AT_ONCE = 100;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

const toSend = (row: ReceivableRow, level: ReminderLevel) => ({
  id: newId(),
  entryId: row.id,
  level,
  dueOn: row.due_on,
  openMinor: row.open_minor,
});

/** One mail an agency and level: all that has come to it. */
const tell = (sql: TenantSql, agencyId: string, level: ReminderLevel, reminderIds: readonly string[]) =>
  emitEvent(sql, { kind: 'invoice.reminded@1', payload: { agencyId, level, reminderIds: [...reminderIds] } });

/**
 * Reminds agencies of what has come to its next level, each level once; what is paused is left alone. What was never mentioned and is long
 * overdue gets the level it has reached, and not those before it.
 * @param inTransaction runs work in a transaction of the tenant's
 * @returns how many reminders were written
 */
export async function remindDue(
  inTransaction: <T>(work: (sql: TenantSql) => Promise<T>) => Promise<T>,
  now: Date,
): Promise<number> {
  let sent = 0;
  for (let after: string | undefined = FIRST_ID; after !== undefined;) {
    const from: string = after;
    const done = await inTransaction((sql) => remindSome(sql, from, now));
    sent += done.sent;
    after = done.last;
  }
  return sent;
}

async function remindSome(sql: TenantSql, after: string, now: Date): Promise<{ sent: number; last?: string }> {
  const wallets = await sql.all<{ id: string }>(
    q('wallets')
      .where('balance_minor', '<', 0)
      .whereNotNull('payment_days')
      .where('id', '>', after)
      .orderBy('id')
      .limit(AT_ONCE)
      .select('id'),
  );
  const last = wallets.at(-1)?.id;
  if (last === undefined) return { sent: 0 };
  const ids = wallets.map(({ id }) => id);
  const open = await sql.all<ReceivableRow>(selectOpen(ids, now).whereNull('paused_at'));
  const due = open.flatMap((row) => {
    const level = reachedLevel(row.days, row.payment_days);
    return level !== undefined && level > (row.last_level ?? 0) ? [{ row, reminder: toSend(row, level) }] : [];
  });
  const written = await insertReminders(
    sql,
    due.map(({ reminder }) => reminder),
    { byHand: false, actorId: null, now },
  );
  const mails = new Map<string, { agencyId: string; level: ReminderLevel; ids: string[] }>();
  for (const { row, reminder } of due.filter((one) => written.has(one.reminder.id))) {
    const key = `${row.agency_id}/${reminder.level}`;
    const mail = mails.get(key) ?? { agencyId: row.agency_id, level: reminder.level, ids: [] };
    mail.ids.push(reminder.id);
    mails.set(key, mail);
  }
  for (const { agencyId, level, ids: reminderIds } of mails.values()) await tell(sql, agencyId, level, reminderIds);
  return { sent: written.size, ...(wallets.length < AT_ONCE ? {} : { last }) };
}

/** Reminds of one thing now, at the level it has reached or the first. @throws ReminderPaused, RemindedToday, 404, 403 */
export async function remindNow(
  sql: TenantSql,
  actor: Actor,
  id: string,
  now: Date,
  audit: AuditPen = noAudit,
): Promise<void> {
  const row = await openReceivable(sql, actor, id, now, 'adjust');
  if (row.paused_at) throw ReminderPaused();
  const reminder = toSend(row, reachedLevel(row.days, row.payment_days) ?? row.last_level ?? 1);
  const written = await insertReminders(sql, [reminder], { byHand: true, actorId: actor.id, now });
  if (written.size === 0) throw RemindedToday();
  await tell(sql, row.agency_id, reminder.level, [reminder.id]);
  audit.note({ subject: { label: labelOf(row) }, details: { agency: row.agency_name, level: reminder.level } });
}

/** Sends no more reminders of one thing until they are resumed. @throws 404, 403 */
export async function pauseReminders(
  sql: TenantSql,
  actor: Actor,
  pause: { id: string; reason: string },
  now: Date,
  audit: AuditPen = noAudit,
): Promise<void> {
  const row = await openReceivable(sql, actor, pause.id, now, 'adjust');
  await putPause(sql, { entryId: row.id, reason: pause.reason, by: actor.id, now });
  audit.note({ subject: { label: labelOf(row) }, details: { agency: row.agency_name, reason: pause.reason } });
}

/** @throws 404, 403 */
export async function resumeReminders(
  sql: TenantSql,
  actor: Actor,
  id: string,
  now: Date,
  audit: AuditPen = noAudit,
): Promise<void> {
  const row = await openReceivable(sql, actor, id, now, 'adjust');
  await deletePause(sql, row.id);
  audit.note({ subject: { label: labelOf(row) }, details: { agency: row.agency_name } });
}

const labelOf = (row: ReceivableRow): string => row.invoice_number ?? row.due_on;
