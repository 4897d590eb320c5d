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
export { adjust, changeCreditLimit, ensureWallet } from './change-wallet.ts';
export type { WalletAdjustment } from './change-wallet.ts';
export { createWallets } from './create-wallets.ts';
export type { Wallets } from './create-wallets.ts';
export { captureHolds, refundToWallets, releaseHolds } from './end-holds.ts';
export type { WalletRefund } from './end-holds.ts';
export { InsufficientFunds, ProviderMustAct, shortfallsOf } from './errors.ts';
export { WALLET_NOTICE_EVENTS } from './wallet-notices.ts';
export { purgeWaiters } from './funds-back.ts';
export type { BlockedAttempt } from './funds-back.ts';
export type { PeopleOf, WalletNotice } from './wallet-notices.ts';
export { sealedTables as sealedWallets } from './top-ups/repository.ts';
export { chaseOverdue } from './chase-overdue.ts';
export { AGE_BUCKETS, bucketOf, type AgeBucket } from './ageing.ts';
export { keptWallets } from './read-ageing.ts';
export { openWallet } from './read-wallets.ts';
export { findWallet } from './repository.ts';
export { AgeingList } from './schema.ts';
export { verifyWallets } from './verify-wallets.ts';
export type { WalletDifference } from './verify-wallets.ts';
export { holdForBooking } from './hold-for-booking.ts';
export type { HoldRequest } from './hold-for-booking.ts';
export type { AutomaticExchange } from './foreign/exchange-for-hold.ts';
