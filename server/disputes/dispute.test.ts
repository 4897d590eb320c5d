import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DISPUTE_STATES, isOver, leadsOn, reasonOf, type DisputeState } from './dispute.ts';

describe('leadsOn', () => {
  it('never leads back, and never out of a decision', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...DISPUTE_STATES), { minLength: 1, maxLength: 12 }), (told) => {
        let known: DisputeState | undefined;
        for (const state of told) {
          if (!leadsOn(known, state)) continue;
          expect(known === 'won' || known === 'lost').toBe(false);
          known = state;
        }
        const decided = told.find((state) => state === 'won' || state === 'lost');
        // The first decision stands, whatever arrives before or after it.
        if (decided) expect(known).toBe(decided);
        if (known && isOver(known)) expect(told).toContain(known);
      }),
    );
  });

  it('lets an inquiry become a dispute', () => {
    expect(leadsOn('warning_closed', 'needs_response')).toBe(true);
    expect(leadsOn('under_review', 'needs_response')).toBe(false);
  });
});

it('calls a reason nobody knows a general one', () => {
  expect([reasonOf('fraudulent'), reasonOf('brand_new')]).toEqual(['fraudulent', 'general']);
});
