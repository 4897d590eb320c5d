import type { Http, Query } from './http.ts';
import type { RuleMatch } from './pricing.ts';
import type { Money, Page } from './types.ts';

export type PromoInput = {
  code: string;
  name: string;
  value: { kind: 'percent'; basisPoints: number; capMinor: number | null } | { kind: 'fixed'; amountMinor: number };
  match: RuleMatch;
  saleFrom: string | null;
  saleTo: string | null;
  minTotalMinor: number;
  maxUses: number | null;
  maxPerCustomer: number | null;
  /** Share of the discount the reseller bears, basis points. */
  resellerBp: number;
  stacksWithRules: boolean;
  combinable: boolean;
  state: 'active' | 'paused';
};
export type PromoCode = PromoInput & {
  id: string;
  ownerAgencyId: string | null;
  currency: string;
  uses: number;
  discount: Money;
  createdAt: string;
  version: number;
};

const at = (id: string) => `/promo-codes/${encodeURIComponent(id)}`;

export const createPromosApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<PromoCode>>('/promo-codes', query, signal),
  read: (id: string) => http.get<PromoCode>(at(id)),
  create: (input: PromoInput) => http.post<PromoCode>('/promo-codes', input),
  change: (id: string, input: PromoInput, version: number) => http.put<PromoCode>(at(id), input, { version }),
  remove: (id: string, version: number) => http.delete(at(id), { version }),
  usesUrl: (id: string) => `/api/v1${at(id)}/export`,
});
