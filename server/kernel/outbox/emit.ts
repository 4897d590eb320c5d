import { json, q } from '../database/builder.ts';
import type { TenantSql } from '../database/sql.ts';
import { newId } from '../ids.ts';

/** A domain event, `name@version`; the payload carries ids, not copies of rows. */
export interface DomainEvent {
  kind: string;
  payload: Record<string, unknown>;
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
      json(event.payload),
      event.availableAt ?? new Date(),
    ]),
  );
  return id;
}
