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
  const { mode, floorMinor: floor } = guard;
  let outcome: MarginGuardResult['outcome'] = 'kept';
  if (missing > 0) outcome = mode === 'capped' && missing > granted ? 'blocked' : mode;
  const commissionCut = outcome === 'capped' ? missing : 0;
  return {
    commissions: commissionCut > 0 ? cutFromTop(commissions, commissionCut) : commissions,
    margin: marginBefore + commissionCut,
    result: { mode, outcome, floor, marginBefore, commissionCut },
  };
}
