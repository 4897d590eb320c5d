import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const IDLE_MS = 60_000;
/** OWASP password storage: argon2id, 19 MiB, two passes, one lane. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

type Answer = { id: number; result: string | boolean } | { id: number; fault: string };
interface Waiting {
  resolve: (result: string | boolean) => void;
  reject: (error: Error) => void;
}

/**
 * argon2id in a process of its own with a low priority, begun with the first password and ended after a minute without one. Neither the event loop nor
 * the thread pool of the process that serves requests has anything to do with it. @throws Error when that process dies over the work
 */
export function createHasher() {
  const waiting = new Map<number, Waiting>();
  let child: ChildProcess | undefined;
  let idle: NodeJS.Timeout | undefined;
  let asked = 0;

  function start(): ChildProcess {
    const started = fork(fileURLToPath(new URL('./hash-process.mjs', import.meta.url)), [], {
      env: {},
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    started.on('message', (answer: Answer) => {
      const job = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('fault' in answer) job?.reject(new Error(answer.fault));
      else job?.resolve(answer.result);
      if (waiting.size === 0) rest(started);
    });
    const gone = () => {
      if (child !== started) return;
      child = undefined;
      for (const { reject } of waiting.values()) reject(new Error('The process that hashes passwords ended.'));
      waiting.clear();
    };
    started.on('exit', gone);
    started.on('error', gone);
    started.unref();
    return started;
  }

  /** Nothing under way: it keeps nobody from ending, and is ended itself when nobody comes. */
  function rest(current: ChildProcess): void {
    current.channel?.unref();
    idle = setTimeout(() => {
      if (child === current) child = undefined;
      current.disconnect();
    }, IDLE_MS).unref();
  }

  function ask(work: { password: string; stored?: string }): Promise<string | boolean> {
    clearTimeout(idle);
    const current = (child ??= start());
    current.channel?.ref();
    asked += 1;
    const id = asked;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      current.send({ id, ...work, options: OPTIONS }, (error) => {
        if (error && waiting.delete(id)) reject(error);
      });
    });
  }

  return {
    hash: async (password: string): Promise<string> => String(await ask({ password })),
    /** False also for what is no hash. */
    verify: async (stored: string, password: string): Promise<boolean> => (await ask({ password, stored })) === true,
  };
}
