/** Ways the sandbox can misbehave on request, so that callers prove they cope. */
export const API_FAULTS = ['http_500', 'slow', 'lost_answer'] as const;
export const WEBHOOK_FAULTS = ['duplicate', 'late', 'out_of_order', 'drop'] as const;
export type FaultKind = (typeof API_FAULTS)[number] | (typeof WEBHOOK_FAULTS)[number];

export interface Fault {
  kind: FaultKind;
  times: number;
  delayMs: number;
  path?: string;
  event?: string;
}

export interface Faults {
  add(input: unknown): Fault;
  clear(): void;
  list(): Fault[];
  /** Uses up one turn of the first fault of these kinds that fits. */
  take(kinds: readonly FaultKind[], subject: { path?: string; event?: string }): Fault | undefined;
}

const KINDS: readonly string[] = [...API_FAULTS, ...WEBHOOK_FAULTS];

function readNumber(value: unknown, fallback: number): number {
  const number = Number(value ?? fallback);
  return Number.isFinite(number) && number >= 0 ? number : fallback;
}

/** Keeps the faults still to happen, in memory: a restart forgets them. */
export function createFaults(): Faults {
  let waiting: Fault[] = [];
  return {
    add(input) {
      const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
      const kind = KINDS.find((known) => known === given.kind);
      if (kind === undefined)
        throw new TypeError(`Unknown fault '${String(given.kind)}': use one of ${KINDS.join(', ')}.`);
      const fault: Fault = {
        kind: kind as FaultKind,
        times: readNumber(given.times, 1),
        delayMs: readNumber(given.delay_ms, 2_000),
        ...(typeof given.path === 'string' ? { path: given.path } : {}),
        ...(typeof given.event === 'string' ? { event: given.event } : {}),
      };
      waiting.push(fault);
      return fault;
    },
    clear() {
      waiting = [];
    },
    list: () => waiting.map((fault) => ({ ...fault })),
    take(kinds, subject) {
      const found = waiting.find(
        (fault) =>
          kinds.includes(fault.kind) &&
          (!fault.path || subject.path?.startsWith(fault.path)) &&
          (!fault.event || subject.event === fault.event),
      );
      if (!found) return undefined;
      found.times -= 1;
      if (found.times <= 0) waiting = waiting.filter((fault) => fault !== found);
      return found;
    },
  };
}
