import type { Http, Query } from './http.ts';
import type { Money, Named, Page } from './types.ts';

/** Days; null: nothing is ever due, or nothing ever blocks. */
export type WalletTerms = { paymentDays: number | null; graceDays: number | null };
export const AGE_BUCKETS = ['notDue', 'upTo30', 'upTo60', 'upTo90', 'over90'] as const;
export type AgeBuckets = Record<(typeof AGE_BUCKETS)[number], Money>;
export type WalletAgeing = {
  agency: Named;
  parent: { id: string | null; name: string };
  currency: string;
  terms: WalletTerms;
  owed: Money;
  overdue: Money;
  buckets: AgeBuckets;
  oldestDueOn: string | null;
  daysOverdue: number;
  blocked: boolean;
};
export type AgeingPage = Page<WalletAgeing> & {
  totals: { currency: string; owed: Money; overdue: Money; buckets: AgeBuckets }[];
};
export type TopUpRange = { minimum: Money; maximum: Money };
export type Wallet = {
  agency: Named;
  parent: { id: string | null; name: string };
  currency: string;
  balance: Money;
  creditLimit: Money;
  held: Money;
  available: Money;
  canAdjust: boolean;
  terms: WalletTerms;
  lowBalance: Money;
  canSetNotice: boolean;
  /** How the reader may pay in. */
  topUp: { transfer: TopUpRange; card: TopUpRange | null } | null;
  updatedAt: string;
};
export const WALLET_ENTRY_KINDS = ['top_up', 'adjustment', 'hold', 'release', 'capture', 'refund', 'exchange'] as const;
export type WalletEntry = {
  id: string;
  kind: (typeof WALLET_ENTRY_KINDS)[number];
  amount: Money;
  balanceAfter: Money;
  heldAfter: Money;
  booking: { id: string; reference: string } | null;
  reason: string | null;
  createdAt: string;
};
export type Adjustment = { kind: 'top_up' | 'adjustment'; amount: Money; reason: string };

export const TOP_UP_STATES = ['pending', 'credited', 'refused', 'withdrawn', 'expired', 'failed'] as const;
export type TopUp = {
  id: string;
  reference: string;
  agency: Named;
  parent: { id: string | null; name: string };
  method: 'transfer' | 'card' | 'saved_card';
  state: (typeof TOP_UP_STATES)[number];
  amount: Money;
  paidOn: string | null;
  refusal: string | null;
  failureCode: string | null;
  actionUrl: string | null;
  hasProof: boolean;
  may: { attach: boolean; withdraw: boolean; decide: boolean };
  createdAt: string;
  decidedAt: string | null;
};
export type TopUpCreate = { method: 'transfer'; amount: Money; paidOn: string } | { method: 'card'; amount: Money };

/** Something an agency below has not paid, with the reminders of it. */
export type Receivable = {
  id: string;
  agency: Named;
  invoice: { id: string; number: string } | null;
  booking: { id: string; reference: string } | null;
  reason: string | null;
  open: Money;
  owedSince: string;
  dueOn: string;
  /** Below zero: days left. */
  daysOverdue: number;
  reminder: { level: 1 | 2 | 3 | 4; sentAt: string } | null;
  pause: { reason: string; since: string } | null;
  canChase: boolean;
};
export type ReceivablePage = Page<Receivable> & Pick<AgeingPage, 'totals'>;

const receivableAt = (id: string, rest: string) => `/receivables/${encodeURIComponent(id)}/${rest}`;
const at = (agencyId: string) => `/agencies/${encodeURIComponent(agencyId)}`;

const topUpAt = (id: string, rest = '') => `/wallet-top-ups/${encodeURIComponent(id)}${rest}`;

export const createWalletsApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Wallet>>('/wallets', query, signal),
  read: (agencyId: string) => http.get<Wallet>(`${at(agencyId)}/wallet`),
  entries: (agencyId: string, query: Query, signal?: AbortSignal) =>
    http.get<Page<WalletEntry>>(`${at(agencyId)}/wallet/entries`, query, signal),
  adjust: (agencyId: string, adjustment: Adjustment, idempotencyKey: string) =>
    http.post<WalletEntry>(`${at(agencyId)}/wallet/adjustments`, adjustment, { idempotencyKey }),
  setCreditLimit: (agencyId: string, creditLimit: Money) =>
    http.put<Wallet>(`${at(agencyId)}/credit-limit`, { creditLimit }),
  ageing: (query: Query, signal?: AbortSignal) => http.get<AgeingPage>('/wallets/ageing', query, signal),
  readAgeing: (agencyId: string) => http.get<WalletAgeing>(`${at(agencyId)}/wallet/ageing`),
  setTerms: (agencyId: string, terms: WalletTerms) => http.put<Wallet>(`${at(agencyId)}/wallet/terms`, terms),
  setLowBalance: (agencyId: string, lowBalance: Money | null) =>
    http.put<Wallet>(`${at(agencyId)}/wallet/low-balance`, { lowBalance }),
  receivables: (query: Query, signal?: AbortSignal) => http.get<ReceivablePage>('/receivables', query, signal),
  remind: (id: string) => http.post<Receivable>(receivableAt(id, 'reminders'), {}),
  pauseReminders: (id: string, reason: string) => http.put<Receivable>(receivableAt(id, 'pause'), { reason }),
  resumeReminders: (id: string) => http.delete(receivableAt(id, 'pause')),
  statementUrl: (agencyId: string, form: 'csv' | 'pdf', { from, to }: { from: string; to: string }) =>
    `/api/v1${at(agencyId)}/wallet/statement/${form}?${new URLSearchParams({ from, to }).toString()}`,
  topUp: (agencyId: string, topUp: TopUpCreate, idempotencyKey: string) =>
    http.post<TopUp>(`${at(agencyId)}/wallet/top-ups`, topUp, { idempotencyKey }),
  topUps: (query: Query, signal?: AbortSignal) => http.get<Page<TopUp>>('/wallet-top-ups', query, signal),
  readTopUp: (id: string) => http.get<TopUp>(topUpAt(id)),
  approveTopUp: (id: string) => http.post<TopUp>(topUpAt(id, '/approval'), {}),
  refuseTopUp: (id: string, reason: string) => http.post<TopUp>(topUpAt(id, '/refusal'), { reason }),
  withdrawTopUp: (id: string) => http.post<TopUp>(topUpAt(id, '/withdrawal'), {}),
  attachProof: (id: string, file: File) => {
    const form = new FormData();
    form.append('file', file);
    return http.post<TopUp>(topUpAt(id, '/proof'), form);
  },
  proofUrl: (id: string) => `/api/v1${topUpAt(id, '/proof')}`,
});
