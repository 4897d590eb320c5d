import { json, q } from '../database/builder.ts';
import type { TenantSql } from '../database/sql.ts';
import type { TenantVault } from '../crypto/vault.ts';
import { newId } from '../ids.ts';

/** A domain event, `name@version`; the payload carries ids, not copies of rows. */
export interface DomainEvent {
  kind: string;
  payload: Record<string, unknown>;
  /** What names a person or opens something (addresses, links): stored sealed, and forgotten once the event is done. */
  personal?: Record<string, unknown>;
  /** When it may first be delivered (UTC); now if left out. */
  availableAt?: Date;
}

/**
 * Writes an event to the shared outbox in the caller's transaction: it exists if and only if the change it tells of does.
 * Returns the event's id.
 */
export async function emitEvent(sql: TenantSql, event: DomainEvent): Promise<string> {
  const id = newId();
  await sql.run(
    q.raw('select platform.emit_event(?, ?, ?::jsonb, ?)', [
      id,
      event.kind,
      json(event.personal ? { ...event.payload, sealed: sealPersonal(sql, id, event.personal) } : event.payload),
      event.availableAt ?? new Date(),
    ]),
  );
  return id;
}

const PERSONAL = 'outbox.personal';

const sealPersonal = (sql: TenantSql, eventId: string, personal: Record<string, unknown>): string =>
  sql.vault.seal(PERSONAL, json(personal), eventId);

/** The whole payload of a stored event, its personal part opened. */
export function openPayload(
  vault: TenantVault,
  event: { id: string; payload: Record<string, unknown> },
): Record<string, unknown> {
  const { sealed, ...payload } = event.payload;
  if (typeof sealed !== 'string') return event.payload;
  return { ...payload, ...(JSON.parse(vault.open(PERSONAL, sealed, event.id)) as Record<string, unknown>) };
}
