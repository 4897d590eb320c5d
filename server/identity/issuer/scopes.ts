import { API_SCOPES } from '../../access/index.ts';
import type { ApiClientRow } from '../repository.ts';
import { API_SCOPE } from './resource.ts';

/** Scopes about the person (OpenID Connect Core, 5.4 and 11), as against those of the API. */
export const OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;

/** What applications of third parties may ask of the API: `api` is all that the account behind a token may do. */
export const ALL_API_SCOPES: readonly string[] = [API_SCOPE];

export const isApiScope = (scope: string): boolean => scope === API_SCOPE || API_SCOPES.has(scope);

/** What an API client may ask for, and gets when it asks for nothing: what it was limited to when it was made, if it was. */
export function scopesOfApiClient(client: ApiClientRow): { allowed: readonly string[]; unasked: string } {
  return client.scopes
    ? { allowed: client.scopes, unasked: client.scopes.join(' ') }
    : { allowed: [API_SCOPE, ...API_SCOPES.keys()], unasked: API_SCOPE };
}
