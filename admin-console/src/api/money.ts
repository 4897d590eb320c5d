import type { Http, Query } from './http.ts';
import type { Money, Named, Page } from './types.ts';

export type Book = { agencyId: string | null; name: string };
export type Account = {
  id: string;
  book: Book;
  code: string;
  group: string;
  party: Book | null;
  kind: string;
  balance: Money;
};
export type JournalTransaction = {
  id: string;
  source: string;
  description: string;
  bookingId: string | null;
  bookingReference: string | null;
  occurredAt: string;
  sequence?: number;
  hash?: string;
  entries: { book: Book; code: string; group: string; party: Book | null; amount: Money }[];
};
export type TrialBook = {
  book: Book;
  currency: string;
  rows: {
    accountId: string;
    code: string;
    group: string;
    party: Book | null;
    kind: string;
    debit: Money;
    credit: Money;
  }[];
  debit: Money;
  credit: Money;
  difference: Money;
};
export type TrialBalance = { at: string; books: TrialBook[] };

export type AccountEntry = {
  id: string;
  description: string;
  booking: { id: string; reference: string } | null;
  occurredAt: string;
  amount: Money;
  balance: Money;
};
export type AccountStatement = Page<AccountEntry> & { account: Account };
export type ClosedMonths = { openFrom: string | null; data: { month: string; closedAt: string }[] };

export const COMMISSION_STATES = ['pending', 'payable', 'paid', 'reversed'] as const;
export type Commission = {
  id: string;
  agency: Named;
  booking: { id: string; reference: string; title: string };
  state: (typeof COMMISSION_STATES)[number];
  amount: Money;
  markup: Money;
  reversed: Money;
  due: Money;
  rateBasisPoints?: number;
  commissionable?: Money;
  payableAt: string;
  createdAt: string;
};
export type CommissionPage = Page<Commission> & { totals: { state: Commission['state']; count: number; due: Money }[] };

export const INVOICE_KINDS = ['invoice', 'simplified_invoice', 'credit_note'] as const;
export type Invoice = {
  id: string;
  number: string;
  kind: (typeof INVOICE_KINDS)[number];
  issuerName: string;
  customerName: string;
  booking: { id: string; reference: string } | null;
  total: Money;
  issuedAt: string;
  pdfUrl: string;
  /** Null where there is none. */
  xmlUrl: string | null;
};

type Party = { name: string; taxId: string | null };
export type InvoiceDetail = Invoice & {
  issuer: Party;
  customer: Party;
  lines: {
    description: string;
    quantity: number;
    amount: Money;
    tax: { scheme: 'margin' | 'ordinary' | 'reverse_charge' | 'outside'; rateBasisPoints: number | null };
  }[];
  taxes: { rateBasisPoints: number; base: Money; tax: Money }[];
  notes: string[];
  corrects: { id: string; number: string; rectification: 'R1' | 'R5' } | null;
  credit: { left: Money; notes: { id: string; number: string; total: Money; issuedAt: string }[] } | null;
};

export type VerifactuOption = {
  nif: string | null;
  enabled: boolean;
  remits: boolean;
  records: number;
  lastHash: string | null;
};

export const createMoneyApi = (http: Http) => ({
  trialBalance: () => http.get<TrialBalance>('/ledger/trial-balance'),
  accounts: () => http.get<{ data: Account[] }>('/ledger/accounts'),
  accountEntries: (id: string, query: Query, signal?: AbortSignal) =>
    http.get<AccountStatement>(`/ledger/accounts/${encodeURIComponent(id)}/entries`, query, signal),
  exportUrl: (format: 'csv' | 'journal') => `/api/v1/ledger/exports?format=${format}`,
  closedMonths: () => http.get<ClosedMonths>('/ledger/months'),
  closeMonth: (month: string) => http.post<ClosedMonths>('/ledger/months', { month }),
  reopenMonth: (month: string) => http.post<ClosedMonths>('/ledger/months/reopening', { month }),
  journal: (query: Query, signal?: AbortSignal) => http.get<Page<JournalTransaction>>('/ledger/journal', query, signal),
  commissions: (query: Query, signal?: AbortSignal) => http.get<CommissionPage>('/commissions', query, signal),
  invoices: (query: Query, signal?: AbortSignal) => http.get<Page<Invoice>>('/invoices', query, signal),
  invoice: (id: string) => http.get<InvoiceDetail>(`/invoices/${encodeURIComponent(id)}`),
  verifactu: () => http.get<VerifactuOption>('/invoicing/verifactu'),
  setVerifactu: (option: { enabled: boolean; remits: boolean }) =>
    http.put<VerifactuOption>('/invoicing/verifactu', option),
  creditInvoice: (id: string, body: { amountMinor: number; reason: string }, idempotencyKey: string) =>
    http.post<InvoiceDetail>(`/invoices/${encodeURIComponent(id)}/credit-notes`, body, { idempotencyKey }),
});
