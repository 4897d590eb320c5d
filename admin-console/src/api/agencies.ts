import type { Http, Query } from './http.ts';
import type { Money, Page } from './types.ts';

export const TIERS = ['bronze', 'silver', 'gold', 'platinum'] as const;
export type Tier = (typeof TIERS)[number];
export const AGENCY_STATES = ['applied', 'under_review', 'approved', 'rejected', 'suspended'] as const;
export type AgencyState = (typeof AGENCY_STATES)[number];

export type Agency = {
  id: string;
  /** Null: directly below the reseller. */
  parentId: string | null;
  depth: number;
  name: string;
  legalName: string | null;
  taxId: string | null;
  email: string | null;
  state: AgencyState;
  tier: Tier;
  childCount: number;
  may: { edit: boolean; setState: boolean; decide: boolean; setTier: boolean; addChild: boolean; invite: boolean };
  createdAt: string;
  updatedAt: string;
  version: number;
};
export type AgencyCreate = {
  parentId: string | null;
  name: string;
  legalName: string | null;
  taxId: string | null;
  email: string | null;
  tier: Tier;
};
export type AgencyChange = Partial<Pick<Agency, 'name' | 'legalName' | 'taxId' | 'email'>> & {
  state?: 'approved' | 'suspended' | 'rejected';
};
export type NetworkLimits = {
  mayAdd: boolean;
  /** Null, here and below: without limit. */
  maxDirect: number | null;
  maxTotal: number | null;
  maxLevels: number | null;
  tiers: Tier[];
  maxCreditMinor: number | null;
  needsApproval: boolean;
};
export type AgencyLimits = {
  agencyId: string;
  isOwn: boolean;
  limits: NetworkLimits;
  used: { direct: number; total: number };
  room: { places: number | null; tiers: Tier[]; maxCreditMinor: number | null; needsApproval: boolean };
  may: { edit: boolean };
  version: number;
};
export type AgencyRole = 'agency_admin' | 'agent';

export type ReviewOutcome = 'kept' | 'up' | 'grace' | 'down' | 'overridden';
export type TierOverride = { tier: Tier; until: string; reason: string };
export type ReviewSettings = {
  isOn: boolean;
  thresholds: { tier: Tier; minValueMinor: number | null; minBookings: number | null }[];
};
type Travelled = { value: Money; bookings: number };
export type ReviewPreview = {
  nextReviewOn: string;
  data: (Travelled & {
    agency: { id: string; name: string };
    tier: Tier;
    earned: Tier;
    after: Tier;
    outcome: ReviewOutcome;
    overrideUntil: string | null;
  })[];
};
export type TierProgress = Travelled & {
  isOn: boolean;
  tier: Tier;
  since: string;
  outcome: ReviewOutcome;
  nextReviewOn: string;
  next: {
    tier: Tier;
    needsValue: Money | null;
    missingValue: Money | null;
    needsBookings: number | null;
    missingBookings: number | null;
  } | null;
  override: TierOverride | null;
  history: (Travelled & { month: string; before: Tier; earned: Tier; after: Tier; outcome: ReviewOutcome })[];
};

const at = (id: string) => `/agencies/${encodeURIComponent(id)}`;

export const createAgenciesApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Agency>>('/agencies', query, signal),
  read: (id: string) => http.get<Agency>(at(id)),
  create: (agency: AgencyCreate, idempotencyKey: string) => http.post<Agency>('/agencies', agency, { idempotencyKey }),
  change: (id: string, change: AgencyChange, version: number) => http.patch<Agency>(at(id), change, { version }),
  tierProgress: (id: string) => http.get<TierProgress>(`${at(id)}/tier-progress`),
  overrideTier: (id: string, override: TierOverride) => http.put<TierProgress>(`${at(id)}/tier-override`, override),
  endOverride: (id: string) => http.delete(`${at(id)}/tier-override`),
  reviewSettings: () => http.get<ReviewSettings & { version: number }>('/tier-reviews/settings'),
  changeReviewSettings: (settings: ReviewSettings, version: number) =>
    http.put<ReviewSettings & { version: number }>('/tier-reviews/settings', settings, { version }),
  reviewPreview: () => http.get<ReviewPreview>('/tier-reviews/preview'),
  setTier: (id: string, tier: Tier, version: number) => http.put<Agency>(`${at(id)}/tier`, { tier }, { version }),
  generalLimits: () => http.get<NetworkLimits & { version: number }>('/network-limits'),
  setGeneralLimits: (limits: NetworkLimits, version: number) =>
    http.put<NetworkLimits & { version: number }>('/network-limits', limits, { version }),
  limits: (id: string) => http.get<AgencyLimits>(`${at(id)}/network-limits`),
  setLimits: (id: string, limits: NetworkLimits, version: number) =>
    http.put<AgencyLimits>(`${at(id)}/network-limits`, limits, { version }),
  dropLimits: (id: string) => http.delete(`${at(id)}/network-limits`),
  invite: (id: string, invitation: { email: string; role: AgencyRole }) =>
    http.post<unknown>(`${at(id)}/invitations`, invitation),
});
