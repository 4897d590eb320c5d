import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDisputeChange, type DisputeStanding } from '../ledger/index.ts';
import { DISPUTE_STATES, isOver, leadsOn, reasonOf, type DisputeProgress, type DisputeState } from './dispute.ts';

const at = (state: DisputeState, withdrawnMinor = 0, returnedMinor = 0): DisputeProgress => ({
  state,
  withdrawnMinor,
  returnedMinor,
});

describe('leadsOn', () => {
  it('never leads back, and never out of a decision', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...DISPUTE_STATES), { minLength: 1, maxLength: 12 }), (told) => {
        let known: DisputeProgress | undefined;
        for (const state of told) {
          if (!leadsOn(known, at(state))) continue;
          expect(known?.state === 'won' || known?.state === 'lost').toBe(false);
          known = at(state);
        }
        const decided = told.find((state) => state === 'won' || state === 'lost');
        // The first decision stands, whatever arrives before or after it.
        if (decided) expect(known?.state).toBe(decided);
        if (known && isOver(known.state)) expect(told).toContain(known.state);
      }),
    );
  });

  it('lets an inquiry become a dispute', () => {
    expect(leadsOn(at('warning_closed'), at('needs_response', 70))).toBe(true);
    expect(leadsOn(at('under_review'), at('needs_response'))).toBe(false);
  });

  it('takes what comes back after the decision, and no older answer', () => {
    expect(leadsOn(at('won', 70), at('won', 70, 50))).toBe(true);
    expect(leadsOn(at('won', 70, 50), at('won', 70, 50))).toBe(false);
    expect(leadsOn(at('won', 70, 50), at('won', 70))).toBe(false);
    expect(leadsOn(at('needs_response', 70), at('needs_response'))).toBe(false);
  });
});

describe('the postings of a dispute', () => {
  const AMOUNT = 5000;
  const standing = (told: DisputeProgress): DisputeStanding => ({
    phase: told.state === 'won' || told.state === 'lost' ? told.state : 'open',
    amount: AMOUNT,
    withdrawn: told.withdrawnMinor,
    returned: told.returnedMinor,
  });
  const HISTORIES = {
    won: [at('needs_response'), at('needs_response', 7000), at('won', 7000), at('won', 7000, AMOUNT)],
    lost: [at('needs_response'), at('under_review', AMOUNT), at('lost', AMOUNT), at('lost', 7000)],
  };

  it('come to the same whatever answers were read, in whatever order, and how often', () => {
    const history = fc.constantFrom('won' as const, 'lost' as const);
    fc.assert(
      fc.property(history, fc.array(fc.nat(3), { maxLength: 8 }), (outcome, read) => {
        const balances = { psp_clearing: 0, disputes: 0, dispute_losses: 0 };
        const keys: string[] = [];
        let known: DisputeProgress | undefined;
        // The last answer is read at last: an event says so.
        for (const told of [...read, 3].map((index) => HISTORIES[outcome][index] ?? at('won'))) {
          if (!leadsOn(known, told)) continue;
          const before = known && standing(known);
          const posting = buildDisputeChange({ disputeId: 'd', currency: 'EUR', before, after: standing(told) });
          known = told;
          if (!posting) continue;
          keys.push(posting.key);
          for (const { account, amount } of posting.entries) balances[account as keyof typeof balances] += amount;
        }
        const expected =
          outcome === 'won'
            ? { psp_clearing: -2000, disputes: 0, dispute_losses: 2000 }
            : { psp_clearing: -7000, disputes: 0, dispute_losses: 7000 };
        expect(balances).toEqual(expected);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });
});

it('calls a reason nobody knows a general one', () => {
  expect([reasonOf('fraudulent'), reasonOf('brand_new')]).toEqual(['fraudulent', 'general']);
});
