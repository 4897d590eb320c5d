import { describe, expect, it } from 'vitest';
import { canBecome, isOver, type PaymentState } from './payment.ts';

const all: PaymentState[] = [
  'created',
  'requires_action',
  'authorised',
  'processing',
  'succeeded',
  'failed',
  'cancelled',
  'refunded',
  'partially_refunded',
  'disputed',
];

describe('the state of a payment', () => {
  it('never goes back because a webhook came late', () => {
    const late: Array<[PaymentState, PaymentState]> = [
      ['succeeded', 'authorised'],
      ['succeeded', 'processing'],
      ['succeeded', 'failed'],
      ['succeeded', 'cancelled'],
      ['authorised', 'requires_action'],
      ['authorised', 'processing'],
      ['refunded', 'succeeded'],
      ['cancelled', 'authorised'],
      ['failed', 'authorised'],
      ['partially_refunded', 'succeeded'],
    ];
    for (const [from, to] of late) expect([from, to, canBecome(from, to)]).toEqual([from, to, false]);
  });

  it('does not change by the same news twice, except for another part returned', () => {
    for (const state of all) expect([state, canBecome(state, state)]).toEqual([state, false]);
  });

  it('is over when nothing can be taken or returned any more', () => {
    expect(all.filter(isOver).sort()).toEqual(['cancelled', 'failed', 'refunded']);
    for (const end of all.filter(isOver)) expect(all.some((to) => canBecome(end, to))).toBe(false);
  });

  it('reaches the end of the way: authorised, taken, returned', () => {
    const way: PaymentState[] = [
      'created',
      'requires_action',
      'authorised',
      'succeeded',
      'partially_refunded',
      'refunded',
    ];
    for (const [index, from] of way.slice(0, -1).entries())
      expect([from, canBecome(from, way[index + 1]!)]).toEqual([from, true]);
  });
});
