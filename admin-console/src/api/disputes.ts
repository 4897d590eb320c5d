import type { Http, Query } from './http.ts';
import type { Money, Page } from './types.ts';

export type Dispute = {
  id: string;
  booking: { id: string; reference: string; title: string };
  state:
    | 'warning_needs_response'
    | 'warning_under_review'
    | 'warning_closed'
    | 'needs_response'
    | 'under_review'
    | 'won'
    | 'lost';
  reason:
    | 'fraudulent'
    | 'product_not_received'
    | 'product_unacceptable'
    | 'credit_not_processed'
    | 'duplicate'
    | 'subscription_canceled'
    | 'unrecognized'
    | 'general';
  amount: Money;
  withdrawn: Money;
  returned: Money;
  clawedBack: Money;
  dueAt: string | null;
  submittedAt: string | null;
  openedAt: string;
  closedAt: string | null;
  mayAnswer: boolean;
};
export type DisputeEvidence = {
  customerName: string;
  customerEmail: string;
  productDescription: string;
  serviceDate: string;
  text: string;
};

const one = (id: string) => `/disputes/${encodeURIComponent(id)}`;

export const createDisputesApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Dispute>>('/disputes', query, signal),
  read: (id: string) => http.get<Dispute>(one(id)),
  draft: (id: string) => http.get<DisputeEvidence>(`${one(id)}/evidence`),
  submit: (id: string, evidence: DisputeEvidence) => http.post<Dispute>(`${one(id)}/evidence`, evidence),
  accept: (id: string) => http.post<Dispute>(`${one(id)}/acceptance`, undefined),
});
