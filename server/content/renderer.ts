import { Worker } from 'node:worker_threads';
import { createFairShare } from '../kernel/http/fair-share.ts';

const TIME_LIMIT_MS = 200;
/** A machine busy with other work gets one more chance; a template that needs this long is too costly in any case. */
const LAST_LIMIT_MS = 600;
/** A new thread reads its packages first. */
const START_LIMIT_MS = 10_000;
const IDLE_MS = 60_000;
const MEMORY = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16, stackSizeMb: 2 };

export type TemplateFaultCode =
  | 'attribute_unquoted'
  | 'raw_output'
  | 'helper_unknown'
  | 'partial'
  | 'name_refused'
  | 'not_text'
  | 'syntax'
  | 'not_rendered'
  | 'too_long'
  | 'too_costly';
export type RenderOutcome =
  { ok: true; html: string } | { ok: false; faults: ReadonlyArray<{ line: number; text: TemplateFaultCode }> };

/** `source`: a template, rendered and sanitised. `html`: sanitised alone. */
export type RenderJob = { source: string; values: Record<string, unknown> } | { html: string };

const TOO_COSTLY: RenderOutcome = { ok: false, faults: [{ line: 1, text: 'too_costly' }] };

interface RenderThread {
  worker: Worker;
  ready: Promise<void>;
  /** Takes the outcome of the template under way. */
  answer: (outcome: RenderOutcome) => void;
}

function startThread(): RenderThread {
  const worker = new Worker(new URL('./render-worker.mjs', import.meta.url), {
    resourceLimits: MEMORY,
    // Nothing of the process is a template's business.
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  const thread: RenderThread = { worker, ready: Promise.resolve(), answer: () => undefined };
  thread.ready = new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('The render thread did not start.')), START_LIMIT_MS);
    const settle = (end: () => void) => {
      clearTimeout(late);
      end();
    };
    worker.on('message', (message: { ready: true } | { outcome: RenderOutcome }) => {
      if ('ready' in message) settle(resolve);
      else thread.answer(message.outcome);
    });
    // Out of memory, or ended: whatever was under way cost too much.
    worker.on('error', (error) =>
      settle(() => {
        reject(error);
        thread.answer(TOO_COSTLY);
      }),
    );
    worker.on('exit', () => thread.answer(TOO_COSTLY));
  });
  thread.ready.catch(() => undefined);
  worker.unref();
  return thread;
}

/**
 * Renders what tenants write, in one thread with 64 MB that is ended when a template takes longer than 200 ms. Each tenant has one template
 * under way and a few in line; whoever comes in between waits for one template of each of the others at most.
 */
export function createRenderer(options: { timeLimitMs?: number } = {}) {
  const lanes = createFairShare({ atOnce: 1, waiting: 8, waitMs: 5000 });
  let thread: RenderThread | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let idle: NodeJS.Timeout | undefined;

  async function end(): Promise<void> {
    const ending = thread;
    thread = undefined;
    await ending?.worker.terminate();
  }

  async function runAlone(job: RenderJob, limitMs: number): Promise<RenderOutcome> {
    clearTimeout(idle);
    thread ??= startThread();
    const current = thread;
    try {
      await current.ready;
    } catch (error) {
      await end();
      throw error;
    }
    const outcome = await new Promise<RenderOutcome>((resolve) => {
      const late = setTimeout(() => current.answer(TOO_COSTLY), limitMs);
      current.answer = (value) => {
        clearTimeout(late);
        resolve(value);
      };
      current.worker.postMessage({ job });
    });
    if (outcome === TOO_COSTLY) await end();
    else idle = setTimeout(() => void end(), IDLE_MS).unref();
    return outcome;
  }

  return {
    render: (tenantId: string, job: RenderJob): Promise<RenderOutcome> =>
      lanes.run(tenantId, () => {
        const mine = last.then(async () => {
          const outcome = await runAlone(job, options.timeLimitMs ?? TIME_LIMIT_MS);
          return outcome === TOO_COSTLY && options.timeLimitMs === undefined ? runAlone(job, LAST_LIMIT_MS) : outcome;
        });
        last = mine.catch(() => undefined);
        return mine;
      }),
    close: end,
  };
}

export type Renderer = ReturnType<typeof createRenderer>;
