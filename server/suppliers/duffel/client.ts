import { Duffel } from '@duffel/api';
import type { z } from 'zod';
import type { Clock } from '../../kernel/clock.ts';
import type { Metrics } from '../../kernel/metrics/metrics.ts';
import { SupplierError } from '../errors.ts';
import { createGate } from '../gate.ts';
import { isSupplierFailure, toSupplierError } from './errors.ts';

export const SUPPLIER = 'duffel';

export interface DuffelClientOptions {
  token: string;
  /** Ends in a slash; without it the client would drop a sub-path. */
  basePath: string;
  clock: Clock;
  metrics?: Metrics | undefined;
  timeouts?: { searchMs?: number; orderMs?: number; readMs?: number } | undefined;
}

type Kind = 'search' | 'read' | 'order';

/**
 * The unmodified `@duffel/api` client behind our own limits: it has neither time-outs nor retries. Searches, reads and orders have a
 * gate each, so that a storm of failing searches cannot keep a paid booking from being made or looked up.
 */
export function createDuffelClient(options: DuffelClientOptions) {
  const { clock, metrics } = options;
  if (!options.basePath.endsWith('/'))
    throw new TypeError('The base URL of the Duffel API must end in a slash (DUFFEL_API_BASE).');
  const duffel = new Duffel({ token: options.token, basePath: options.basePath, source: 'portolan' });
  const common = { supplier: SUPPLIER, failures: 5, openMs: 15_000, clock, metrics };
  const gates = {
    search: createGate({ ...common, concurrency: 24, queue: 200 }),
    read: createGate({ ...common, concurrency: 24, queue: 200 }),
    order: createGate({ ...common, concurrency: 16, queue: 100 }),
  };
  // Duffel answers orders within 120 s and advises to wait 130; a search is cut by its own supplier_timeout before ours.
  const timeouts: Record<Kind, number> = {
    search: options.timeouts?.searchMs ?? 25_000,
    read: options.timeouts?.readMs ?? 25_000,
    order: options.timeouts?.orderMs ?? 130_000,
  };

  /** Sends one call; errors are those of the wire (DuffelError, network) or a SupplierError of the gate. */
  function send<T>(
    kind: Kind,
    operation: string,
    work: (duffel: Duffel) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    return gates[kind].run({ operation, timeoutMs: timeouts[kind], signal, isFailure: isSupplierFailure }, () =>
      work(duffel),
    );
  }

  return {
    timeouts,
    send,
    /** Sends a call that only reads and checks its answer. @throws SupplierError or OfferGone */
    async read<S extends z.ZodType>(
      kind: Kind,
      operation: string,
      schema: S,
      work: (duffel: Duffel) => Promise<{ data: unknown }>,
      signal?: AbortSignal,
    ): Promise<z.infer<S>> {
      let data: unknown;
      try {
        data = (await send(kind, operation, work, signal)).data;
      } catch (error) {
        throw toSupplierError(error);
      }
      return check(schema, data, operation);
    },
  };
}

export type DuffelClient = ReturnType<typeof createDuffelClient>;

/** @throws SupplierError `bad_answer` when the answer lacks what we read of it. */
export function check<S extends z.ZodType>(schema: S, data: unknown, operation: string): z.infer<S> {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SupplierError(
    SUPPLIER,
    'bad_answer',
    `The supplier's answer could not be read (${operation}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}).`,
  );
}
