import { TooManyRequests } from './rate-limit.ts';

/** Runs work of many owners so that none takes more than its share of the process. */
export interface FairShare {
  /** @throws TooManyRequests when the owner has too much waiting already, or it waited too long */
  run<T>(owner: string, work: () => Promise<T>): Promise<T>;
}

interface Lane {
  running: number;
  waiting: Array<{ start: () => void }>;
}

/**
 * At most `atOnce` pieces of an owner's work are under way at once; more wait in the owner's own line, `waiting` of them for `waitMs` at
 * most. What an owner sends beyond that costs the others nothing but the refusal.
 */
export function createFairShare(options: { atOnce: number; waiting: number; waitMs: number }): FairShare {
  const lanes = new Map<string, Lane>();

  const leave = (owner: string, lane: Lane): void => {
    const next = lane.waiting.shift();
    if (next) return next.start();
    lane.running -= 1;
    if (lane.running === 0) lanes.delete(owner);
  };

  const waitIn = (lane: Lane): Promise<void> =>
    new Promise((resolve, reject) => {
      if (lane.waiting.length >= options.waiting) return reject(TooManyRequests({ seconds: 1 }));
      const place = {
        start: () => {
          clearTimeout(timer);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        lane.waiting.splice(lane.waiting.indexOf(place), 1);
        reject(TooManyRequests({ seconds: 2 }));
      }, options.waitMs);
      lane.waiting.push(place);
    });

  return {
    async run(owner, work) {
      const lane = lanes.get(owner) ?? { running: 0, waiting: [] };
      lanes.set(owner, lane);
      // Whoever leaves hands the place on, so that a newcomer cannot overtake the line.
      if (lane.running < options.atOnce) lane.running += 1;
      else await waitIn(lane);
      try {
        return await work();
      } finally {
        leave(owner, lane);
      }
    },
  };
}
