import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { priceOffer } from '../pricing/price-offer.ts';
import { exampleA } from '../pricing/testing.ts';
import {
  CommissionError,
  accrueCommissions,
  assertTransition,
  dueOf,
  passDownCommission,
  payCommission,
  payableAt,
  releaseCommission,
  reverseAmount,
  reverseInProportion,
} from './commission.ts';
import type { CommissionAccrual } from './commission.ts';

const dates = { travelEndAt: '2026-12-24T18:00:00Z', cancellationEndsAt: '2026-12-01T00:00:00Z' };
const accrual: CommissionAccrual = {
  agencyId: 'B',
  amount: 1330,
  reversed: 0,
  markup: 0,
  markupReversed: 0,
  currency: 'EUR',
  state: 'pending',
  isSettled: false,
  payableAt: '2026-12-27T18:00:00.000Z',
};

describe('accrual', () => {
  it('example A: A earns 570 and B 1330, payable three days after travel', () => {
    expect(accrueCommissions(priceOffer(exampleA()), dates)).toEqual([
      { ...accrual, agencyId: 'A', amount: 570 },
      accrual,
    ]);
  });

  it('example A by card: the markups that the reseller collected are owed as well', () => {
    const owed = accrueCommissions(priceOffer(exampleA()), dates, undefined, 'card');
    expect(owed.map((one) => [one.agencyId, one.amount, one.markup, dueOf(one)])).toEqual([
      ['A', 570, 500, 1070],
      ['B', 1330, 470, 1800],
    ]);
  });

  it('may be released by the cancellation window instead', () => {
    expect(payableAt(dates, { kind: 'cancellation_window' })).toBe('2026-12-01T00:00:00.000Z');
    expect(payableAt({ travelEndAt: dates.travelEndAt }, { kind: 'cancellation_window' })).toBe(
      '2026-12-24T18:00:00.000Z',
    );
    expect(() => payableAt({ travelEndAt: 'tomorrow' })).toThrow(CommissionError);
  });

  it('accrues nothing for an agency that earns nothing, nor for the reseller', () => {
    const levels = [
      { agencyId: null, commission: 0 },
      { agencyId: 'A', commission: 0 },
    ];
    expect(accrueCommissions({ currency: 'EUR', levels }, dates)).toEqual([]);
  });
});

describe('life', () => {
  it('goes pending, payable, paid', () => {
    const due = Date.parse(accrual.payableAt);
    expect(releaseCommission(accrual, due - 1).state).toBe('pending');
    const payable = releaseCommission(accrual, due);
    expect(payable.state).toBe('payable');
    expect(payCommission(payable).state).toBe('paid');
    expect(() => payCommission(accrual)).toThrow(/pending commission cannot become paid/);
    expect(() => assertTransition('reversed', 'paid')).toThrow(/nothing else/);
  });

  it('example C: 60 % refunded takes back 60 %, before and after payment', () => {
    const pending = reverseInProportion(accrual, 12000, 20000);
    expect(pending).toMatchObject({ taken: 798, clawback: 0, accrual: { reversed: 798, state: 'pending' } });
    expect(dueOf(pending.accrual)).toBe(532);
    const paid = reverseInProportion({ ...accrual, state: 'paid' }, 12000, 20000);
    expect(paid).toMatchObject({ taken: 798, clawback: -798, accrual: { state: 'paid' } });
    expect(reverseInProportion(pending.accrual, 20000, 20000).accrual.state).toBe('reversed');
  });

  it('takes markup back beside commission, and a cancellation fee raises what is due', () => {
    const owed = { ...accrual, markup: 470 };
    // Example C: B gives back 798 of its commission and 282 of its markup, 1080 together.
    expect(reverseAmount(owed, 798, 282)).toMatchObject({ taken: 798, markupTaken: 282, clawback: 0 });
    expect(reverseAmount(owed, 1330, 470).accrual.state).toBe('reversed');
    expect(dueOf(reverseAmount(owed, 1330, -100).accrual)).toBe(570);
    expect(reverseAmount({ ...owed, isSettled: true, state: 'payable' }, 798, 282)).toMatchObject({
      clawback: -1080,
      accrual: { state: 'payable' },
    });
    expect(() => reverseAmount(owed, 1330, 471)).toThrow(CommissionError);
  });

  it('never takes back more than was granted, in however many steps', () => {
    fc.assert(
      fc.property(fc.nat(100_000), fc.array(fc.nat(1000), { minLength: 1, maxLength: 20 }), (amount, steps) => {
        const refundable = Math.max(
          1,
          steps.reduce((a, b) => a + b, 0),
        );
        let current: CommissionAccrual = { ...accrual, amount };
        let refunded = 0;
        let taken = 0;
        for (const step of steps) {
          refunded += step;
          const reversal = reverseInProportion(current, refunded, refundable);
          taken += reversal.taken;
          current = reversal.accrual;
        }
        if (refunded === refundable) expect(taken).toBe(amount);
        expect(taken).toBeLessThanOrEqual(amount);
        expect(dueOf(current)).toBe(amount - taken);
      }),
    );
    expect(reverseAmount(accrual, 99_999).taken).toBe(1330);
    expect(() => reverseInProportion(accrual, 3, 2)).toThrow(CommissionError);
  });
});

describe('commission paid by a supplier', () => {
  it('example H: platform 1800, reseller 1800, A 2160, B 3240', () => {
    expect(passDownCommission(9000, [8000, 7500, 6000])).toEqual([1800, 1800, 2160, 3240]);
  });
});
