import type { MarginGuardMode, MarginGuardResult } from './build-up.ts';

export interface GuardedMargin {
  readonly commissions: readonly number[];
  readonly margin: number;
  readonly result: MarginGuardResult;
}

/** Takes up to `missing` from the commissions, top of the chain first. */
function cutFromTop(commissions: readonly number[], missing: number): number[] {
  let left = missing;
  return commissions.map((commission) => {
    const cut = Math.min(commission, left);
    left -= cut;
    return commission - cut;
  });
}

/**
 * Keeps the reseller's margin at its floor. `capped` lowers commissions, top of the chain first; when even without commission the
 * floor cannot be kept, the quote is blocked, because selling under the floor is what the reseller asked not to do.
 */
export function guardMargin(
  beforeCommission: number,
  commissions: readonly number[],
  guard: { readonly mode: MarginGuardMode; readonly floorMinor: number },
): GuardedMargin {
  const granted = commissions.reduce((a, b) => a + b, 0);
  const marginBefore = beforeCommission - granted;
  const missing = guard.floorMinor - marginBefore;
  const base = { mode: guard.mode, floor: guard.floorMinor, marginBefore };
  if (missing <= 0 || guard.mode === 'allowed') {
    const outcome = missing <= 0 ? 'kept' : 'allowed';
    return { commissions, margin: marginBefore, result: { ...base, outcome, commissionCut: 0 } };
  }
  if (guard.mode === 'blocked' || missing > granted) {
    return { commissions, margin: marginBefore, result: { ...base, outcome: 'blocked', commissionCut: 0 } };
  }
  return {
    commissions: cutFromTop(commissions, missing),
    margin: guard.floorMinor,
    result: { ...base, outcome: 'capped', commissionCut: missing },
  };
}
