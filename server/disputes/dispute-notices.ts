import type { Database } from '../kernel/database/database.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Tenant } from '../kernel/http/context.ts';
import type { DeliveredEvent } from '../kernel/outbox/consumers.ts';
import { isOver } from './dispute.ts';
import { findDispute } from './repository.ts';

export const DISPUTE_NOTICE_EVENTS: readonly string[] = ['dispute.opened@1', 'dispute.closed@1'];

/** A mail about a dispute to one of those who may answer it. */
export interface DisputeNotice {
  recipient: string;
  recipientName: string;
  brandId: string;
  locale: string;
  step: 'opened' | 'won' | 'lost' | 'closed';
  reference: string;
  amount: { amount: number; currency: string };
  /** Until when an answer counts; only of one that was opened. */
  dueAt: string | null;
  url: string;
}
interface Person {
  email: string;
  name: string;
  locale: string;
  brandId: string;
  origin: string;
}

/** Finds out who is told of a dispute, and what. One that was over when we heard of it is told once, by its end. */
export function createDisputeNotices(deps: {
  database: Database;
  peopleOf(sql: TenantSql, agencyId: string | null): Promise<Person[]>;
}) {
  return async (event: DeliveredEvent, tenant: Tenant): Promise<DisputeNotice[]> => {
    const sql = deps.database.tenant(tenant);
    const row = await findDispute(sql, String(event.payload.disputeId));
    if (!row) return [];
    const isOpening = event.kind === 'dispute.opened@1';
    if (isOpening && isOver(row.state)) return [];
    const outcome = row.state === 'won' || row.state === 'lost' ? row.state : 'closed';
    return (await deps.peopleOf(sql, null)).map((person) => ({
      recipient: person.email,
      recipientName: person.name,
      brandId: person.brandId,
      locale: person.locale,
      step: isOpening ? 'opened' : outcome,
      reference: row.booking_reference,
      amount: { amount: row.amount_minor, currency: row.currency },
      dueAt: isOpening ? (row.due_at?.toISOString() ?? null) : null,
      url: `${person.origin}/console/money/disputes/${row.id}`,
    }));
  };
}
