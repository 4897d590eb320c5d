export { createAudit, type Audit, type AuditDeps } from './create-audit.ts';
export type { Act, Outcome } from './entry.ts';
export type { AuditVerification } from './verify-audit.ts';
export { recordIdentityEvents, aroundIdentityEvents } from './identity-events.ts';
