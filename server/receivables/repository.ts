import type { Knex } from 'knex';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { ReminderLevel } from './receivable.ts';

/** A debit of a wallet with terms that is not paid. */
export interface ReceivableRow {
  /** Of the wallet's entry. */
  id: string;
  agency_id: string;
  agency_name: string;
  agency_path: string;
  parent_id: string | null;
  currency: string;
  payment_days: number;
  invoice_id: string | null;
  invoice_number: string | null;
  booking_id: string | null;
  booking_reference: string | null;
  /** Of an adjustment. */
  reason: string | null;
  open_minor: number;
  created_at: Date;
  due_on: string;
  /** Below zero: days left. */
  days: number;
  last_level: ReminderLevel | null;
  reminded_at: Date | null;
  pause_reason: string | null;
  paused_at: Date | null;
}

/**
 * What is not paid of the debits of wallets; bound twice: the wallets' ids. What a trip's cancellation gave back counts towards that trip;
 * other money that came in paid the oldest debits.
 */
const OPEN_DEBITS = `
  select d.id, d.wallet_id, d.booking_id, d.reason, d.created_at, least(d.amount, d.owed - (d.running - d.amount))::bigint as open from (
    select n.*, sum(n.amount) over (partition by n.wallet_id order by n.created_at desc, n.id desc) as running from (
      select e.id, e.wallet_id, e.booking_id, e.reason, e.created_at, -w.balance_minor as owed, -e.amount_minor - coalesce(r.back, 0) as amount
      from wallet_entries e join wallets w on w.id = e.wallet_id
      left join (
        select wallet_id, booking_id, sum(amount_minor) as back from wallet_entries
        where wallet_id = any(?::uuid[]) and kind = 'refund' group by wallet_id, booking_id
      ) r on e.kind = 'capture' and r.wallet_id = e.wallet_id and r.booking_id = e.booking_id
      where e.wallet_id = any(?::uuid[]) and e.kind in ('capture', 'adjustment') and e.amount_minor < 0
    ) n where n.amount > 0
  ) d where d.running - d.amount < d.owed`;

/** What is not paid of wallets; of an invoice no more than its credit notes left of it. */
export const selectOpen = (walletIds: readonly string[], now: Date): Knex.QueryBuilder =>
  q(
    q.raw(
      // eslint-disable-next-line no-restricted-syntax -- OPEN_DEBITS is a constant of this file
      `(select x.*, (?::timestamptz at time zone 'UTC')::date - x.due as days, to_char(x.due, 'YYYY-MM-DD') as due_on from (
         select o.id, a.id as agency_id, a.name as agency_name, a.path as agency_path, a.parent_id,
           w.currency, w.payment_days, i.id as invoice_id, i.full_number as invoice_number,
           o.booking_id, b.reference as booking_reference, o.reason, o.created_at,
           (o.created_at at time zone 'UTC')::date + w.payment_days as due,
           least(o.open, coalesce(i.total_minor + n.taken_back, o.open))::bigint as open_minor,
           r.level as last_level, r.created_at as reminded_at, p.reason as pause_reason, p.created_at as paused_at
         from (${OPEN_DEBITS}) o
         join wallets w on w.id = o.wallet_id
         join agencies a on a.id = w.agency_id
         left join bookings b on b.id = o.booking_id
         left join invoices i on i.key = o.booking_id::text || '/wallet/' || a.id::text
         left join lateral (select coalesce(sum(c.total_minor), 0) as taken_back from invoices c where c.corrects_id = i.id) n on true
         left join lateral (
           select level, created_at from invoice_reminders where entry_id = o.id order by reminded_on desc limit 1
         ) r on true
         left join invoice_reminder_pauses p on p.entry_id = o.id
         where w.payment_days is not null
       ) x where x.open_minor > 0) as x`,
      [now, [...walletIds], [...walletIds]],
    ),
  );

export interface ReminderToSend {
  id: string;
  entryId: string;
  level: ReminderLevel;
  dueOn: string;
  openMinor: number;
}

/** Writes reminders and answers the ids of those written: none of a level that was sent, nor of what was mentioned that day. */
export async function insertReminders(
  sql: TenantSql,
  reminders: readonly ReminderToSend[],
  given: { byHand: boolean; actorId: string | null; now: Date },
): Promise<Set<string>> {
  if (reminders.length === 0) return new Set();
  const written = await sql.all<{ id: string }>(
    q('invoice_reminders')
      .insert(
        reminders.map(({ id, entryId, level, dueOn, openMinor }) => ({
          id,
          entry_id: entryId,
          level,
          by_hand: given.byHand,
          actor_id: given.actorId,
          due_on: dueOn,
          open_minor: openMinor,
          reminded_on: given.now.toISOString().slice(0, 10),
          created_at: given.now,
        })),
      )
      .onConflict()
      .ignore()
      .returning('id'),
  );
  return new Set(written.map(({ id }) => id));
}

/** What a mail says of one thing that was not paid when the reminder was written. */
export interface RemindedRow {
  invoice_number: string | null;
  reason: string | null;
  due_on: string;
  open_minor: number;
}

export const listReminded = (sql: TenantSql, agencyId: string, ids: readonly string[]): Promise<RemindedRow[]> =>
  sql.all<RemindedRow>(
    q('invoice_reminders as r')
      .join('wallet_entries as e', 'e.id', 'r.entry_id')
      .leftJoin('invoices as i', 'i.key', q.raw(`e.booking_id::text || '/wallet/' || ?`, [agencyId]))
      .whereIn('r.id', [...ids])
      .orderBy('r.due_on')
      .orderBy('e.created_at')
      .select('i.full_number as invoice_number', 'e.reason', 'r.open_minor')
      .select(q.raw("to_char(r.due_on, 'YYYY-MM-DD') as due_on")),
  );

export const agencyOfEntry = async (sql: TenantSql, entryId: string): Promise<string | undefined> =>
  (
    await sql.one<{ agency_id: string }>(
      q('wallet_entries as e').join('wallets as w', 'w.id', 'e.wallet_id').where('e.id', entryId).select('w.agency_id'),
    )
  )?.agency_id;

export const putPause = (sql: TenantSql, pause: { entryId: string; reason: string; by: string | null; now: Date }) =>
  sql.run(
    q('invoice_reminder_pauses')
      .insert({ entry_id: pause.entryId, reason: pause.reason, paused_by: pause.by, created_at: pause.now })
      .onConflict('entry_id')
      .merge(['reason', 'paused_by', 'created_at']),
  );

export const deletePause = (sql: TenantSql, entryId: string) =>
  sql.run(q('invoice_reminder_pauses').where({ entry_id: entryId }).delete());
