import type { Database } from '../kernel/database/database.ts';
import type { AuditAttempt, AuditNote, AuditResult, AuditTrail } from '../kernel/http/audit.ts';
import { newId } from '../kernel/ids.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { bodyOf, recordOf, type Act, type Outcome } from './entry.ts';
import { appendEntry, beginIntent, completeIntent } from './repository.ts';

const VERBS: Record<string, string> = { get: 'read', post: 'create', put: 'update', patch: 'update', delete: 'delete' };

/** The audit log as the API's routes see it: an intent before, a record after, one message each. */
export function createTrail({ database, metrics }: { database: Database; metrics: Metrics }): AuditTrail {
  const sqlOf = ({ context }: AuditAttempt) => database.tenant(context.tenant);
  const count = ({ outcome }: AuditResult) => metrics.auditEntries.inc({ outcome });
  return {
    async begin(attempt) {
      const id = newId();
      try {
        await beginIntent(sqlOf(attempt), id, bodyOf(recordOf(actOf(attempt, { outcome: 'unknown' }))));
      } catch (error) {
        metrics.auditUnavailable.inc();
        throw error;
      }
      return id;
    },
    async complete(intent, attempt, result) {
      await completeIntent(sqlOf(attempt), intent, bodyOf(recordOf(actOf(attempt, result))));
      count(result);
    },
    async record(attempt, result) {
      await appendEntry(sqlOf(attempt), bodyOf(recordOf(actOf(attempt, result))));
      count(result);
    },
  };
}

type Ending = { outcome: Outcome } & Partial<Omit<AuditResult, 'outcome'>>;

/** What a request is called in the log: its route, what it is about, what was noted on the way. */
function actOf({ context, route, params, fields, userAgent }: AuditAttempt, ending: Ending): Act {
  const noted = merge(ending.notes ?? []);
  const [verb, subject] = route.can === 'public' ? [VERBS[route.method], route.tag] : route.can;
  const details = { ...params, ...(fields.length > 0 ? { fields: [...fields] } : {}), ...noted.details };
  const { id: _subjectId, ...otherParams } = details as { id?: unknown };
  return {
    actor: context.actor,
    action: `${route.method.toUpperCase()} ${route.path}`,
    verb,
    subject: {
      type: noted.subject?.type ?? subject,
      id: noted.subject?.id ?? params.id ?? ending.answerId,
      label: noted.subject?.label,
    },
    outcome: ending.outcome,
    status: ending.status,
    problem: ending.problem,
    before: noted.before,
    after: noted.after,
    details: otherParams,
    origin: { ip: context.ip, userAgent, host: context.brand.hostname, brandId: context.brand.id },
    requestId: context.requestId,
  };
}

function merge(notes: readonly AuditNote[]): AuditNote {
  const merged: { -readonly [K in keyof AuditNote]: AuditNote[K] } = {};
  for (const { subject, before, after, details } of notes) {
    if (subject) merged.subject = { ...merged.subject, ...subject };
    if (before) merged.before = { ...merged.before, ...before };
    if (after) merged.after = { ...merged.after, ...after };
    if (details) merged.details = { ...merged.details, ...details };
  }
  return merged;
}
