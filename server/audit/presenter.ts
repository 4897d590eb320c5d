import { CSV_START, csvLine } from '../kernel/csv.ts';
import type { AuditRecord } from './entry.ts';
import type { StoredEntry } from './read-entries.ts';

/** What is kept, less what only the access rules need. */
export function presentEntry({ sequence, occurred_at, body, hash }: StoredEntry) {
  const record = JSON.parse(body) as AuditRecord & { startedAt?: string };
  const { agencyPath: _path, ...actor } = record.actor;
  const { startedAt, ...rest } = record;
  const details = startedAt ? { ...rest.details, startedAt } : rest.details;
  return { ...rest, details, id: sequence, at: occurred_at, actor, hash };
}

const CSV_HEADER = csvLine([
  'number',
  'time (UTC)',
  'actor kind',
  'actor',
  'role',
  'actor id',
  'acted through',
  'action',
  'subject',
  'subject id',
  'label',
  'outcome',
  'status',
  'problem',
  'changes',
  'details',
  'address',
  'host',
  'browser',
  'request',
  'hash',
]);

/** The export, a batch of lines at a time. */
export async function* csvOf(batches: AsyncIterable<StoredEntry[]>): AsyncGenerator<string> {
  yield CSV_START + CSV_HEADER;
  for await (const entries of batches) yield entries.map(csvOfEntry).join('');
}

function csvOfEntry(entry: StoredEntry): string {
  const { id, at, actor, actingParty, action, subject, outcome, status, problem, ...rest } = presentEntry(entry);
  const changes = Object.entries(rest.changes ?? {}).map(([field, { from, to }]) => `${field}: ${from} → ${to}`);
  return csvLine([
    id,
    at,
    actor.kind,
    actor.name,
    actor.role,
    actor.id,
    actingParty?.name,
    action,
    subject.type,
    subject.id,
    subject.label,
    outcome,
    status,
    problem,
    changes.join('; '),
    rest.details ? JSON.stringify(rest.details) : null,
    rest.origin.ip,
    rest.origin.host,
    rest.origin.userAgent,
    rest.requestId,
    rest.hash,
  ]);
}
