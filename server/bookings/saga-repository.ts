import { json, q } from '../kernel/database/builder.ts';
import type { TenantSql } from '../kernel/database/sql.ts';

export type SagaState = 'running' | 'compensating' | 'done' | 'compensated' | 'parked';
export type Direction = 'forward' | 'compensate';

export interface Saga {
  id: string;
  bookingId: string;
  kind: string;
  state: SagaState;
  step: string;
  context: Record<string, unknown>;
}

export interface StepRecord {
  step: string;
  direction: Direction;
  state: 'started' | 'done' | 'failed' | 'waiting';
  attempts: number;
  output: Record<string, unknown> | null;
  error: string | null;
  startedAt: Date;
}

interface SagaRow {
  id: string;
  booking_id: string;
  kind: string;
  state: SagaState;
  step: string;
  context: Record<string, unknown>;
}
interface StepRow {
  step: string;
  direction: Direction;
  state: StepRecord['state'];
  attempts: number;
  output: Record<string, unknown> | null;
  error: string | null;
  started_at: Date;
}

const toSaga = (row: SagaRow): Saga => ({
  id: row.id,
  bookingId: row.booking_id,
  kind: row.kind,
  state: row.state,
  step: row.step,
  context: row.context,
});
const toStep = (row: StepRow): StepRecord => ({
  step: row.step,
  direction: row.direction,
  state: row.state,
  attempts: row.attempts,
  output: row.output,
  error: row.error,
  startedAt: row.started_at,
});

export async function insertSaga(
  sql: TenantSql,
  saga: Pick<Saga, 'id' | 'bookingId' | 'kind' | 'step'> & { context?: Record<string, unknown> },
): Promise<void> {
  await sql.run(
    q('sagas')
      .insert({
        id: saga.id,
        booking_id: saga.bookingId,
        kind: saga.kind,
        step: saga.step,
        context: json(saga.context ?? {}),
      })
      .onConflict('id')
      .ignore(),
  );
}

export async function findSaga(sql: TenantSql, id: string): Promise<Saga | undefined> {
  const row = await sql.one<SagaRow>(q('sagas').where({ id }));
  return row && toSaga(row);
}

export async function findSagaOfBooking(sql: TenantSql, bookingId: string): Promise<Saga | undefined> {
  const row = await sql.one<SagaRow>(
    q('sagas').where({ booking_id: bookingId }).orderBy('created_at', 'desc').limit(1),
  );
  return row && toSaga(row);
}

export async function updateSaga(
  sql: TenantSql,
  id: string,
  change: Partial<Pick<Saga, 'state' | 'step' | 'context'>> & { lastError?: string },
): Promise<void> {
  await sql.run(
    q('sagas')
      .where({ id })
      .update({
        state: change.state,
        step: change.step,
        context: change.context && json(change.context),
        last_error: change.lastError,
        updated_at: q.fn.now(),
      }),
  );
}

/**
 * Records that a step is about to run, before it touches the outside, and returns what was recorded of it before: a `started` row
 * left behind means a process died in the middle and the outcome is not known.
 */
export async function startStep(
  sql: TenantSql,
  sagaId: string,
  step: string,
  direction: Direction,
): Promise<StepRecord | undefined> {
  const before = await sql.one<StepRow>(q('saga_steps').where({ saga_id: sagaId, step, direction }));
  if (before?.state === 'done') return toStep(before);
  await sql.run(
    q.raw(
      `insert into saga_steps as s (saga_id, step, direction, state) values (?, ?, ?, 'started')
       on conflict (saga_id, step, direction) do update set state = 'started', attempts = s.attempts + 1, started_at = now()`,
      [sagaId, step, direction],
    ),
  );
  return before && toStep(before);
}

export async function endStep(
  sql: TenantSql,
  sagaId: string,
  step: string,
  direction: Direction,
  end: { state: StepRecord['state']; output?: Record<string, unknown>; error?: string },
): Promise<void> {
  await sql.run(
    q('saga_steps')
      .where({ saga_id: sagaId, step, direction })
      .update({
        state: end.state,
        output: end.output && json(end.output),
        error: end.error ?? null,
        ended_at: q.fn.now(),
      }),
  );
}

export async function listSteps(sql: TenantSql, sagaId: string): Promise<StepRecord[]> {
  return (await sql.all<StepRow>(q('saga_steps').where({ saga_id: sagaId }).orderBy('started_at'))).map(toStep);
}
