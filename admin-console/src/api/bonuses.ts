import type { Tier } from './agencies.ts';
import type { Http, Query } from './http.ts';
import type { RuleMatch } from './pricing.ts';
import type { Money, Named, Page } from './types.ts';

export type BonusAudience =
  | { kind: 'all' }
  | { kind: 'tier'; tiers: Tier[] }
  | { kind: 'subtree'; agencyId: string }
  | { kind: 'chosen'; agencyIds: string[] };
export type BonusReward = { kind: 'rate'; basisPoints: number } | { kind: 'fixed'; amountMinor: number };
export type BonusInput = {
  name: string;
  period: 'month' | 'range';
  startsOn: string;
  endsOn: string | null;
  audience: BonusAudience;
  match: RuleMatch;
  basis: 'confirmed' | 'travelled';
  measure: 'bookings' | 'volume';
  mode: 'retroactive' | 'marginal';
  steps: { above: number; reward: BonusReward }[];
  capMinor: number | null;
  overlap: 'stack' | 'best';
  graceDays: number;
};
export type BonusState = 'planned' | 'running' | 'ended' | 'withdrawn';
export type BonusCampaign = BonusInput & {
  id: string;
  currency: string;
  state: BonusState;
  createdAt: string;
  version: number;
};
type Result = {
  startsOn: string;
  endsOn: string;
  bookings: number;
  volume: Money;
  state: 'running' | 'waiting' | 'reckoned';
  earned: Money;
  paid: Money | null;
};
export type BonusProgress = Result & {
  reached: number;
  measured: number;
  next: { above: number; missing: number } | null;
};
export type BonusTableRow = BonusProgress & { agency: Named; base: Money };
export type BonusTable = Page<BonusTableRow> & { periods: { startsOn: string; endsOn: string }[] };
export type AgencyBonus = Omit<BonusInput, 'audience' | 'steps' | 'capMinor' | 'graceDays'> & {
  id: string;
  steps: { above: number; reward: BonusReward | null }[];
  cap: Money | null;
  state: BonusState;
  progress: (BonusProgress & { days: { day: string; measured: number }[] }) | null;
  history: (Result & { paid: Money })[];
};

const at = (id: string) => `/bonus-campaigns/${encodeURIComponent(id)}`;

export const createBonusesApi = (http: Http) => ({
  campaigns: (query: Query, signal?: AbortSignal) => http.get<Page<BonusCampaign>>('/bonus-campaigns', query, signal),
  campaign: (id: string) => http.get<BonusCampaign>(at(id)),
  create: (input: BonusInput, idempotencyKey: string) =>
    http.post<BonusCampaign>('/bonus-campaigns', input, { idempotencyKey }),
  change: (id: string, input: BonusInput, version: number) => http.put<BonusCampaign>(at(id), input, { version }),
  close: (id: string, version: number) => http.post<BonusCampaign>(`${at(id)}/close`, undefined, { version }),
  progress: (id: string, query: Query, signal?: AbortSignal) =>
    http.get<BonusTable>(`${at(id)}/progress`, query, signal),
  ofAgency: (agencyId: string, query: Query, signal?: AbortSignal) =>
    http.get<Page<AgencyBonus>>(`/agencies/${encodeURIComponent(agencyId)}/bonuses`, query, signal),
});
