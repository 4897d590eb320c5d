import type { Tier } from './agencies.ts';
import type { FrozenExchange } from './exchange.ts';
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
  cabin?: string[];
  fareBrand?: string[];
  route?: string[];
  supplier?: string[];
  hotelIds?: string[];
  hotelChain?: string[];
  stars?: number[];
  segment?: string[];
  pointOfSale?: string[];
  leadDaysMin?: number;
  leadDaysMax?: number;
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

export const CABINS = ['economy', 'premium_economy', 'business', 'first'] as const;
export const SEGMENTS = ['guest', 'member', 'agency', 'reseller'] as const;

export type RuleVersion = RuleInput & {
  version: number;
  state: 'active' | 'deleted';
  currency: string | null;
  changedBy: string | null;
  changedAt: string;
};
/** A rule as it would be once saved; `ruleId` names the one it replaces. */
export type RuleDraft = { rule: RuleInput; ruleId?: string };
type NamedRule = { id: string; name: string };
export type RuleWarning = {
  code: 'never_applies' | 'tie' | 'hides' | 'adds_nothing' | 'expired' | 'never_matches' | 'margin_floor';
  pointer: string;
  detail: string;
  rule: NamedRule | null;
  tiers?: Tier[];
};
export type RuleConflict = { code: 'never_applies' | 'tie'; winner: NamedRule; loser: NamedRule };
export type ImportResult = {
  dryRun: boolean;
  created: number;
  updated: number;
  unchanged: number;
  errors: { line: number; column: string | null; code: string; detail: string }[];
};
export type PricingSettings = {
  guardMode: 'capped' | 'blocked' | 'allowed';
  floorMinor: number;
  minMarginMinor: number;
  version: number;
};
export type Outcome = 'kept' | 'capped' | 'blocked' | 'allowed';

export type FlightWish = { origin: string; destination: string; departureDate: string };
export type FoundFlight = {
  id: string;
  total: { amount: number; currency: string };
  slices: {
    segments: {
      marketingCarrier: { iata: string; name: string };
      flightNumber: string;
      departureLocal: string;
    }[];
  }[];
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
  draft?: RuleDraft;
};
export type PreviewLevel = {
  agencyId: string | null;
  name: string;
  tier: Tier | null;
  buyPrice: number;
  markup: number;
  sellPrice: number;
  rules: { id: string; name: string; amount: number; draft: boolean }[];
  tierDiscount: number;
  commission: number | null;
  earnings: number;
};
export type Preview = {
  currency: string;
  outcome: Outcome;
  warningCode: 'blocked' | 'capped' | 'no_rule' | null;
  net: { base: number; taxes: number; total: number } | null;
  fx: FrozenExchange | null;
  platformFee: number | null;
  total: number;
  levels: PreviewLevel[];
  byTier: {
    tier: Tier;
    markup: number;
    sellPrice: number;
    commission: number | null;
    margin: number | null;
    outcome: Outcome | null;
  }[];
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
  versions: (id: string, query: Query, signal?: AbortSignal) =>
    http.get<Page<RuleVersion>>(`${at(id)}/versions`, query, signal),
  restore: (id: string, to: number, version: number) =>
    http.post<MarkupRule>(`${at(id)}/restore`, { version: to }, { version }),
  check: (draft: RuleDraft) => http.post<{ warnings: RuleWarning[] }>('/markup-rules/check', draft),
  conflicts: () => http.get<{ data: RuleConflict[]; more: boolean }>('/markup-rules/conflicts'),
  exportUrl: '/api/v1/markup-rules/export',
  importCsv: (csv: string, dryRun: boolean) => http.post<ImportResult>('/markup-rules/import', { csv, dryRun }),
  settings: () => http.get<PricingSettings>('/pricing-settings'),
  changeSettings: ({ version, ...settings }: PricingSettings) =>
    http.put<PricingSettings>('/pricing-settings', settings, { version }),
  findFlights: (slice: FlightWish) =>
    http.post<{ offers: FoundFlight[] }>('/flights/searches', { slices: [slice], passengers: [{ type: 'adult' }] }),
  previewOffer: (offerId: string, wish: { agencyId?: string; draft?: RuleDraft }) =>
    http.post<Preview>(`/offers/${encodeURIComponent(offerId)}/preview`, wish),
  preview: (request: PreviewRequest) => http.post<Preview>('/markup-rules/preview', request),
  tiers: () => http.get<Tiers>('/tiers'),
  changeTiers: (data: TierRow[], version: number) => http.put<Tiers>('/tiers', { data }, { version }),
});
