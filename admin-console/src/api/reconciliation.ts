import type { Http, Query } from './http.ts';
import type { Money, Page } from './types.ts';

export type ReconciledDay = {
  day: string;
  counterparty: 'stripe' | 'suppliers';
  compared: number;
  unmatched: number;
  found: number;
  finishedAt: string;
};
export type ReconciliationCase = {
  id: string;
  day: string;
  counterparty: 'stripe' | 'suppliers';
  kind: 'missing_here' | 'missing_there' | 'amount_differs';
  state: 'open' | 'proposed' | 'accepted' | 'linked' | 'healed';
  booking: { id: string; reference: string } | null;
  reference: string | null;
  ours: Money;
  theirs: Money;
  difference: Money;
  reason: string | null;
  decidedAt: string | null;
  updatedAt: string;
  may: { accept: boolean; link: boolean; check: boolean };
};
type Side = { id: string; text: string; amount: Money; at: string };
export type ReconciliationCaseDetail = ReconciliationCase & {
  oursEntries: Side[];
  theirsLines: (Side & { fee: Money })[];
};
export type Resolution =
  { action: 'accept'; reason: string } | { action: 'link'; reason: string; bookingReference: string };
export type ReconciliationRun = { day: string; compared: number; opened: number; healed: number; unmatched: number };

const at = (id: string) => `/reconciliation/cases/${encodeURIComponent(id)}`;

export const createReconciliationApi = (http: Http) => ({
  days: () => http.get<{ data: ReconciledDay[] }>('/reconciliation/days'),
  cases: (query: Query, signal?: AbortSignal) =>
    http.get<Page<ReconciliationCase>>('/reconciliation/cases', query, signal),
  case: (id: string) => http.get<ReconciliationCaseDetail>(at(id)),
  settle: (id: string, resolution: Resolution) =>
    http.post<ReconciliationCaseDetail>(`${at(id)}/resolution`, resolution),
  check: (id: string) => http.post<ReconciliationCaseDetail>(`${at(id)}/check`, undefined),
  run: (day: string) => http.post<ReconciliationRun>('/reconciliation/runs', { day }),
});
