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
export {
  recordCommissions,
  releaseDueCommissions,
  reverseCommissions,
  reverseCommissionsTo,
} from './record-commissions.ts';
export type { CommissionBasis, CommissionsOfSale } from './record-commissions.ts';
