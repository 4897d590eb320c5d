import type { Http, Query } from './http.ts';
import type { Money, Named, Page } from './types.ts';

export type Wallet = {
  agency: Named;
  parent: { id: string | null; name: string };
  currency: string;
  balance: Money;
  creditLimit: Money;
  held: Money;
  available: Money;
  canAdjust: boolean;
  updatedAt: string;
};
export const WALLET_ENTRY_KINDS = ['top_up', 'adjustment', 'hold', 'release', 'capture', 'refund'] as const;
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

const at = (agencyId: string) => `/agencies/${encodeURIComponent(agencyId)}`;

export const createWalletsApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Wallet>>('/wallets', query, signal),
  read: (agencyId: string) => http.get<Wallet>(`${at(agencyId)}/wallet`),
  entries: (agencyId: string, query: Query, signal?: AbortSignal) =>
    http.get<Page<WalletEntry>>(`${at(agencyId)}/wallet/entries`, query, signal),
  adjust: (agencyId: string, adjustment: Adjustment, idempotencyKey: string) =>
    http.post<WalletEntry>(`${at(agencyId)}/wallet/adjustments`, adjustment, { idempotencyKey }),
  setCreditLimit: (agencyId: string, creditLimit: Money) =>
    http.put<Wallet>(`${at(agencyId)}/credit-limit`, { creditLimit }),
});
