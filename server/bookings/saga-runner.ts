import type { Database } from '../kernel/database/database.ts';
import type { Tenant } from '../kernel/http/context.ts';
import type { Logger } from '../kernel/logging/logger.ts';
import { must } from '../kernel/must.ts';
import { RetryLater } from '../kernel/outbox/consumers.ts';
import type { Booking } from './booking.ts';
import { getById } from './repository.ts';
import {
  endStep,
  findSaga,
  startStep,
  updateSaga,
  type Direction,
  type Saga,
  type StepRecord,
} from './saga-repository.ts';

/** How a step ended. `wait`: come back; `fail`: it cannot succeed, undo what was done; `park`: a person must look. */
export type StepOutcome =
  | { kind: 'done'; output?: Record<string, unknown> }
  | { kind: 'wait'; seconds: number; why: string; output?: Record<string, unknown> }
  | { kind: 'fail'; reason: string }
  | { kind: 'park'; reason: string };

export interface StepRun {
  tenant: Tenant;
  booking: Booking;
  saga: Saga;
  /** What an earlier attempt left; `state: 'started'` means it died in the middle. */
  earlier: StepRecord | undefined;
}

/** One step, both ways on one screen. `forward` must be idempotent: it runs again after a kill. */
export interface SagaStep {
  id: string;
  forward(run: StepRun): Promise<StepOutcome>;
  /** Undoes `forward`; absent when there is nothing to undo. */
  compensate?(run: StepRun): Promise<StepOutcome>;
}

export interface SagaDefinition {
  kind: string;
  steps: readonly SagaStep[];
  /** After all steps were undone. */
  onCompensated(run: Omit<StepRun, 'earlier'>, reason: string): Promise<void>;
  /** When a person must look. */
  onParked(run: Omit<StepRun, 'earlier'>, reason: string): Promise<void>;
}

/** A step that throws this often is parked: something is wrong that time does not mend. */
const MAX_FAULTS = 12;

/**
 * Drives a saga from where it stands to its end, or to the next wait. Each step is recorded before and after it runs, so that a killed
 * process is resumed at the step it died in. Faults are thrown on: the outbox delivers the event again with growing pauses.
 * @throws RetryLater when a step waits
 */
export async function runSaga(
  deps: { database: Database; log: Logger },
  definition: SagaDefinition,
  tenant: Tenant,
  sagaId: string,
): Promise<void> {
  const sql = deps.database.tenant(tenant);
  for (;;) {
    const saga = await findSaga(sql, sagaId);
    if (!saga || (saga.state !== 'running' && saga.state !== 'compensating')) return;
    const index = definition.steps.findIndex((step) => step.id === saga.step);
    const step = must(definition.steps[index], `the step ${saga.step} of saga ${definition.kind}`);
    const direction: Direction = saga.state === 'running' ? 'forward' : 'compensate';
    const booking = await getById(sql, saga.bookingId);
    const outcome = await runStep(deps, step, direction, { tenant, booking, saga });
    const run = { tenant, booking, saga };

    if (outcome.kind === 'wait') throw new RetryLater(outcome.seconds, outcome.why);
    if (outcome.kind === 'park') {
      await updateSaga(sql, saga.id, { state: 'parked', lastError: outcome.reason });
      await definition.onParked(run, outcome.reason);
      return;
    }
    if (outcome.kind === 'fail') {
      await updateSaga(sql, saga.id, {
        state: 'compensating',
        context: { ...saga.context, reason: outcome.reason },
        lastError: outcome.reason,
      });
      continue;
    }
    const next = definition.steps[direction === 'forward' ? index + 1 : index - 1];
    if (next) await updateSaga(sql, saga.id, { step: next.id });
    else if (direction === 'forward') await updateSaga(sql, saga.id, { state: 'done' });
    else {
      await definition.onCompensated(run, typeof saga.context.reason === 'string' ? saga.context.reason : 'unknown');
      await updateSaga(sql, saga.id, { state: 'compensated' });
    }
  }
}

async function runStep(
  deps: { database: Database; log: Logger },
  step: SagaStep,
  direction: Direction,
  run: Omit<StepRun, 'earlier'>,
): Promise<StepOutcome> {
  const sql = deps.database.tenant(run.tenant);
  const work = direction === 'forward' ? step.forward : step.compensate;
  if (!work) return { kind: 'done' };
  const earlier = await startStep(sql, run.saga.id, step.id, direction);
  if (earlier?.state === 'done') return { kind: 'done' };
  try {
    const outcome = await work({ ...run, earlier });
    const state = outcome.kind === 'done' ? 'done' : outcome.kind === 'wait' ? 'waiting' : 'failed';
    const error = outcome.kind === 'wait' ? outcome.why : outcome.kind === 'done' ? undefined : outcome.reason;
    await endStep(sql, run.saga.id, step.id, direction, {
      state,
      ...('output' in outcome && outcome.output ? { output: outcome.output } : {}),
      ...(error ? { error } : {}),
    });
    return outcome;
  } catch (error) {
    const faults = Number(earlier?.output?.faults ?? 0) + 1;
    const message = (error as Error).message;
    deps.log.warn(
      { err: error, step: step.id, direction, tenant: run.tenant.id, booking: run.booking.id, faults },
      'saga step failed',
    );
    await endStep(sql, run.saga.id, step.id, direction, {
      state: 'failed',
      output: { ...earlier?.output, faults },
      error: message,
    });
    if (faults >= MAX_FAULTS) return { kind: 'park', reason: `${step.id}: ${message}` };
    throw error;
  }
}
