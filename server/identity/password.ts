import { availableParallelism } from 'node:os';
import { defineProblem } from '../kernel/errors.ts';
import { newSecret } from '../kernel/ids.ts';
import { createHasher } from './hasher.ts';

/** One processor stays for everything else, also on the smallest machine. */
const AT_ONCE = Math.min(2, Math.max(1, availableParallelism() - 1));
const WAITING_AT_MOST = 200;

const Overloaded = defineProblem({
  code: 'identity.overloaded',
  status: 503,
  title: 'Too many sign-ins at this moment',
  detail: () => 'Try again in a few seconds.',
  headers: () => ({ 'retry-after': '5' }),
});

/** Lets `limit` pieces of work run at once, the rest wait in line; refuses when the line is too long. */
function createGate(limit: number, waitingAtMost: number) {
  let running = 0;
  const line: Array<() => void> = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= limit) {
      if (line.length >= waitingAtMost) throw Overloaded();
      await new Promise<void>((proceed) => line.push(proceed));
    } else running++;
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else running--;
    }
  };
}

export interface Passwords {
  hash(password: string): Promise<string>;
  /** False for a wrong password. Without a stored hash it does the same work and answers false, so that time tells nothing. */
  verify(stored: string | null | undefined, password: string): Promise<boolean>;
}

/** Hashing takes 19 MiB and some 30 ms of a core each: at most two at once, fewer than there are cores, so that a flood of sign-ins leaves room for other work. */
export function createPasswords(): Passwords {
  const hasher = createHasher();
  const gate = createGate(AT_ONCE, WAITING_AT_MOST);
  let dummy: Promise<string> | undefined;
  const dummyHash = (): Promise<string> => {
    dummy ??= hasher.hash(newSecret());
    dummy.catch(() => (dummy = undefined));
    return dummy;
  };
  return {
    hash: (password) => gate(() => hasher.hash(password)),
    verify: (stored, password) =>
      gate(async () => {
        const known = stored ?? (await dummyHash());
        const same = await hasher.verify(known, password);
        return same && stored !== null && stored !== undefined;
      }),
  };
}
