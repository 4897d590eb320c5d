import { invalid } from './envelope.ts';

export const faultKinds = [
  'price_change',
  'expired',
  'gone',
  'http_500',
  'http_429',
  'slow',
  'hang',
  'created_then_timeout',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  operation: string;
  kind: FaultKind;
  /** How many more times it strikes. */
  times: number;
  /** Strikes only when the path, query or body contains this text. */
  match: string | null;
  delayMs: number;
}

export interface FaultRegistry {
  add(fault: Fault): void;
  /** The first fault that fits, counted down. */
  take(operation: string, haystack: string): Fault | undefined;
  list(): Fault[];
  clear(): void;
}

export function createFaultRegistry(): FaultRegistry {
  let faults: Fault[] = [];
  return {
    add: (fault) => void faults.push(fault),
    take(operation, haystack) {
      const fault = faults.find(
        (candidate) =>
          candidate.operation === operation && (candidate.match === null || haystack.includes(candidate.match)),
      );
      if (!fault) return undefined;
      fault.times -= 1;
      if (fault.times <= 0) faults = faults.filter((candidate) => candidate !== fault);
      return fault;
    },
    list: () => faults.map((fault) => ({ ...fault })),
    clear: () => void (faults = []),
  };
}

/** Reads the admin route's body `{operation, kind, times?, match?, delay_ms?}`. */
export function parseFault(body: unknown, operations: readonly string[]): Fault {
  const input = (body ?? {}) as Record<string, unknown>;
  const kind = faultKinds.find((name) => name === input['kind']);
  if (!kind) throw invalid('validation_inclusion', `Field 'kind' must be one of ${faultKinds.join(', ')}`, '/kind');
  const operation = operations.find((name) => name === input['operation']);
  if (!operation)
    throw invalid('validation_inclusion', `Field 'operation' must be one of ${operations.join(', ')}`, '/operation');
  const times = Number(input['times'] ?? 1);
  const match =
    input['match'] === undefined || input['match'] === null
      ? null
      : typeof input['match'] === 'string'
        ? input['match']
        : JSON.stringify(input['match']);
  return {
    operation,
    kind,
    times: Number.isInteger(times) && times > 0 ? times : 1,
    match,
    delayMs: Number(input['delay_ms'] ?? (kind === 'slow' ? 3000 : 0)),
  };
}
