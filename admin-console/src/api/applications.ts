import type { Http, Query } from './http.ts';
import type { Page } from './types.ts';

export const WEB_AUTH_METHODS = ['client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;
export const APPLICATION_SCOPES = ['openid', 'profile', 'email', 'offline_access', 'api'] as const;

/** Public keys of the application (RFC 7517). */
export type KeySet = { keys: Record<string, unknown>[] };
export type ApplicationChange = {
  name: string;
  redirectUris: string[];
  postLogoutRedirectUris: string[];
  backchannelLogoutUri: string | null;
  scopes: string[];
  requirePar: boolean;
  requireDpop: boolean;
  deviceFlow: boolean;
  jwks: KeySet | null;
};
export type ApplicationInput = ApplicationChange & {
  applicationType: 'web' | 'native';
  authMethod: (typeof WEB_AUTH_METHODS)[number] | 'none';
  subjectType: 'public' | 'pairwise';
};
export type Application = ApplicationInput & {
  id: string;
  clientId: string;
  state: 'active' | 'revoked';
  createdAt: string;
  version: number;
};
export type NewApplication = Application & { clientSecret: string | null; issuer: string };

const at = (id: string) => `/oauth-clients/${encodeURIComponent(id)}`;

export const createApplicationsApi = (http: Http) => ({
  list: (query: Query, signal?: AbortSignal) => http.get<Page<Application>>('/oauth-clients', query, signal),
  read: (id: string) => http.get<Application>(at(id)),
  register: (application: ApplicationInput) => http.post<NewApplication>('/oauth-clients', application),
  change: (id: string, change: ApplicationChange, version: number) =>
    http.patch<Application>(at(id), change, { version }),
  renewSecret: (id: string) => http.post<{ clientSecret: string }>(`${at(id)}/secret`, {}),
  revoke: (id: string) => http.delete(at(id)),
});
