import type { Http, Query } from './http.ts';
import type { Page } from './types.ts';

export type Person = {
  id: string;
  email: string;
  givenName: string;
  familyName: string;
  role: string;
  agencyId: string | null;
  permissionSetId: string | null;
  state: 'active' | 'suspended';
  emailVerified: boolean;
  createdAt: string;
};
export type Invitation = {
  id: string;
  email: string;
  role: string;
  agencyId: string | null;
  permissionSetId: string | null;
  state: 'open' | 'accepted' | 'expired';
  expiresAt: string;
  createdAt: string;
};
export type ClientRole = 'reseller_admin' | 'agency_admin' | 'agent';
export type ApiClient = {
  id: string;
  clientId: string;
  name: string;
  role: ClientRole;
  agencyId: string | null;
  /** What it is limited to; null: all of its role. */
  scopes: string[] | null;
  state: 'active' | 'revoked';
  createdAt: string;
};
export type ApiClientInput = { name: string; role: ClientRole; agencyId: string | null; scopes: string[] | null };
export type NewApiClient = ApiClient & { clientSecret: string; tokenUrl: string };

export const createPeopleApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Person>>('/users', query, signal),
  setState: (id: string, state: Person['state']) => http.patch<Person>(`/users/${encodeURIComponent(id)}`, { state }),
  giveSet: (id: string, permissionSetId: string | null) =>
    http.patch<Person>(`/users/${encodeURIComponent(id)}`, { permissionSetId }),
  invite: (invitation: { email: string; role: string; permissionSetId: string | null }) =>
    http.post<Invitation>('/invitations', invitation),
  invitations: (query: Query, signal?: AbortSignal) => http.get<Page<Invitation>>('/invitations', query, signal),
  apiClients: (query: Query, signal?: AbortSignal) => http.get<Page<ApiClient>>('/api-clients', query, signal),
  createApiClient: (client: ApiClientInput) => http.post<NewApiClient>('/api-clients', client),
  revokeApiClient: (id: string) => http.delete(`/api-clients/${encodeURIComponent(id)}`),
});
