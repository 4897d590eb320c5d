import type { Tier } from './agencies.ts';
import type { Http, Query } from './http.ts';
import type { Page } from './types.ts';

export type Product = 'flight' | 'stay';
/** AND across fields, OR within one. What this console does not edit is kept as it came. */
export type RuleMatch = {
  product?: Product[];
  carrier?: string[];
  origin?: string[];
  destination?: string[];
  travelFrom?: string;
  travelTo?: string;
  childAgencyId?: string[];
  childTier?: Tier[];
  [other: string]: unknown;
};
export const FIXED_UNITS = ['booking', 'traveller', 'segment', 'night'] as const;
export type RuleValue =
  | { kind: 'fixed'; amountMinor: number; per: (typeof FIXED_UNITS)[number] }
  | { kind: 'percent'; basisPoints: number; of: 'total' | 'base' };
export type RuleInput = {
  name: string;
  match: RuleMatch;
  value: RuleValue;
  minMinor: number | null;
  maxMinor: number | null;
  stack: boolean;
  priority: number;
  validFrom: string | null;
  validTo: string | null;
};
export type MarkupRule = RuleInput & {
  id: string;
  ownerAgencyId: string | null;
  currency: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
};

export type PreviewRequest = {
  product: Product;
  net: { base: number; taxes: number };
  agencyId?: string | null;
  facts: {
    carrier?: string;
    origin?: string;
    destination?: string;
    travelDate?: string;
    travellers: number;
    segments?: number;
    nights?: number;
  };
};
export type PreviewLevel = {
  agencyId: string | null;
  name: string;
  tier: Tier | null;
  buyPrice: number;
  markup: number;
  sellPrice: number;
  rules: { id: string; name: string; amount: number }[];
  commission: number | null;
  earnings: number;
};
export type Preview = {
  currency: string;
  outcome: 'kept' | 'capped' | 'blocked' | 'allowed';
  warning: string | null;
  net: { base: number; taxes: number; total: number };
  platformFee: number | null;
  total: number;
  levels: PreviewLevel[];
};

export type TierRow = { tier: Tier; commissionBp: number; discountBp: number };
export type Tiers = { data: TierRow[]; version: number };

const at = (id: string) => `/markup-rules/${encodeURIComponent(id)}`;

export const createPricingApi = (http: Http) => ({
  rules: (query: Query, signal?: AbortSignal) => http.get<Page<MarkupRule>>('/markup-rules', query, signal),
  rule: (id: string) => http.get<MarkupRule>(at(id)),
  createRule: (rule: RuleInput) => http.post<MarkupRule>('/markup-rules', rule),
  changeRule: (id: string, rule: RuleInput, version: number) => http.patch<MarkupRule>(at(id), rule, { version }),
  deleteRule: (id: string, version: number) => http.delete(at(id), { version }),
  preview: (request: PreviewRequest) => http.post<Preview>('/markup-rules/preview', request),
  tiers: () => http.get<Tiers>('/tiers'),
  changeTiers: (data: TierRow[], version: number) => http.put<Tiers>('/tiers', { data }, { version }),
});
