const KINDS = ['refuse', 'slow'] as const;
export interface MailFault {
  kind: (typeof KINDS)[number];
  times: number;
  delayMs: number;
  code: number;
}
export interface MailFaults {
  add(input: unknown): MailFault;
  take(): MailFault | undefined;
}

function readNumber(value: unknown, fallback: number): number {
  const number = Number(value ?? fallback);
  return Number.isFinite(number) && number >= 0 ? number : fallback;
}

/** Ways the mail server can misbehave on request: `refuse` (451, or another `code`) and `slow` (`delay_ms`). */
export function createMailFaults(): MailFaults {
  const waiting: MailFault[] = [];
  return {
    add(input) {
      const given = (typeof input === 'object' && input !== null ? input : {}) as Record<string, unknown>;
      const kind = KINDS.find((known) => known === given.kind);
      if (!kind) throw new TypeError(`Unknown fault '${String(given.kind)}': use one of ${KINDS.join(', ')}.`);
      const fault: MailFault = {
        kind,
        times: readNumber(given.times, 1),
        delayMs: readNumber(given.delay_ms, 2_000),
        code: readNumber(given.code, 451),
      };
      waiting.push(fault);
      return { ...fault };
    },
    take() {
      const fault = waiting[0];
      if (!fault) return undefined;
      fault.times -= 1;
      if (fault.times <= 0) waiting.shift();
      return fault;
    },
  };
}
