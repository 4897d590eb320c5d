import type { Http, Query } from './http.ts';
import type { Money, Named, Page } from './types.ts';

export const STATEMENT_STATES = ['open', 'closed', 'approved', 'paid', 'returned', 'reopened'] as const;
export const PERIODS = ['weekly', 'fortnightly', 'monthly'] as const;
export type Statement = {
  id: string;
  number: string;
  agency: Named;
  state: (typeof STATEMENT_STATES)[number];
  period: (typeof PERIODS)[number];
  from: string;
  to: string;
  released: Money;
  clawbacks: Money;
  memos: Money;
  carriedIn: Money;
  reserveReleased: Money;
  reserve: Money;
  payout: Money;
  carriedOut: Money;
  reserveUntil: string | null;
  closedAt: string | null;
  approvedAt: string | null;
  paidAt: string | null;
  returnReason: string | null;
  payment: {
    id: string;
    method: 'sepa' | 'manual' | 'stripe';
    state: 'sent' | 'paid' | 'returned';
    fileId: string | null;
    reference: string | null;
  } | null;
  may: { approve: boolean; pay: boolean; transfer: boolean; markReturned: boolean; reopen: boolean };
};
export type StatementLine = {
  position: number;
  kind: 'earning' | 'clawback' | 'memo';
  booking: { id: string; reference: string; title: string } | null;
  reason: string | null;
  amount: Money;
  happenedAt: string;
};
export type SettlementRun = { closed: number; opened: number; failed: number };
export type PayoutFile = {
  id: string;
  messageId: string;
  executionOn: string;
  payouts: number;
  total: Money;
  xmlUrl: string;
  sent: number;
  skipped?: {
    statementId: string;
    number: string;
    reason: 'no_account' | 'account_unconfirmed' | 'not_euro' | 'agency_on_hold' | 'in_another_file' | 'paid_by_stripe';
  }[];
  createdAt: string;
};
export type PayoutAccount = {
  holder: string;
  account: string;
  bic: string | null;
  isConfirmed: boolean;
  updatedAt: string;
  version: number;
};
export type AccountChange = { holder: string; iban: string; bic?: string };
export type Terms = {
  period: (typeof PERIODS)[number];
  reserveBasisPoints: number;
  reserveDays: number;
  minimumPayout: number;
  currency: string;
  isOwn: boolean;
};
export type TermsChange = Omit<Terms, 'currency' | 'isOwn'>;
export type DefaultTerms = Terms & { fourEyesLimit: number };

export const ADJUSTMENT_STATES = ['proposed', 'approved', 'rejected'] as const;
export type EarningsAdjustment = {
  id: string;
  agency: Named;
  booking: { id: string; reference: string } | null;
  amount: Money;
  reason: string;
  state: (typeof ADJUSTMENT_STATES)[number];
  statementId: string | null;
  mayApprove: boolean;
  mayReject: boolean;
  createdAt: string;
  decidedAt: string | null;
};

const STATEMENTS = '/commission-statements';
const one = (id: string) => `${STATEMENTS}/${encodeURIComponent(id)}`;
/** An agency's, or the reseller's own. */
const of = (agencyId: string | null, what: string) =>
  agencyId === null ? `/${what}` : `/agencies/${encodeURIComponent(agencyId)}/${what}`;

export const createSettlementApi = (http: Http) => ({
  statements: (query: Query, signal?: AbortSignal) => http.get<Page<Statement>>(STATEMENTS, query, signal),
  statement: (id: string) => http.get<Statement>(one(id)),
  lines: (id: string, query: Query, signal?: AbortSignal) =>
    http.get<Page<StatementLine>>(`${one(id)}/lines`, query, signal),
  documentUrl: (id: string, form: 'pdf' | 'csv') => `/api/v1${one(id)}/${form}`,
  run: () => http.post<SettlementRun>('/settlements', {}),
  approve: (id: string) => http.post<Statement>(`${one(id)}/approval`, undefined),
  pay: (id: string, reference: string) =>
    http.post<Statement>(`${one(id)}/payment`, reference.trim() === '' ? {} : { reference }),
  markReturned: (id: string, reason: string) => http.post<Statement>(`${one(id)}/return`, { reason }),
  transfer: (id: string) => http.post<Statement>(`${one(id)}/transfer`, undefined),
  reopen: (id: string) => http.post<Statement>(`${one(id)}/reopening`, undefined),
  files: (query: Query, signal?: AbortSignal) => http.get<Page<PayoutFile>>('/payout-files', query, signal),
  makeFile: (executionOn: string, idempotencyKey: string) =>
    http.post<PayoutFile>('/payout-files', { executionOn }, { idempotencyKey }),
  markFilePaid: (id: string) => http.post<PayoutFile>(`/payout-files/${encodeURIComponent(id)}/payment`, undefined),
  fileText: (id: string) => http.text(`/payout-files/${encodeURIComponent(id)}/xml`),
  defaultTerms: () => http.get<DefaultTerms>('/settlement-terms'),
  setDefaultTerms: (terms: TermsChange & { fourEyesLimit: number }) =>
    http.put<DefaultTerms>('/settlement-terms', terms),
  terms: (agencyId: string) => http.get<Terms>(of(agencyId, 'settlement-terms')),
  setTerms: (agencyId: string, terms: TermsChange) => http.put<Terms>(of(agencyId, 'settlement-terms'), terms),
  account: (agencyId: string | null) => http.get<PayoutAccount>(of(agencyId, 'payout-account')),
  setAccount: (agencyId: string | null, account: AccountChange) =>
    http.put<PayoutAccount>(of(agencyId, 'payout-account'), account),
  confirmAccount: (agencyId: string, version: number) =>
    http.post<PayoutAccount>(of(agencyId, 'payout-account/confirmation'), undefined, { version }),
  adjustments: (query: Query, signal?: AbortSignal) =>
    http.get<Page<EarningsAdjustment>>('/commission-adjustments', query, signal),
  adjust: (body: { agencyId: string; amount: Money; reason: string }, idempotencyKey: string) =>
    http.post<EarningsAdjustment>('/commission-adjustments', body, { idempotencyKey }),
  decide: (id: string, decision: 'approve' | 'reject') =>
    http.post<EarningsAdjustment>(`/commission-adjustments/${encodeURIComponent(id)}/decision`, { decision }),
});
