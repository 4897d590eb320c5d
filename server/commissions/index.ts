export { DEFAULT_FOUR_EYES_MINOR } from './adjustment.ts';
export { decideAdjustment, proposeAdjustment, recordBonus } from './adjust-earnings.ts';
export {
  CommissionError,
  DEFAULT_RELEASE,
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
export type {
  BookingDates,
  CommissionAccrual,
  CommissionSource,
  CommissionState,
  ReleasePolicy,
  Reversal,
} from './commission.ts';
export { createCommissions } from './create-commissions.ts';
export type { Commissions } from './create-commissions.ts';
export { recordCommissions, releaseDueCommissions, reverseCommissions } from './record-commissions.ts';
export type { CommissionBasis, CommissionRefund, CommissionsOfSale } from './record-commissions.ts';
export { commissionShares, freeCommissions, holdCommissions } from './hold-commissions.ts';
