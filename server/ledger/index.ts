export { buildCardSale } from './card-sale.ts';
export {
  LedgerError,
  RESELLER_BOOK,
  agencyBook,
  assertBalanced,
  bookOf,
  buildPosting,
  credit,
  debit,
  reversePosting,
} from './posting.ts';
export type { Entry, Posting, PostingSource } from './posting.ts';
export type { SaleFigures, SaleLevel } from './sale-parts.ts';
export { buildWalletSale, walletEdgesOf } from './wallet-sale.ts';
export { buildRefund, planRefund } from './refund.ts';
export type { RefundPlan, RefundPolicy } from './refund.ts';
export { buildCreditNote, type CreditNoteFigures } from './credit-note.ts';
export { buildWalletExchange } from './wallet-exchange.ts';
export { buildWalletMovement } from './wallet-movement.ts';
export { buildPlatformInvoice, buildPlatformPayment, readPlatformFees, type PlatformFees } from './platform-billing.ts';
export { accountKind } from './account.ts';
export { buildMarginVat, figuresBefore, readTripFigures, type TripFigures } from './margin-vat.ts';
export { clearCredits, creditsPaidBy, readOpenCredits, type OpenCredit } from './open-credits.ts';
export { createLedger } from './create-ledger.ts';
export type { Ledger } from './create-ledger.ts';
export { buildApplicationFee, buildCommissionAdjustment, buildPayout, buildStatementClose } from './settlement.ts';
export type { StatementFigures } from './settlement.ts';
export { buildAcceptedDifference, buildServiceFees } from './reconciliation.ts';
export { ensureResellerBook, lockLedger, postTransaction } from './post-transaction.ts';
export type { PostDetails, PostedTransaction } from './post-transaction.ts';
export { verifyLedger } from './verify-ledger.ts';
export type { LedgerImbalance, LedgerVerification } from './verify-ledger.ts';
export { readResellerBalance } from './repository.ts';
export { buildDisputeChange, type DisputeStanding } from './dispute.ts';
