import type { Http } from './http.ts';

export const ACCOUNT_STATES = ['none', 'incomplete', 'restricted', 'ready'] as const;
export const REQUIREMENT_TOPICS = [
  'bank_account',
  'identity_document',
  'person',
  'company',
  'business',
  'terms',
  'other',
] as const;
export type StripeAccount = {
  state: (typeof ACCOUNT_STATES)[number];
  isUsed: boolean;
  chargesEnabled: boolean;
  payoutsEnabled: boolean;
  requirements: (typeof REQUIREMENT_TOPICS)[number][];
  account: string | null;
  refreshedAt: string | null;
};

/** An agency's, or the reseller's own (null). */
const of = (agencyId: string | null) =>
  agencyId === null ? '/stripe-account' : `/agencies/${encodeURIComponent(agencyId)}/stripe-account`;

export const createStripeAccountsApi = (http: Http) => ({
  read: (agencyId: string | null) => http.get<StripeAccount>(of(agencyId)),
  refresh: (agencyId: string | null) => http.post<StripeAccount>(`${of(agencyId)}/refresh`, undefined),
  /** @param country where the business is, for an account that is to be made: it cannot be changed afterwards */
  onboard: (agencyId: string | null, country?: string) =>
    http.post<{ url: string }>(`${of(agencyId)}/onboarding`, country === undefined ? {} : { country }),
  choose: (agencyId: string | null, isUsed: boolean) => http.put<StripeAccount>(of(agencyId), { isUsed }),
});
