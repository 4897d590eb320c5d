import type { Http } from './http.ts';

export const PROVIDER_KINDS = ['entra', 'google', 'okta', 'oidc'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];
export const STAFF_ROLES = ['reseller_admin', 'reseller_staff', 'agency_admin', 'agent'] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

export type GroupMapping = {
  group: string;
  role: StaffRole;
  agencyId: string | null;
  permissionSetId: string | null;
};
export type ProviderInput = {
  name: string;
  kind: ProviderKind;
  issuer: string;
  clientId: string;
  allowedTenants: string[];
  allowedHostedDomains: string[];
  showButton: boolean;
  provisioning: boolean;
  defaultRole: StaffRole | null;
  defaultAgencyId: string | null;
  groupClaim: string | null;
  mappings: GroupMapping[];
};
export type ProviderDomain = { domain: string; verifiedAt: string | null; record: { name: string; value: string } };
export type IdentityProvider = ProviderInput & {
  id: string;
  enforced: boolean;
  emergencyUserId: string | null;
  state: 'active' | 'disabled';
  createdAt: string;
  /** Redirect URI to register at the provider. */
  callbackUrl: string;
  domains: ProviderDomain[];
};
export type ConnectionCheck = { code: string; outcome: 'ok' | 'warning' | 'failed'; detail: string };
export type ConnectionTest = { ok: boolean; checks: ConnectionCheck[] };
export type SignInPolicy = { secondFactorRoles: StaffRole[]; version: number };
export type ProviderChange = Partial<
  ProviderInput & Pick<IdentityProvider, 'enforced' | 'emergencyUserId' | 'state'> & { clientSecret: string }
>;

const at = (id: string) => `/identity-providers/${encodeURIComponent(id)}`;
const domainAt = (id: string, domain: string) => `${at(id)}/domains/${encodeURIComponent(domain)}`;

export const createIdentityProvidersApi = (http: Http) => ({
  list: async () => (await http.get<{ data: IdentityProvider[] }>('/identity-providers')).data,
  read: (id: string) => http.get<IdentityProvider>(at(id)),
  connect: (provider: ProviderInput & { clientSecret: string }) =>
    http.post<IdentityProvider>('/identity-providers', provider),
  change: (id: string, change: ProviderChange) => http.patch<IdentityProvider>(at(id), change),
  disconnect: (id: string) => http.delete(at(id)),
  test: (id: string) => http.post<ConnectionTest>(`${at(id)}/test`, undefined),
  addDomain: (id: string, domain: string) => http.post<IdentityProvider>(`${at(id)}/domains`, { domain }),
  verifyDomain: (id: string, domain: string) =>
    http.post<IdentityProvider>(`${domainAt(id, domain)}/verify`, undefined),
  removeDomain: (id: string, domain: string) =>
    http.outside<IdentityProvider>('DELETE', `/api/v1${domainAt(id, domain)}`),
  policy: () => http.get<SignInPolicy>('/sign-in-policy'),
  changePolicy: (secondFactorRoles: StaffRole[], version: number) =>
    http.put<SignInPolicy>('/sign-in-policy', { secondFactorRoles }, { version }),
});
