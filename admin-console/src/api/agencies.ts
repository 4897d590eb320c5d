import type { Http, Query } from './http.ts';
import type { Page } from './types.ts';

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
  may: { edit: boolean; setState: boolean; setTier: boolean; addChild: boolean; invite: boolean };
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
  state?: 'approved' | 'suspended';
};
export type AgencyRole = 'agency_admin' | 'agent';

const at = (id: string) => `/agencies/${encodeURIComponent(id)}`;

export const createAgenciesApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Agency>>('/agencies', query, signal),
  read: (id: string) => http.get<Agency>(at(id)),
  create: (agency: AgencyCreate, idempotencyKey: string) => http.post<Agency>('/agencies', agency, { idempotencyKey }),
  change: (id: string, change: AgencyChange, version: number) => http.patch<Agency>(at(id), change, { version }),
  setTier: (id: string, tier: Tier, version: number) => http.put<Agency>(`${at(id)}/tier`, { tier }, { version }),
  invite: (id: string, invitation: { email: string; role: AgencyRole }) =>
    http.post<unknown>(`${at(id)}/invitations`, invitation),
});
