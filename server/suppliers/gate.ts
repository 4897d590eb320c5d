import type { Clock } from '../kernel/clock.ts';
import type { Metrics } from '../kernel/metrics/metrics.ts';
import { SupplierError } from './errors.ts';

export interface GateOptions {
  supplier: string;
  /** Calls under way at most; further ones wait in line. */
  concurrency: number;
  /** Calls waiting at most; further ones are refused at once. */
  queue: number;
  /** Failures in a row that open the circuit. */
  failures: number;
  /** How long an open circuit refuses before one call may try. */
  openMs: number;
  clock: Clock;
  metrics?: Metrics | undefined;
}

export interface Gate {
  /**
   * Runs one call under the gate's limits. The call itself cannot be aborted: when time is up its late answer is ignored.
   * `isFailure` says whether an error speaks of the supplier's health (a refusal does not).
   * @throws SupplierError `timeout`, `busy`, `circuit_open` or `unavailable` (aborted), else what the call threw.
   */
  run<T>(
    call: {
      operation: string;
      timeoutMs: number;
      signal?: AbortSignal | undefined;
      isFailure: (error: unknown) => boolean;
    },
    work: () => Promise<T>,
  ): Promise<T>;
}

/** Bulkhead, circuit breaker, time limit and metric of one kind of calls to one supplier. */
export function createGate(options: GateOptions): Gate {
  const { supplier, clock } = options;
  const waiting: Array<() => void> = [];
  let running = 0;
  let failures = 0;
  let openUntil = 0;
  let trial = false;

  function enter(): Promise<void> | undefined {
    if (running < options.concurrency) {
      running += 1;
      return undefined;
    }
    if (waiting.length >= options.queue)
      throw new SupplierError(
        supplier,
        'busy',
        'Too many requests are waiting for this supplier; try again in a moment.',
      );
    return new Promise((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    // The place passes to the next in line, so `running` stays.
    if (next) next();
    else running -= 1;
  }

  function checkCircuit(): void {
    if (openUntil === 0) return;
    if (clock.now().getTime() < openUntil || trial)
      throw new SupplierError(
        supplier,
        'circuit_open',
        'This supplier has been failing and is left alone for a few seconds; try again shortly.',
      );
    trial = true;
  }

  function note(failed: boolean): void {
    trial = false;
    failures = failed ? failures + 1 : 0;
    openUntil = failures >= options.failures ? clock.now().getTime() + options.openMs : 0;
  }

  return {
    async run(call, work) {
      checkCircuit();
      const wasTrial = trial;
      try {
        await enter();
      } catch (error) {
        if (wasTrial) trial = false;
        throw error;
      }
      const end = options.metrics?.supplierRequestDuration.startTimer({ supplier, operation: call.operation });
      try {
        const answer = await withinTime(supplier, call, work);
        note(false);
        end?.({ result: 'ok' });
        return answer;
      } catch (error) {
        const timedOut = error instanceof SupplierError && error.fault === 'timeout';
        note(timedOut || call.isFailure(error));
        end?.({ result: timedOut ? 'timeout' : call.isFailure(error) ? 'failed' : 'refused' });
        throw error;
      } finally {
        leave();
      }
    },
  };
}

function withinTime<T>(
  supplier: string,
  call: { timeoutMs: number; signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const stop = () => settle(() => reject(new SupplierError(supplier, 'unavailable', 'The request was given up.')));
    const timer = setTimeout(
      () =>
        settle(() =>
          reject(
            new SupplierError(
              supplier,
              'timeout',
              `The supplier did not answer within ${Math.round(call.timeoutMs / 1000)} s.`,
            ),
          ),
        ),
      call.timeoutMs,
    );
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', stop);
      finish();
    };
    // It may have been aborted while the call stood in line.
    if (call.signal?.aborted) return stop();
    call.signal?.addEventListener('abort', stop, { once: true });
    work().then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
