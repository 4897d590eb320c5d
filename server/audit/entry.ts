import type { Actor } from '../kernel/http/actor.ts';
import { changedFields, initialsOf, maskFields, maskText, plainText, type FieldChange, type Masked } from './mask.ts';

export const OUTCOMES = ['done', 'denied', 'refused', 'failed', 'unknown', 'replayed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is written down of one act. It is masked when it is made: whatever holds a `Record` may be stored. */
export interface AuditRecord {
  actor: {
    kind: Actor['kind'] | 'operator';
    id: string | null;
    name: string;
    role: string | null;
    agencyId: string | null;
    agencyPath: string;
  };
  /** Who really acted, where it was not the actor. */
  actingParty: { kind: string; id: string | null; name: string; reason: string | null } | null;
  /** `PATCH /agencies/:id`, `identity.signed_in`, `cli.tenant.suspend`. */
  action: string;
  /** What kind of act: `create`, `update`, …; null where the action says it all. */
  verb: string | null;
  subject: { type: string; id: string | null; label: string | null };
  outcome: Outcome;
  status: number | null;
  problem: string | null;
  changes: Record<string, FieldChange> | null;
  details: Record<string, Masked> | null;
  origin: {
    ip: string | null;
    userAgent: string | null;
    host: string | null;
    brandId: string | null;
    sessionId: string | null;
  };
  requestId: string | null;
}

/** What an act is told with; everything but who and what may be missing. */
export interface Act {
  actor: Actor;
  action: string;
  verb?: string | undefined;
  subject: { type: string; id?: string | null | undefined; label?: string | null | undefined };
  outcome: Outcome;
  status?: number | undefined;
  problem?: string | null | undefined;
  before?: Readonly<Record<string, unknown>> | undefined;
  after?: Readonly<Record<string, unknown>> | undefined;
  details?: Readonly<Record<string, unknown>> | undefined;
  origin?: {
    ip?: string | undefined;
    userAgent?: string | null | undefined;
    host?: string | undefined;
    brandId?: string | undefined;
  };
  requestId?: string | undefined;
}

/** Words that name an act or an id; anything longer or stranger is not one of ours. */
const word = (text: string, max = 120): string => plainText(text).slice(0, max);
const idOf = (id: string | null | undefined): string | null => (id && /^[\w:.-]{1,64}$/.test(id) ? id : null);

/** The record of an act. Staff and programs bear their names, customers their initials: they may be forgotten, the log may not. */
export function recordOf(act: Act): AuditRecord {
  const { actor, subject } = act;
  const changes = act.before || act.after ? changedFields(act.before ?? {}, act.after ?? {}) : {};
  const details = act.details ? maskFields(act.details) : {};
  return {
    actor: {
      kind: actor.role === 'operator' ? 'operator' : actor.kind,
      id: actor.id,
      name: nameOf(actor),
      role: actor.role,
      agencyId: actor.agencyId,
      agencyPath: actor.agencyPath,
    },
    actingParty: actor.actingParty
      ? {
          kind: actor.actingParty.kind,
          id: actor.actingParty.id,
          name: word(actor.actingParty.name),
          reason: actor.actingParty.reason === null ? null : maskText(actor.actingParty.reason),
        }
      : null,
    action: word(act.action),
    verb: act.verb ?? null,
    subject: {
      type: word(subject.type, 60),
      id: idOf(subject.id),
      label: subject.label ? maskText(subject.label) : null,
    },
    outcome: act.outcome,
    status: act.status ?? null,
    problem: act.problem ?? null,
    changes: Object.keys(changes).length > 0 ? changes : null,
    details: Object.keys(details).length > 0 ? details : null,
    origin: {
      ip: act.origin?.ip ? word(act.origin.ip, 64) : null,
      userAgent: act.origin?.userAgent ? plainText(act.origin.userAgent) : null,
      host: act.origin?.host ? word(act.origin.host, 253) : null,
      brandId: act.origin?.brandId ?? null,
      sessionId: actor.sessionId ?? null,
    },
    requestId: act.requestId ? word(act.requestId, 64) : null,
  };
}

function nameOf({ name, role, kind }: Actor): string {
  if (kind === 'anonymous' || !name) return '';
  // An account without a name is called by its address.
  return role === 'customer' ? initialsOf(plainText(name.includes('@') ? name.slice(0, 1) : name)) : maskText(name);
}

/** The text that is hashed and kept. */
export const bodyOf = (record: AuditRecord): string => JSON.stringify(record);
