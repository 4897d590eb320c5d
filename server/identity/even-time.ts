import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than the work takes on a machine that is not overloaded: below it nothing can be measured. */
const LEAST_MS = 250;

/**
 * Answers no sooner than a fixed time after the start, so that an account that exists and one that does not cannot be told apart by the
 * clock (OWASP ASVS 5, 6.3.8).
 */
export async function evenly<T>(work: () => Promise<T>, started = performance.now()): Promise<T> {
  const done = await work();
  await sleep(Math.max(0, started + LEAST_MS - performance.now()));
  return done;
}
