import type { Http, Query } from './http.ts';
import type { Money, Named, Page } from './types.ts';
import type { TopUpRange } from './wallets.ts';

/** A currency that the reader's level takes from the agencies directly below. */
export type WalletCurrency = { currency: string; spreadBp: number; isOpen: boolean; updatedAt: string };
export type WalletCurrencies = { sellingCurrency: string; canChange: boolean; data: WalletCurrency[] };
export type ForeignBalance = {
  balance: Money;
  topUp: TopUpRange | null;
  spreadBp: number;
  rate: { mid: string; source: string; at: string } | null;
  worth: Money | null;
};
export type ForeignBalances = {
  currency: string;
  canExchange: boolean;
  autoExchange: boolean;
  data: ForeignBalance[];
};
export type ForeignEntry = {
  id: string;
  kind: 'top_up' | 'adjustment' | 'exchange';
  amount: Money;
  balanceAfter: Money;
  booking: { id: string; reference: string } | null;
  reason: string | null;
  createdAt: string;
};
export type WalletExchange = {
  id: string;
  agency: Named;
  parent: { id: string | null; name: string };
  state: 'quoted' | 'expired' | 'done';
  given: Money;
  got: Money;
  mid: string;
  spreadBp: number;
  source: string;
  rateAt: string;
  expiresAt: string;
  booking: { id: string; reference: string } | null;
  createdAt: string;
  doneAt: string | null;
};

const setting = (currency: string) => `/wallet-currencies/${encodeURIComponent(currency)}`;
const wallet = (agencyId: string, rest: string) => `/agencies/${encodeURIComponent(agencyId)}/wallet${rest}`;

export const createWalletCurrenciesApi = (http: Http) => ({
  accepted: () => http.get<WalletCurrencies>('/wallet-currencies'),
  accept: (currency: string, spreadBp: number) => http.put<WalletCurrencies>(setting(currency), { spreadBp }),
  close: (currency: string) => http.delete(setting(currency)),
  balances: (agencyId: string) => http.get<ForeignBalances>(wallet(agencyId, '/currencies')),
  entries: (agencyId: string, currency: string, query: Query, signal?: AbortSignal) =>
    http.get<Page<ForeignEntry>>(wallet(agencyId, `/currencies/${currency}/entries`), query, signal),
  statementUrl: (agencyId: string, currency: string, { from, to }: { from: string; to: string }) =>
    `/api/v1${wallet(agencyId, `/currencies/${currency}/statement/csv`)}?${new URLSearchParams({ from, to }).toString()}`,
  switchAuto: (agencyId: string, autoExchange: boolean) =>
    http.put<ForeignBalances>(wallet(agencyId, '/auto-exchange'), { autoExchange }),
  quote: (agencyId: string, amount: Money) => http.post<WalletExchange>(wallet(agencyId, '/exchanges'), { amount }),
  confirm: (id: string, idempotencyKey: string) =>
    http.post<WalletExchange>(`/wallet-exchanges/${encodeURIComponent(id)}/confirmation`, {}, { idempotencyKey }),
});
