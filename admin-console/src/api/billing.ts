import type { Http } from './http.ts';
import type { Money } from './types.ts';

/** What the platform invoiced the reseller for a month. */
export type PlatformInvoice = {
  id: string;
  number: string;
  month: string;
  plan: string;
  monthly: Money;
  fees: Money;
  taken: Money;
  total: Money;
  issuedAt: string;
  dueOn: string;
  paidAt: string | null;
  pdfUrl: string;
};

export const createBillingApi = (http: Http) => ({
  list: () => http.get<{ data: PlatformInvoice[] }>('/platform-invoices'),
});
