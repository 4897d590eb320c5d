import type { Database } from '../database/database.ts';
import type { Logger } from '../logging/logger.ts';
import { claimDue } from './store.ts';

export interface JobPayload {
  /** Tenant the event belongs to; the handler opens it anew and checks its state. */
  tenantId: string;
  outboxId: string;
}

const BATCH = 100;
const IDLE_POLL_MS = 500;

/**
 * Moves due outbox rows to the queue, at least once each. PostgreSQL's NOTIFY is only a hint to look at once; the poll is what
 * guarantees delivery, so a lost notification or a flushed Redis merely delays.
 */
export function createRelay(deps: { database: Database; enqueue: (job: JobPayload) => Promise<void>; log: Logger }) {
  const { database, enqueue, log } = deps;
  let running = false;
  let wake: (() => void) | undefined;
  let loop: Promise<void> = Promise.resolve();

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function moveDue(): Promise<number> {
    const due = await claimDue(database.platform, BATCH);
    for (const row of due) await enqueue({ tenantId: row.tenant_id, outboxId: row.id });
    return due.length;
  }

  async function listen(): Promise<() => void> {
    const session = await database.lockSession();
    session.on('notification', () => wake?.());
    session.on('error', () => undefined);
    await session.query('listen portolan_outbox');
    return () => session.release(true);
  }

  async function run(): Promise<void> {
    let stopListening: (() => void) | undefined;
    while (running) {
      try {
        stopListening ??= await listen();
        const moved = await moveDue();
        if (moved < BATCH) await pause(IDLE_POLL_MS);
      } catch (error) {
        log.warn({ err: error }, 'outbox relay could not work; trying again');
        stopListening?.();
        stopListening = undefined;
        await pause(1000);
      }
    }
    stopListening?.();
  }

  return {
    start() {
      running = true;
      loop = run();
    },
    async stop() {
      running = false;
      wake?.();
      await loop;
    },
    moveDue,
  };
}
