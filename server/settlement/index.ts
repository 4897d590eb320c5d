export { createSettlement } from './create-settlement.ts';
export type { Settlement } from './create-settlement.ts';
export { settleAgencies } from './close-statements.ts';
export type { InTransaction, SettlementOutcome } from './close-statements.ts';
export { carryAccount, sealedTables as sealedSettlement } from './payout-account.ts';
export { readTerms } from './terms.ts';
export { findStatement } from './repository.ts';
export { statementNumber } from './statement.ts';
export { electronicIban, ibanFault, isBic } from './bank-account.ts';
