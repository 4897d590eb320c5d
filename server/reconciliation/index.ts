export { createReconciliation } from './create-reconciliation.ts';
export { feesInOwnAccounts } from './repository.ts';
export type { Reconciliation } from './create-reconciliation.ts';
export type { ProviderLine, ReconciliationPorts } from './ports.ts';
