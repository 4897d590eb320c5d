import type { ApiClientRow } from '../repository.ts';
import { API_SCOPE } from './resource.ts';

/** Scopes about the person (OpenID Connect Core, 5.4 and 11), as against those of the API. */
export const OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;

/** Every scope of the API: `api` is all that the account behind a token may do. */
export const ALL_API_SCOPES: readonly string[] = [API_SCOPE];

export const isApiScope = (scope: string): boolean => ALL_API_SCOPES.includes(scope);

/** What an API client may ask for, and gets when it asks for nothing. */
export const scopesOfApiClient = (_client: ApiClientRow): { allowed: readonly string[]; unasked: string } => ({
  allowed: ALL_API_SCOPES,
  unasked: API_SCOPE,
});
