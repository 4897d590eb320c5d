import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shouldMoveHold } from './hold.ts';
import { planHolds } from './plan-holds.ts';
import type { WalletEdge } from './plan-holds.ts';
import { availableOf, captureHold, holdAmount, releaseHold, setCreditLimit, topUp, WalletError } from './wallet.ts';
import type { WalletState } from './wallet.ts';

const start: WalletState = { balance: 20000, creditLimit: 50000, holds: 10000 };

function held(wallet: WalletState, amount: number): WalletState {
  const result = holdAmount(wallet, amount);
  if (!result.ok) throw new Error(`short by ${result.shortfall}`);
  return result.wallet;
}

describe('wallet', () => {
  it('example L: credit', () => {
    expect(availableOf(start)).toBe(60000);
    const withHold = held(start, 43939);
    expect(availableOf(withHold)).toBe(16061);
    const captured = captureHold(withHold, 43939);
    expect(captured.balance).toBe(-23939);
    expect(availableOf(captured)).toBe(16061);
    expect(holdAmount(captured, 43939)).toEqual({ ok: false, available: 16061, shortfall: 27878 });
    expect(availableOf(topUp(captured, 30000))).toBe(46061);
  });

  it('example L: 50 bookings against funds for 10 give exactly 10', () => {
    let wallet: WalletState = { balance: 10 * 43939, creditLimit: 0, holds: 0 };
    let booked = 0;
    for (let i = 0; i < 50; i++) {
      const result = holdAmount(wallet, 43939);
      if (result.ok) {
        wallet = result.wallet;
        booked++;
      }
    }
    expect(booked).toBe(10);
    expect(availableOf(wallet)).toBe(0);
  });

  it('frees the rest of a hold captured for less, and refuses more than was held', () => {
    const wallet = held({ balance: 1000, creditLimit: 0, holds: 0 }, 600);
    expect(captureHold(wallet, 600, 500)).toEqual({ balance: 500, creditLimit: 0, holds: 0 });
    expect(() => captureHold(wallet, 600, 601)).toThrow(WalletError);
    expect(() => captureHold(wallet, 700)).toThrow(/hold is gone/);
    expect(() => holdAmount(wallet, 0)).toThrow(/more than zero/);
  });

  it('lets a limit fall below what is owed, which blocks new bookings, but not rise above the parent', () => {
    const owing: WalletState = { balance: -30000, creditLimit: 50000, holds: 0 };
    const lowered = setCreditLimit(owing, 10000, 50000);
    expect(availableOf(lowered)).toBe(-20000);
    expect(holdAmount(lowered, 1)).toMatchObject({ ok: false, shortfall: 20001 });
    expect(() => setCreditLimit(owing, 50001, 50000)).toThrow(/above your own limit/);
    expect(setCreditLimit(owing, 50001, null).creditLimit).toBe(50001);
  });

  it('never spends more than it may, whatever the order of moves (10,000 histories)', () => {
    const move = fc.record({
      kind: fc.constantFrom('hold', 'capture', 'release', 'top_up'),
      amount: fc.integer({ min: 1, max: 9000 }),
    });
    fc.assert(
      fc.property(fc.nat(20000), fc.nat(20000), fc.array(move, { maxLength: 60 }), (balance, creditLimit, moves) => {
        let wallet: WalletState = { balance, creditLimit, holds: 0 };
        const open: number[] = [];
        for (const { kind, amount } of moves) {
          if (kind === 'hold') {
            const result = holdAmount(wallet, amount);
            if (result.ok) {
              wallet = result.wallet;
              open.push(amount);
            }
          } else if (kind === 'top_up') wallet = topUp(wallet, amount);
          else {
            const first = open.shift();
            if (first !== undefined)
              wallet = kind === 'capture' ? captureHold(wallet, first) : releaseHold(wallet, first);
          }
          const isWithinLimit = availableOf(wallet) >= 0 && wallet.balance >= -wallet.creditLimit;
          if (!isWithinLimit || wallet.holds !== open.reduce((a, b) => a + b, 0)) return false;
        }
        return true;
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('holds of a chain', () => {
  const edge = (walletId: string, parentId: string | null, childId: string, balance: number): WalletEdge => ({
    walletId,
    parentId,
    childId,
    currency: 'EUR',
    wallet: { balance, creditLimit: 0, holds: 0 },
  });

  it('example B: holds every edge, root first', () => {
    const plan = planHolds([edge('w1', null, 'A', 30000), edge('w2', 'A', 'B', 23500)], [23000, 23500], 'EUR');
    expect(plan).toEqual({
      ok: true,
      holds: [
        { walletId: 'w1', amount: 23000, after: { balance: 30000, creditLimit: 0, holds: 23000 } },
        { walletId: 'w2', amount: 23500, after: { balance: 23500, creditLimit: 0, holds: 23500 } },
      ],
    });
  });

  it('holds none when one is short, and says which and by how much', () => {
    const plan = planHolds([edge('w1', null, 'A', 22000), edge('w2', 'A', 'B', 23500)], [23000, 23500], 'EUR');
    expect(plan).toEqual({
      ok: false,
      shortfalls: [
        { walletId: 'w1', parentId: null, childId: 'A', available: 22000, shortfall: 1000, isSeller: false },
      ],
    });
  });

  it('refuses edges that are not one chain in one currency', () => {
    expect(() => planHolds([edge('w2', 'A', 'B', 1)], [1], 'EUR')).toThrow(/root first/);
    expect(() => planHolds([edge('w1', null, 'A', 1), edge('w3', 'X', 'B', 1)], [1, 1], 'EUR')).toThrow(/hang under/);
    expect(() => planHolds([edge('w1', null, 'A', 1)], [1], 'USD')).toThrow(/in EUR, the sale in USD/);
    expect(() => planHolds([edge('w1', null, 'A', 1)], [], 'EUR')).toThrow(/one each/);
  });
});

describe('the life of a hold', () => {
  it('ends once, and a repeated end is no second one', () => {
    expect(shouldMoveHold('held', 'captured')).toBe(true);
    expect(shouldMoveHold('captured', 'captured')).toBe(false);
    expect(() => shouldMoveHold('released', 'captured')).toThrow(/already released/);
    expect(() => shouldMoveHold('captured', 'released')).toThrow(/already captured/);
  });
});
