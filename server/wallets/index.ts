export { shouldMoveHold } from './hold.ts';
export type { HoldState } from './hold.ts';
export { planHolds } from './plan-holds.ts';
export type { HoldPlan, HoldShortfall, PlannedHold, WalletEdge } from './plan-holds.ts';
export {
  WalletError,
  adjustBalance,
  availableOf,
  captureHold,
  holdAmount,
  releaseHold,
  setCreditLimit,
  topUp,
} from './wallet.ts';
export type { HoldResult, WalletState } from './wallet.ts';
