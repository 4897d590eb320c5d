import { AppError, NotFound, defineProblem } from '../errors.ts';
import type { Actor } from './actor.ts';
import type { CallerContext } from './context.ts';
import type { Reply, Route } from './route.ts';

/** What a use case adds to the record of its request. Values are masked before they are kept; secrets must not be given at all. */
export interface AuditNote {
  /** On what; each part overwrites what the route alone could tell. */
  subject?: { type?: string; id?: string; label?: string };
  /** The same fields before and after; only those that differ are kept. */
  before?: Readonly<Record<string, unknown>>;
  after?: Readonly<Record<string, unknown>>;
  details?: Readonly<Record<string, unknown>>;
}

/** `ctx.audit`: where a use case says what its request changed. Later notes add to earlier ones. */
export interface AuditPen {
  note(note: AuditNote): void;
}

/** For callers that keep no record: seeds and tests of a use case. */
export const noAudit: AuditPen = { note: () => undefined };

/** A request as it is tried: known before the handler runs. */
export interface AuditAttempt {
  readonly context: CallerContext;
  readonly route: Pick<Route, 'method' | 'path' | 'can' | 'tag'>;
  readonly params: Readonly<Record<string, string>>;
  /** Names of the body's fields that the route declares, never their values. */
  readonly fields: readonly string[];
  readonly userAgent: string | null;
}

/**
 * How it ended. `denied`: the actor may not, or not know of it; `refused`: a rule said no; `failed`: our fault; `replayed`: a repeated
 * idempotent request was answered again and did nothing.
 */
export interface AuditResult {
  readonly outcome: 'done' | 'denied' | 'refused' | 'failed' | 'replayed';
  readonly status: number;
  /** Code of the problem it was answered with. */
  readonly problem: string | null;
  readonly notes: readonly AuditNote[];
  /** `id` of the answer, where it has one: what was made. */
  readonly answerId: string | null;
}

/** Keeps the audit log; the kernel calls it around every route that changes something. */
export interface AuditTrail {
  /** Writes down what is about to be tried; answers the intent's id. */
  begin(attempt: AuditAttempt): Promise<string>;
  /** Turns the intent into a record, in one transaction. */
  complete(intent: string, attempt: AuditAttempt, result: AuditResult): Promise<void>;
  /** A record of what went no further than the door. */
  record(attempt: AuditAttempt, result: AuditResult): Promise<void>;
}

export const AuditUnavailable = defineProblem({
  code: 'audit.unavailable',
  status: 503,
  title: 'Nothing can be changed at the moment',
  detail: () =>
    'The request could not be entered in the audit log and was not carried out. Try again in a few seconds.',
  headers: () => ({ 'retry-after': '5' }),
});

/** Unsafe methods are recorded unless their route says that they change nothing; reads only where their route asks for it. */
export function isAudited({ method, audit }: Pick<Route, 'method' | 'audit'>, { kind, role }: Actor): boolean {
  if (audit === 'read-by-staff') return kind !== 'anonymous' && role !== 'customer';
  return audit === 'read' || (method !== 'get' && audit !== 'none');
}

/** Runs a handler between its intent and its record. What cannot be written down is not done. @throws AuditUnavailable */
export async function withAudit(
  trail: AuditTrail | undefined,
  attempt: AuditAttempt,
  work: (pen: AuditPen) => Promise<Reply>,
): Promise<Reply> {
  if (!trail) return work(noAudit);
  const { log } = attempt.context;
  const intent = await trail.begin(attempt).catch((error: unknown) => {
    log.error({ err: error }, 'the audit log cannot be written: refused');
    throw AuditUnavailable();
  });
  const notes: AuditNote[] = [];
  // The intent stands: a record that cannot be written now is made of it later, as unknown. The answer is not held back.
  const complete = (result: AuditResult) =>
    trail.complete(intent, attempt, result).catch((error: unknown) => {
      log.error({ err: error }, 'an audit record could not be completed');
    });
  try {
    const reply = await work({ note: (note) => void notes.push(note) });
    await complete(resultOf(reply, notes));
    return reply;
  } catch (error) {
    await complete(faultOf(error, notes));
    throw error;
  }
}

/**
 * Records that a request was turned away before its handler ran, or that a signed-in actor asked to read what it may not. Strangers'
 * reads leave nothing, so that nobody can fill the log from outside.
 */
export async function recordRefusal(
  trail: AuditTrail | undefined,
  attempt: AuditAttempt,
  error: unknown,
): Promise<void> {
  await trail?.record(attempt, faultOf(error, [])).catch((fault: unknown) => {
    attempt.context.log.error({ err: fault }, 'a refusal could not be entered in the audit log');
  });
}

export const isDenial = (error: unknown): boolean =>
  error instanceof AppError && (error.status === 401 || error.status === 403 || NotFound.is(error));

function resultOf(reply: Reply, notes: readonly AuditNote[]): AuditResult {
  const { id } = (reply.body ?? {}) as { id?: unknown };
  return {
    outcome: reply.headers?.['idempotency-replayed'] ? 'replayed' : 'done',
    status: reply.status,
    problem: null,
    notes,
    answerId: typeof id === 'string' ? id : null,
  };
}

function faultOf(error: unknown, notes: readonly AuditNote[]): AuditResult {
  const known = error instanceof AppError ? error : undefined;
  const outcome = isDenial(error) ? 'denied' : known && known.status < 500 ? 'refused' : 'failed';
  return {
    outcome,
    status: known?.status ?? 500,
    problem: known?.code ?? 'service.internal',
    notes,
    answerId: null,
  };
}
