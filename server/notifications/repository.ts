import { bound, type SealedTable } from '../kernel/crypto/sealed-table.ts';
import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { deterministicId } from '../kernel/http/idempotency.ts';
import { maskAddresses } from '../kernel/logging/mask-addresses.ts';
import { must } from '../kernel/must.ts';

export interface NotificationRecord {
  id: string;
  state: 'pending' | 'sent' | 'failed';
  attempts: number;
}

export interface NewNotification {
  eventId: string;
  template: string;
  recipient: string;
  brandId: string;
  locale: string;
  bookingId: string | null;
  payload: Record<string, unknown>;
}

const RECIPIENT = 'notifications.recipient';

/** The message of an event to a recipient: made once, found again after. */
export async function ensureNotification(sql: TenantSql, input: NewNotification): Promise<NotificationRecord> {
  const to = sql.vault.index(RECIPIENT, input.recipient);
  const id = deterministicId(sql.tenant.id, input.eventId, input.template, 'email', to);
  await sql.run(
    q('notifications')
      .insert({
        id,
        event_id: input.eventId,
        template: input.template,
        channel: 'email',
        recipient: sql.vault.seal(RECIPIENT, input.recipient, id),
        brand_id: input.brandId,
        locale: input.locale,
        booking_id: input.bookingId,
        payload: json(input.payload),
      })
      .onConflict('id')
      .ignore(),
  );
  const record = await sql.one<NotificationRecord>(q('notifications').where({ id }).select('id', 'state', 'attempts'));
  return must(record, `the notification ${id}, just written`);
}

export async function markSent(sql: TenantSql, id: string): Promise<void> {
  await sql.run(
    q('notifications')
      .where({ id })
      .update({ state: 'sent', sent_at: q.fn.now(), attempts: q.raw('attempts + 1'), last_error: null }),
  );
}

export async function markFault(sql: TenantSql, id: string, error: string): Promise<void> {
  await sql.run(
    q('notifications')
      .where({ id })
      .update({ attempts: q.raw('attempts + 1'), last_error: maskAddresses(error).slice(0, 1000) }),
  );
}

/** Takes the recipients out of what was mailed about bookings. */
export async function eraseRecipients(sql: TenantSql, bookingIds: readonly string[]): Promise<void> {
  const rows = await sql.all<{ id: string }>(
    q('notifications')
      .whereIn('booking_id', [...bookingIds])
      .select('id'),
  );
  for (const { id } of rows)
    await sql.run(
      q('notifications')
        .where({ id })
        .update({ recipient: sql.vault.seal(RECIPIENT, '', id), last_error: null }),
    );
}

/** Forgets mails of accounts (no booking keeps them) that are older than this. */
export const purgeOldMails = (sql: TenantSql, days: number): Promise<number> =>
  sql.run(
    q('notifications')
      .whereNull('booking_id')
      .whereRaw('created_at < now() - make_interval(days => ?)', [days])
      .delete(),
  );

/** What of notifications is sealed. */
export const sealedTables: readonly SealedTable[] = [
  { table: 'notifications', key: 'id', columns: [bound('recipient', RECIPIENT)] },
];

const SUBJECTS: Readonly<Record<string, string>> = {
  'booking-confirmed': 'confirmation with itinerary',
  'booking-cancelled': 'confirmation of the cancellation',
  'booking-failed': 'notice that it was not booked',
  'payment-link': 'link to pay',
};

/** Mails of a booking that were sent, oldest first, and what they were, in English. */
export async function listMailsOfBooking(
  sql: TenantSql,
  bookingId: string,
): Promise<{ subject: string; sentAt: Date }[]> {
  const sent = q('notifications')
    .where({ booking_id: bookingId, state: 'sent' })
    .whereNotNull('sent_at')
    .orderBy('sent_at')
    .select('template', 'sent_at');
  const rows = await sql.all<{ template: string; sent_at: Date }>(sent);
  return rows.map((row) => ({ subject: SUBJECTS[row.template] ?? row.template, sentAt: row.sent_at }));
}
