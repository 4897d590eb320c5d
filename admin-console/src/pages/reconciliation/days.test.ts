import { expect, it } from 'vitest';
import { barsOf } from './days.ts';

it('adds up both counterparties of a day, oldest first', () => {
  const one = { finishedAt: '', found: 0 };
  expect(
    barsOf([
      { ...one, day: '2026-11-24', counterparty: 'stripe', compared: 5, unmatched: 1 },
      { ...one, day: '2026-11-24', counterparty: 'suppliers', compared: 4, unmatched: 0 },
      { ...one, day: '2026-11-23', counterparty: 'stripe', compared: 2, unmatched: 0 },
    ]),
  ).toEqual([
    { day: '2026-11-23', compared: 2, unmatched: 0 },
    { day: '2026-11-24', compared: 9, unmatched: 1 },
  ]);
});
