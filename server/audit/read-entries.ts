import type { Knex } from 'knex';
import { abilityFor, authorize, narrow } from '../access/index.ts';
import { q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';
import type { Actor } from '../kernel/http/actor.ts';
import { NUMBER_CURSOR, decodeCursor, toPage } from '../kernel/http/cursor.ts';
import type { AuditFilters } from './schema.ts';

export interface StoredEntry {
  sequence: number;
  occurred_at: Date;
  body: string;
  hash: string;
  actor_agency_path: string | null;
}

/** Rows a message of the export: some 500 kB. */
const EXPORT_BATCH = 500;
const COLUMNS = ['sequence', 'occurred_at', 'body', 'hash', 'actor_agency_path'];

/** Entries the actor may see that match, newest first; without a limit. */
function select(actor: Actor, filters: AuditFilters, before?: string): Knex.QueryBuilder {
  const entries = q('audit_entries').orderBy('sequence', 'desc').select(COLUMNS);
  const query = narrow(entries, abilityFor(actor), 'read', 'AuditEntry', { agencyPath: 'actor_agency_path' });
  if (before !== undefined) query.where('sequence', '<', before);
  if (filters.from) query.where('occurred_at', '>=', filters.from);
  if (filters.to) query.where('occurred_at', '<', filters.to);
  if (filters.actor) {
    const { actor: id } = filters;
    query.where((either) => void either.where('actor_id', id).orWhere('acting_id', id));
  }
  if (filters.action) query.whereRaw('starts_with(action, ?)', [filters.action]);
  if (filters.subject) query.where('subject_id', filters.subject);
  if (filters.subjectType) query.where('subject_type', filters.subjectType);
  if (filters.outcome) query.where('outcome', filters.outcome);
  if (filters.requestId) query.where('request_id', filters.requestId);
  if (filters.text) query.whereRaw('strpos(labels, lower(?)) > 0', [filters.text]);
  if (filters.reads === 'hide') query.whereRaw(`not starts_with(action, 'GET ')`);
  return query;
}

/** A page of the log, newest first. */
export async function listEntries(
  sql: TenantSql,
  actor: Actor,
  { limit, cursor, ...filters }: AuditFilters & { limit: number; cursor?: string | undefined },
) {
  const before = decodeCursor(cursor, NUMBER_CURSOR);
  const rows = await sql.all<StoredEntry>(select(actor, filters, before).limit(limit + 1));
  return toPage(rows, limit, ({ sequence }) => sequence);
}

/** @throws NotFound for an entry of an actor outside the reader's subtree */
export async function readEntry(sql: TenantSql, actor: Actor, id: number): Promise<StoredEntry> {
  const row = await sql.one<StoredEntry>(q('audit_entries').where({ sequence: id }).select(COLUMNS));
  const entry = row && { ...row, agencyPath: row.actor_agency_path };
  authorize(actor, 'read', 'AuditEntry', entry);
  return entry;
}

/** All matching entries, newest first, a batch at a time and as fast as they are taken; no transaction is held. */
export async function* readAll(sql: TenantSql, actor: Actor, filters: AuditFilters): AsyncGenerator<StoredEntry[]> {
  let before: string | undefined;
  for (;;) {
    const rows = await sql.all<StoredEntry>(select(actor, filters, before).limit(EXPORT_BATCH));
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    before = String(last.sequence);
  }
}
