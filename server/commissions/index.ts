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
