import { expect, it } from 'vitest';
import { reachedLevel } from './receivable.ts';

it('a reminder is due three days before, and three, fourteen and thirty days after the day of payment', () => {
  const levels = [-4, -3, 0, 1, 2, 3, 13, 14, 29, 30, 400].map((days) => reachedLevel(days, 30));
  expect(levels).toEqual([undefined, 1, 1, undefined, undefined, 2, 2, 3, 3, 4, 4]);
  // What was due at once is not announced.
  expect([reachedLevel(0, 0), reachedLevel(0, 3), reachedLevel(3, 0)]).toEqual([undefined, undefined, 2]);
});
