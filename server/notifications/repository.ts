import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import { deterministicId } from '../kernel/http/idempotency.ts';
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

/** The message of an event to a recipient: made once, found again after. */
export async function ensureNotification(sql: TenantSql, input: NewNotification): Promise<NotificationRecord> {
  const id = deterministicId(sql.tenant.id, input.eventId, input.template, 'email', input.recipient);
  await sql.run(
    q('notifications')
      .insert({
        id,
        event_id: input.eventId,
        template: input.template,
        channel: 'email',
        recipient: input.recipient,
        brand_id: input.brandId,
        locale: input.locale,
        booking_id: input.bookingId,
        payload: json(input.payload),
      })
      .onConflict(['event_id', 'template', 'channel', 'recipient'])
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
      .update({ attempts: q.raw('attempts + 1'), last_error: error.slice(0, 1000) }),
  );
}
